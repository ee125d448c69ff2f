"""Skills and accreditations of many people at once, as a table: out, in, and what coming in would change.

A try writes every line and takes all of it back, so that what it says is what would happen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from kernel import clock
from kernel.access import STAFF, declares, staff
from kernel.errors import Refusal, invalid
from kernel.spreadsheet import safe_cells
from people import roster_file as file
from people.access import audit
from people.accrediting import add, check_dates, locked, refuse_overlap, require_operator
from people.history import recorded
from people.models import Accreditation, Person, PersonSkill
from people.skills import teach
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line does: none, added, changed or removed; or why it cannot."""

    line: int
    email: str
    what: str
    change: str = ""
    before: str = ""
    after: str = ""
    error: str = ""


class _OnlyTried(Exception):
    """Takes a try back."""


def take_in(*, by: Person, content: str, write: bool) -> dict[str, Any]:
    """``{"lines": [Effect as dict], "wrong", "changes", "written"}``; nothing is written while one line is wrong.

    Refuses with not_allowed; invalid for what is no such table; wrong_lines where it was to be written.
    """
    require_operator(by)
    lines = file.read(content)
    emails = {line.cells["email"].lower() for line in lines}
    found = dict(Person.objects.filter(email__in=emails, memberships__role__in=STAFF).values_list("email", "pk"))
    effects: list[Effect] = []
    try:
        with transaction.atomic(), recorded(found.values()):
            people = {person.email: person for person in locked(found.values())}
            effects = list(_effects(by, lines, people))
            if not write or any(effect.error for effect in effects):
                raise _OnlyTried
            audit(by, "roster.imported", rows=len(lines))
    except _OnlyTried:
        wrong = [effect for effect in effects if effect.error]
        if write:
            first = f"Line {wrong[0].line}: {wrong[0].error}"
            message = f"{len(wrong)} of {len(lines)} lines are wrong; nothing was written. {first}"
            raise Refusal("wrong_lines", 409, message) from None
    return {
        "lines": [asdict(effect) for effect in effects],
        "wrong": sum(bool(effect.error) for effect in effects),
        "changes": sum(effect.change not in ("", "none") for effect in effects),
        "written": write,
    }


@declares("export", staff("operator", opens="people", by="role"))
def as_csv() -> tuple[bytes, int]:
    """Everybody's skills and accreditations as ``take_in`` reads them: ``(UTF-8 with a byte order mark, rows)``."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(file.COLUMNS)
    count = 0
    for row in (*_skill_rows(), *_leave_rows()):
        table.writerow(safe_cells(row))
        count += 1
    return out.getvalue().encode("utf-8-sig"), count


def _effects(by: Person, lines: list[file.Line], people: dict[str, Person]) -> Iterator[Effect]:
    shops = {tenant.slug: tenant for tenant in Tenant.objects.exclude(status=Tenant.Status.DELETED)}
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        email, what = line.cells["email"].lower(), line.cells["code"]
        try:
            with transaction.atomic():
                first = seen.setdefault(line.key, line.number)
                if first != line.number:
                    raise invalid(f"Line {first} says this already.")
                if email not in people:
                    raise invalid("Nobody of the staff has this address.")
                change, before, after = _apply(by, people[email], line, shops)
        except Refusal as refusal:
            yield Effect(line.number, email, what, error=_short(refusal))
        else:
            yield Effect(line.number, email, what, change, before, after)


def _apply(by: Person, person: Person, line: file.Line, shops: dict[str, Tenant]) -> tuple[str, str, str]:
    match line.cells["kind"]:
        case "skill":
            return _apply_skill(by, person, line)
        case "accreditation":
            if line.cells["code"] not in shops:
                raise invalid("There is no client of that address.")
            return _apply_leave(by, person, line, shops[line.cells["code"]])
        case "?":
            raise invalid("There are more cells than columns.")
        case _:
            raise invalid("“kind” is skill or accreditation.")


def _apply_skill(by: Person, person: Person, line: file.Line) -> tuple[str, str, str]:
    if any(line.cells[name] for name in ("from", "until", "read_only", "alias")):
        raise invalid("A skill has a level, and no dates, read_only or alias.")
    level, code = file.level_of(line.cells["level"]), line.cells["code"]
    held = PersonSkill.objects.filter(person=person, skill__code=code).values_list("level", flat=True).first()
    if not teach(by, person, code, level or None):
        return "none", str(held or ""), str(held or "")
    return ("removed" if not level else "changed" if held else "added"), str(held or ""), str(level or "")


def _apply_leave(by: Person, person: Person, line: file.Line, tenant: Tenant) -> tuple[str, str, str]:
    cell, now = line.cells, clock.now()
    if cell["level"]:
        raise invalid("An accreditation has no level.")
    start = file.moment(cell["from"], tenant.time_zone, column="from")
    until = file.moment(cell["until"], tenant.time_zone, column="until")
    read_only, alias = file.yes_or_no(cell["read_only"]), cell["alias"]
    if len(alias) > 60:
        raise invalid("“alias” has at most 60 characters.")
    rows = Accreditation.objects.filter(person=person, tenant=tenant).order_by("valid_from")
    held = next((row for row in rows if start and file.same_second(row.valid_from, start)), None)
    if held is not None:
        return _change_leave(
            by, held, until, tenant, is_same=read_only == held.is_read_only and alias in ("", held.alias)
        )
    start = start or now
    check_dates(start, until, now)
    refuse_overlap([person], tenant, start, until)
    add(by, person, tenant, start, until, is_read_only=read_only, alias=alias)
    return "added", "", _span(start, until, tenant)


def _change_leave(
    by: Person, held: Accreditation, until: Any, tenant: Tenant, *, is_same: bool
) -> tuple[str, str, str]:
    """Another end; what it is like is not rewritten."""
    before, now = _span(held.valid_from, held.valid_until, tenant), clock.now()
    if not is_same:
        raise invalid("Its alias and read_only stay as they began: end it, and add a line that begins then.")
    if file.same_second(held.valid_until, until):
        return "none", before, before
    if held.valid_until is not None and held.valid_until <= now:
        raise invalid("This one is over, and its dates stay as they were; add a line for another.")
    if until is not None and until <= max(now, held.valid_from):
        raise invalid("“until” is in the past, or before “from”.")
    others = Accreditation.objects.filter(person=held.person, tenant=tenant, valid_from__gt=held.valid_from)
    following = others.order_by("valid_from").first()
    if following is not None and (until is None or following.valid_from < until):
        raise invalid("It would run into the next one, which begins at " + _span(following.valid_from, None, tenant))
    held.valid_until = until
    held.save(update_fields=["valid_until"])
    ends = until.isoformat() if until else ""
    audit(by, "accreditation.ends", tenant=tenant, object_id=held.person_id, valid_until=ends)
    return "changed", before, _span(held.valid_from, until, tenant)


def _span(start: Any, until: Any, tenant: Tenant) -> str:
    return f"{file.written(start, tenant.time_zone)} – {file.written(until, tenant.time_zone)}".rstrip(" –")


def _skill_rows() -> Iterator[list[str]]:
    staff_only = Person.objects.filter(memberships__role__in=STAFF)
    held = PersonSkill.objects.filter(person__in=staff_only).select_related("person", "skill")
    for row in held.order_by("person__email", "skill__code").iterator(2000):
        yield [row.person.email, row.person.name, "skill", row.skill.code, str(row.level), "", "", "", ""]


def _leave_rows() -> Iterator[list[str]]:
    rows = Accreditation.objects.select_related("person", "tenant").exclude(tenant__status=Tenant.Status.DELETED)
    for row in rows.order_by("person__email", "tenant__slug", "valid_from").iterator(2000):
        zone = row.tenant.time_zone
        yield [
            row.person.email, row.person.name, "accreditation", row.tenant.slug, "",
            file.written(row.valid_from, zone), file.written(row.valid_until, zone),
            "yes" if row.is_read_only else "no", row.alias,
        ]  # fmt: skip


def _short(refusal: Refusal) -> str:
    return refusal.message.removesuffix(" Nothing was changed.").replace("; nothing was changed.", ".")
