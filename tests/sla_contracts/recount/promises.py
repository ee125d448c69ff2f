"""The clocks of a shop, found a second time: from its messages, its work and its contract, never from the ledger.

By sla.md §2 and §3 alone. What was done to a clock without a message of its own (another priority, spam, an incident,
waiting for the client) is told by whoever did it, as an ``Act``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from tests.sla_contracts.recount.hours import Hours, hours_of

AROUND = timedelta(days=75)
GROUP = {"webchat": "chat", "relay": "chat", "email": "mail", "form": "mail"}
ARRIVAL = ("first_response", "resolution", "answer")
UNANSWERED = ("first_response", "next_response", "answer")
LEFT = ("sent", "delivered", "read")
Kind = Literal["stop", "unanswered", "hold", "go", "target", "void"]


@dataclass(frozen=True, slots=True)
class Act:
    """waits, automatic: of the message ``value``; the others of the conversation, ``value`` saying which or why."""

    kind: Literal["waits", "automatic", "priority", "void", "hold", "go"]
    conversation: UUID
    at: datetime
    value: Any = None


@dataclass(slots=True)
class Version:
    id: UUID
    number: int
    begins: datetime
    ends: datetime | None
    terms: dict[str, Any]

    def target(self, metric: str, group: str, priority: str, language: str) -> dict[str, Any] | None:
        """The promise that fits best: of this priority before the normal one, then of this language before any."""
        best, rank = None, (-1, -1)
        for row in self.terms["targets"]:
            wanted, spoken = row.get("priority", "normal"), row.get("language", "")
            if (row["metric"], row["channel_group"]) != (metric, group):
                continue
            if wanted not in (priority, "normal") or spoken not in ("", language):
                continue
            if (wanted == priority, spoken == language) > rank:
                best, rank = row, (wanted == priority, spoken == language)
        return best


@dataclass(slots=True)
class Promise:
    """One clock: its steps in their order, and nothing derived from them."""

    conversation: UUID
    metric: str
    group: str
    language: str
    version: Version
    hours: Hours
    calendar: str
    target: timedelta
    began: datetime
    steps: list[tuple[datetime, Kind, Any]] = field(default_factory=list)

    def is_void(self) -> bool:
        return bool(self.steps) and self.steps[-1][1] == "void"

    def is_stopped(self) -> bool:
        return bool(self.steps) and self.steps[-1][1] in ("stop", "unanswered")

    def is_open(self) -> bool:
        return not self.is_void() and not self.is_stopped()

    def is_held(self) -> bool:
        return self.is_open() and self.look(self.steps[-1][0] if self.steps else self.began).is_held

    def look(self, at: datetime) -> Look:
        """What its steps up to ``at`` amount to then."""
        found = Look(self.began, self.target)
        for when, kind, value in self.steps:
            if when <= at:
                found.take(self.hours, when, kind, value)
        found.run_to(self.hours, at)
        return found


@dataclass(slots=True)
class Look:
    """A clock while its steps are taken one by one."""

    since: datetime | None
    target: timedelta
    used: timedelta = timedelta(0)
    broken_at: datetime | None = None
    by_change: bool = False
    stopped: str = ""
    void: str = ""
    is_held: bool = False
    target_used: timedelta = timedelta(0)

    @property
    def is_late(self) -> bool:
        return self.broken_at is not None

    def run_to(self, hours: Hours, at: datetime) -> None:
        if self.since is None or at <= self.since:
            return
        passed = hours.between(self.since, at)
        if self.used + passed > self.target and not self.is_late:
            self.broken_at = hours.broken(self.since, self.target - self.used)
        self.used, self.since = self.used + passed, at

    def take(self, hours: Hours, at: datetime, kind: Kind, value: Any) -> None:
        self.run_to(hours, at)
        if kind == "target":
            self.target = value
            if self.used > value and not self.is_late:
                self.broken_at, self.by_change = at, True
        elif kind == "go":
            self.since, self.is_held, self.stopped = at, False, ""
        else:
            self.since, self.is_held = None, kind == "hold"
            self.stopped = kind if kind in ("stop", "unanswered") else self.stopped
            self.void = value if kind == "void" else ""


class Shop:
    """A shop's matters played again, one after the other."""

    def __init__(self, tenant_id: UUID, schema: str, acts: Iterable[Act], around: datetime) -> None:
        self.versions = read_versions(tenant_id)
        self._around = around.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._acts: dict[UUID, list[Act]] = defaultdict(list)
        for act in acts:
            self._acts[act.conversation].append(act)
        self.promises: list[Promise] = []
        self._stories: dict[UUID, list[str]] = {}
        talks = _rows(f'SELECT id, channel, language, priority FROM "{schema}".conversations_conversation ORDER BY id')
        said: dict[UUID, list[Any]] = defaultdict(list)
        for row in _rows(
            "SELECT conversation_id, seq, id, direction, author, created_at, delivery, attempted_at, event, person_id"
            f' FROM "{schema}".conversations_message ORDER BY conversation_id, seq'
        ):
            said[row[0]].append(row[1:])
        gone = {
            (conversation, at)
            for conversation, at in _rows(
                "SELECT conversation, finished_at FROM public.routing_workitem WHERE state = 'abandoned'"
            )
        }
        for conversation, channel, language, priority in talks:
            matter = _Matter(self, conversation, GROUP[channel], language, priority)
            matter.play(said[conversation], self._acts[conversation], gone)
            self.promises += matter.clocks
            self._stories[conversation] = matter.story

    def story_of(self, conversation: UUID) -> str:
        """What happened to it, for whoever has to find out why two counts differ."""
        return " | ".join(self._stories.get(conversation, []))

    def version_at(self, at: datetime) -> Version | None:
        return next((v for v in self.versions if v.begins <= at and (v.ends is None or at < v.ends)), None)

    def hours(self, version: Version, calendar: str) -> Hours:
        # What is asked for lies near the month; hours laid out once serve all of it.
        return hours_of(version.terms["calendars"][calendar], self._around - AROUND, self._around + AROUND)


class _Matter:
    """One conversation."""

    def __init__(self, shop: Shop, conversation: UUID, group: str, language: str, priority: str) -> None:
        self.shop, self.id, self.group = shop, conversation, group
        self.language, self.priority = language, priority
        self.clocks: list[Promise] = []
        self.story = [f"{group} {language}"]
        self.has_begun = self.is_closed = self.waits = False
        self.agent: UUID | None = None
        self.on_its_way: list[Any] = []

    def play(self, said: list[Any], acts: list[Act], gone: set[tuple[UUID, datetime]]) -> None:
        waits = {act.value for act in acts if act.kind == "waits"}
        automatic = {act.value for act in acts if act.kind == "automatic"}
        timeline: list[tuple[datetime, int, str, Any]] = []
        for seq, message, direction, author, at, delivery, attempted, event, person in said:
            row = (message, at, delivery, attempted, person)
            if direction == "in":
                timeline.append((at, seq, "automatic" if message in automatic else "wrote", row))
            elif direction == "out" and author == "agent":
                timeline.append((at, seq, "said", row))
                left = attempted if attempted is not None else at
                if delivery in LEFT:
                    timeline.append((left, seq + (10_000 if attempted else 0), "left", row))
                if message in waits:
                    timeline.append((at, seq + 1 if attempted is None else seq, "waits", row))
            elif direction == "event":
                code = _json(event)["code"]
                if code == "shopper_left" and (self.id, at) in gone:
                    code = "gave_up"
                timeline.append((at, seq, code, row))
        timeline += [(act.at, 20_000, act.kind, act) for act in acts if act.kind not in ("waits", "automatic")]
        for at, _, kind, row in sorted(timeline, key=lambda entry: entry[:2]):
            step = getattr(self, f"_{kind}", None)
            self.story.append(f"{at:%m-%d %H:%M:%S.%f} {kind}{f' {row.value}' if isinstance(row, Act) else ''}")
            if step is not None:
                step(at, row)

    def _wrote(self, at: datetime, row: Any, *, automatic: bool = False) -> None:
        if not self.has_begun:
            self.has_begun = True
            self._owe(at, *ARRIVAL)
            return
        if automatic and (self.is_closed or self.waits):
            return
        if self.is_closed:
            self.is_closed = False
            self._come_back(at)
        elif self.agent is not None and not automatic and not self._owes_answer():
            self._owe(at, "next_response")
        if self.waits:
            self.waits = False
            self._step(at, "go", "resolution", only=Promise.is_held)

    def _automatic(self, at: datetime, row: Any) -> None:
        self._wrote(at, row, automatic=True)

    def _come_back(self, at: datetime) -> None:
        """Within the contract's window the resolution runs on, after it a new one begins; what is owed is owed anew."""
        last = max(self._of("resolution"), key=lambda one: one.began, default=None)
        if last is not None and last.is_stopped():
            days = last.version.terms.get("reopen_days", 14)
            if at - last.steps[-1][0] <= timedelta(days=days):
                last.steps.append((at, "go", None))
            else:
                self._owe(at, "resolution")
        # What was taken out of the count is as if it had never been promised.
        self._owe(at, *[m for m in ARRIVAL if all(one.is_void() for one in self._of(m))])
        if self.agent is not None and not self._owes_answer():
            self._owe(at, "next_response")

    def _owes_answer(self) -> bool:
        return any(one.is_open() for metric in ("first_response", "next_response") for one in self._of(metric))

    def _said(self, at: datetime, row: Any) -> None:
        self.agent = row[4]
        self.on_its_way.append(row)

    def _left(self, at: datetime, row: Any) -> None:
        if row in self.on_its_way:
            self.on_its_way.remove(row)
        for metric in UNANSWERED:
            self._step(at, "stop", metric, only=lambda one: one.is_open() and one.began <= at)

    def _waits(self, at: datetime, row: Any) -> None:
        self.waits = True
        self._step(at, "hold", "resolution", only=lambda one: one.is_open() and not one.is_held())

    def _closed(self, at: datetime, row: Any) -> None:
        self.is_closed, self.waits = True, False
        self._step(at, "stop", "resolution", only=Promise.is_open)
        leaving = [row for row in self.on_its_way if row[3] is None or row[3] > at]
        self.on_its_way.clear()
        for one in [one for one in self.clocks if one.metric in UNANSWERED and one.is_open()]:
            answer = next((row for row in leaving if row[1] >= one.began), None)
            if one.look(at).is_late:
                one.steps.append((at, "unanswered", None))
            elif answer is not None:
                # It counts from when it was written, unless it never arrives: then the clock runs on.
                if answer[2] != "failed":
                    one.steps.append((max(answer[1], one.steps[-1][0] if one.steps else one.began), "stop", None))
            else:
                one.steps.append((at, "void", "closed_without_reply"))

    def _shopper_left(self, at: datetime, row: Any) -> None:
        self._step(at, "void", "answer", "abandoned", only=Promise.is_open)

    def _gave_up(self, at: datetime, row: Any) -> None:
        """Left before anybody had it: nothing that was still within its promise is owed; what was late stays late."""
        self.is_closed, self.waits = True, False
        self._step(at, "void", "answer", "abandoned", only=Promise.is_open)
        for one in [one for one in self.clocks if one.is_open()]:
            if not one.look(at).is_late:
                one.steps.append((at, "void", "abandoned"))
            elif one.metric != "resolution":
                one.steps.append((at, "unanswered", None))

    def _no_reply_needed(self, at: datetime, row: Any) -> None:
        self._step(at, "void", "next_response", "no_reply_needed", only=Promise.is_open)

    def _priority(self, at: datetime, act: Act) -> None:
        for one in [one for one in self.clocks if one.is_open()]:
            found = one.version.target(one.metric, one.group, act.value, one.language)
            now = one.look(at).target // timedelta(seconds=1)
            if found is not None and found["calendar"] == one.calendar and found["seconds"] != now:
                one.steps.append((at, "target", timedelta(seconds=found["seconds"])))

    def _void(self, at: datetime, act: Act) -> None:
        for one in self.clocks:
            if not one.is_void():
                one.steps.append((at, "void", act.value))

    def _hold(self, at: datetime, act: Act) -> None:
        self._step(at, "hold", "resolution", only=lambda one: one.is_open() and not one.is_held())

    def _go(self, at: datetime, act: Act) -> None:
        self._step(at, "go", "resolution", only=Promise.is_held)

    def _of(self, metric: str) -> list[Promise]:
        return [one for one in self.clocks if one.metric == metric]

    def _step(self, at: datetime, kind: Kind, metric: str, value: Any = None, *, only: Any) -> None:
        for one in [one for one in self._of(metric) if only(one)]:
            one.steps.append((at, kind, value))

    def _owe(self, at: datetime, *metrics: str) -> None:
        """Under the version in force now; nothing where it promises nothing."""
        version = self.shop.version_at(at)
        for metric in metrics if version is not None else ():
            assert version is not None
            row = version.target(metric, self.group, self.priority, self.language)
            if row is None:
                continue
            hours, target = self.shop.hours(version, row["calendar"]), timedelta(seconds=row["seconds"])
            self.clocks.append(
                Promise(self.id, metric, self.group, self.language, version, hours, row["calendar"], target, at)
            )


def read_versions(tenant_id: UUID) -> list[Version]:
    """The signed versions, oldest first."""
    rows = _rows(
        "SELECT v.id, v.number, v.valid_from, v.valid_until, v.terms FROM public.sla_contracts_contractversion v"
        " JOIN public.sla_contracts_contract k ON k.id = v.contract_id"
        " WHERE k.tenant_id = %s AND v.signed_at IS NOT NULL ORDER BY v.valid_from",
        [tenant_id],
    )
    return [Version(id, number, begins, ends, _json(terms)) for id, number, begins, ends, terms in rows]


def _json(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else dict(json.loads(data))


def _rows(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])
        return [tuple(_utc(value) for value in row) for row in cursor.fetchall()]


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
