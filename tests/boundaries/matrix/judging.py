"""Judges what came back: no foreign canary or row, and for who is turned away just what nothing would answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction

from tests.boundaries.matrix.actors import ACME, OTHER, Actor
from tests.boundaries.matrix.cells import SAFE, Cell, Verdict, address, body_of, host_name, verdict
from tests.boundaries.matrix.world import NOBODY, World
from tests.canaries import foreign, own_in

TURNED_AWAY = (401, 403, 404, 405, 410)
# Rows of ours that a refusal may write: who tried, and how often.
_MAY_WRITE = ("people_auditentry", "people_session", "django_session", "axes_")
# Headers that differ between two equal answers.
_VOLATILE = {"Date", "Content-Length", "Set-Cookie", "Expires"}
# Entries whose answer holds no words of the shop: steps, files of the build, ids and figures alone.
_SAYS_NOTHING = (
    "transfer", "assign", "certificate", "recompute", "scorecard", "embedding", "case/<str:token>", "capacity",
    "time/<uuid:agent>", "<uuid:what_if>", "scenario", "late.csv", "merge", "readers",
    "evaluation-forms/<uuid:work_item>", "quality-terms", "colleagues", "unsent", "peek",
)  # fmt: skip
_WRITTEN = """
SELECT schemaname, relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
 WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status_code: int
    content: bytes
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, response: Any) -> Answer:
        content = response.getvalue() if response.streaming else response.content
        return cls(response.status_code, content, tuple(sorted(response.items())))

    @property
    def essence(self) -> tuple[Any, ...]:
        """What must be the same for two answers that nobody can tell apart."""
        return self.status_code, self.content, [each for each in self.headers if each[0] not in _VOLATILE]


@dataclass
class Judge:
    world: World
    # Runs what would run on commit, while the rows are there: doorbells go out for real.
    committing: Callable[..., AbstractContextManager[Any]]
    faults: list[str] = field(default_factory=list)
    counted: dict[Verdict, int] = field(default_factory=lambda: {"in": 0, "out": 0, "told": 0})
    _nothing: tuple[Any, ...] = ()
    _clean: set[int] = field(default_factory=set)
    _before: dict[tuple[str, str], int] = field(default_factory=lambda: _written())

    def judge(self, cell: Cell) -> None:
        """Ask in a transaction of its own, look, and take everything back."""
        with transaction.atomic():
            with self.committing(execute=True):
                answer = self._ask(cell)
            written = _written()
            connection.set_schema_to_public()  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        expected = verdict(cell)
        self.counted[expected] += 1
        found = [*self._of_answer(cell, expected, answer), *self._of_rows(cell, expected, written)]
        self._before = written  # what is taken back stays counted
        self.faults += [f"{cell.name}: {fault} ({answer.status_code})" for fault in found]
        if cell.whose == NOBODY:
            self._nothing = answer.essence

    def _ask(self, cell: Cell) -> Answer:
        """The answer; or where it is a link to a file, what whoever has the link is given."""
        response = cell.actor.ask(host_name(cell), cell.method, address(cell, self.world), body_of(cell, self.world))
        link = urlsplit(response.get("Location", ""))
        if response.status_code == 200 and cell.thing.name.endswith("<uuid:attachment_id>") and response.content:
            link = urlsplit(response.json()["url"])
        if "attachment" in cell.thing.name and link.hostname:
            response = Actor("whoever has the link").ask(link.hostname, cell.method, link.path, None)
        return Answer.of(response)

    def _of_answer(self, cell: Cell, expected: Verdict, answer: Answer) -> Iterator[str]:
        if answer.status_code >= 500:
            yield "broke"
        content = answer.content
        if expected == "out":
            if answer.status_code not in TURNED_AWAY:
                yield "was not turned away"
            elif _has_ids(cell) and cell.whose != NOBODY and answer.essence != self._nothing:
                yield "can tell it from what does not exist"
        if expected == "in" and not _is_in(cell, answer):
            yield "was not let in"
        if hash(content) not in self._clean:
            shown = _shown_to(cell, expected)
            leaked = [*foreign(shown, content), *foreign(shown, repr(answer.headers))]
            if leaked:
                yield f"saw {leaked}"
            elif expected != "in":
                self._clean.add(hash(content))
        if expected == "in" and _should_say(cell) and not own_in(cell.whose, content):
            yield "did not get what is theirs"

    def _of_rows(self, cell: Cell, expected: Verdict, written: dict[tuple[str, str], int]) -> Iterator[str]:
        changed = {table for table, number in written.items() if number != self._before.get(table, 0)}
        if cell.method in SAFE or expected == "out":
            allowed: set[str] = set()
        else:
            allowed = {self.world.shops[slug].schema_name for slug in _writes_at(cell)}
        for schema, table in sorted(changed):
            if schema == "public" and (expected != "out" or table.startswith(_MAY_WRITE)):
                continue
            if schema not in allowed:
                yield f"wrote {schema}.{table}"


def _written() -> dict[tuple[str, str], int]:
    """(schema, table) → rows written so far in this transaction, whatever was taken back since."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return {(schema, table): number for schema, table, number in cursor.fetchall()}


def _has_ids(cell: Cell) -> bool:
    return bool(set(cell.thing.params) - {"path", "rest"})


def _is_in(cell: Cell, answer: Answer) -> bool:
    if 200 <= answer.status_code < 300:
        return True
    # A page that was not built, a key that nobody asked for.
    if cell.thing.at.startswith("config.assets") or cell.thing.name.endswith("totp.svg"):
        return bool(answer.status_code == 404)
    # The planted invoice was not reckoned from usage, and the desk says so.
    if cell.host == "desk" and cell.thing.name.endswith("lines/<uuid:line>/conversations"):
        return bool(answer.status_code == 409)
    # A step that cannot be taken now or so often, or whose form is empty, was still let in.
    return cell.method not in SAFE and answer.status_code in (400, 409, 429)


def _should_say(cell: Cell) -> bool:
    if cell.method != "GET" or not _has_ids(cell) or cell.whose == NOBODY:
        return False
    access = cell.thing.access
    if cell.host == "desk" and "<uuid:line>" in cell.thing.name:
        return False
    if cell.host == "files":
        return True
    return access is not None and access.realm != "open" and not cell.thing.name.endswith(_SAYS_NOTHING)


def _shown_to(cell: Cell, expected: Verdict) -> set[str]:
    """The shops whose words may be in the answer."""
    if expected == "out":
        return set()
    if cell.host != "desk":
        return {cell.whose if cell.host == "files" else cell.host}
    access = cell.thing.access
    if access is not None and access.by == "role" and cell.actor.staff & access.roles:
        return {ACME, OTHER}
    return set(cell.actor.serves)


def _writes_at(cell: Cell) -> set[str]:
    if cell.host != "desk":
        return {cell.host}
    return {cell.whose} & {ACME, OTHER} if _has_ids(cell) else set(_may_touch(cell.actor))


def _may_touch(actor: Actor) -> frozenset[str]:
    return actor.works
