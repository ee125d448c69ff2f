"""What if: a past week played again otherwise. Asked for here, played by ``planning_play``, shown by ``plan_page``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from desk.planning_play import ring
from desk.week_rows import MOST, Week, counts_of, past_weeks, presence_of, week_of
from desk.week_scenario import Recorded, record
from desk.week_staff import crews_of
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from people.access import audit, clients_of
from people.models import Person
from routing import whatifs
from routing.engine.policies import POLICIES
from routing.models import WhatIf
from routing.simulator import scenario as scenarios
from routing.simulator.training import CANDIDATES
from tenants.models import Tenant

# Conversations played in all versions and replications together: some minutes of one worker.
BUDGET = 1_200_000
FEWEST, MOST_REPLICATIONS = 5, 30
VOLUMES = (0.5, 3.0)
HEADS = 50
OLDEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Question:
    """policy: None for the floor's own. heads: group → so many more or fewer of it whenever it is on duty."""

    kind: str
    day: date
    clients: Sequence[UUID] = ()
    policy: str | None = None
    volume: float = 1.0
    heads: Mapping[str, int] = field(default_factory=dict)


def weeks_of(person: Person) -> list[dict[str, Any]]:
    """The last weeks, with what arrived in each of the clients whom the person serves."""
    clients = [client.id for client in clients_of(person)]
    found = []
    for week in past_weeks(person.time_zone):
        counts = counts_of(week, clients).values()
        total = sum(count for count, _ in counts)
        found.append({"day": _day(week), "start": week.start, "end": week.end, "conversations": total,
                      "abandoned": sum(gone for _, gone in counts), "too_large": total > MOST})  # fmt: skip
    return found


def week_plan(person: Person, day: date, clients: Sequence[UUID]) -> dict[str, Any]:
    """What can be changed of a week: its clients and the groups that were there."""
    tenants, week = _clients(person, clients), _week(person, day)
    counts = counts_of(week, [tenant.id for tenant in tenants])
    crews = crews_of(week, {tenant.id for tenant in tenants}, presence_of(week))
    return {
        "day": _day(week),
        "week": week,
        "clients": [(tenant, *counts.get(tenant.id, (0, 0))) for tenant in tenants],
        "crews": crews,
    }


def ask(*, person: Person, question: Question) -> WhatIf:
    """Refuses with week_empty, week_too_large, nobody_there or nothing_changed, and with what to do instead."""
    tenants, week = _clients(person, question.clients), _week(person, question.day)
    _require_playable(week, tenants)
    recorded = record(week, tenants)
    if not recorded.crews:
        raise Refusal("nobody_there", 409, "No agent of these clients was at work in that week; choose another one.")
    _require_sound(question, recorded)
    versions = 2 if question.kind == WhatIf.Kind.CHANGES else 1 + CANDIDATES
    row = whatifs.ask(
        person=person,
        asked=whatifs.Asked(
            kind=question.kind,
            tenants=[tenant.id for tenant in tenants],
            week_start=week.start,
            week_end=week.end,
            zone=week.zone,
            question={
                "policy": question.policy or recorded.scenario["policy"],
                "volume": question.volume,
                "heads": {key: by for key, by in question.heads.items() if by},
            },
            scenario=recorded.scenario,
            recorded=_kept(recorded),
            replications=_replications(recorded, versions, question.volume),
            versions=versions,
        ),
    )
    audit(person, "planning.asked", object_id=row.id, kind=row.kind)
    transaction.on_commit(ring)
    return row


def cancel(*, person: Person, what_if_id: UUID) -> WhatIf:
    row = whatifs.cancel(what_if_id=of_person(person, what_if_id).id)
    audit(person, "planning.cancelled", object_id=row.id)
    return row


def remove(*, person: Person, what_if_id: UUID) -> None:
    """Forget it with its result."""
    row = of_person(person, what_if_id)
    whatifs.remove(what_if_id=row.id)
    audit(person, "planning.removed", object_id=row.id)


def of_person(person: Person, what_if_id: UUID) -> WhatIf:
    """The what-if, if this person serves every client in it."""
    serves = [client.id for client in clients_of(person)]
    row = WhatIf.objects.filter(whatifs.covered_by(serves), pk=what_if_id).select_related("made_by").first()
    if row is None:
        raise not_found()
    return row


def list_of(person: Person) -> list[WhatIf]:
    """All that this person may open, the newest first, without their scenarios."""
    serves = [client.id for client in clients_of(person)]
    rows = WhatIf.objects.filter(whatifs.covered_by(serves)).select_related("made_by")
    return list(rows.defer("scenario", "recorded").order_by("-made_at"))


def _week(person: Person, day: date) -> Week:
    """The week of a past day, in the zone of who asks."""
    today = clock.now().astimezone(ZoneInfo(person.time_zone)).date()
    if not today - OLDEST <= day <= today + timedelta(days=1):
        raise invalid("Choose a week of the past years.", day="is not a day of the past years")
    return week_of(day, person.time_zone)


def _clients(person: Person, wanted: Sequence[UUID]) -> list[Tenant]:
    serves = clients_of(person)
    if not wanted:
        return serves
    found = [client for client in serves if client.id in set(wanted)]
    if len(found) < len(set(wanted)):
        raise not_found()
    return found


def _require_playable(week: Week, tenants: Sequence[Tenant]) -> None:
    if week.end > clock.now():
        raise invalid("That week is not over; choose a past one.", day="is not over")
    total = sum(count for count, _ in counts_of(week, [tenant.id for tenant in tenants]).values())
    if not total:
        raise Refusal("week_empty", 409, "Nothing arrived in that week; choose one with conversations.")
    if total > MOST:
        raise Refusal(
            "week_too_large",
            409,
            f"That week had {total:,} conversations; at most {MOST:,} can be played. Choose fewer clients.",
        )


def _require_sound(question: Question, recorded: Recorded) -> None:
    keys = {crew.key for crew in recorded.crews}
    if question.policy is not None and question.policy not in POLICIES:
        raise invalid("That policy is not known.", policy=f"one of {', '.join(sorted(POLICIES))}")
    if not VOLUMES[0] <= question.volume <= VOLUMES[1]:
        raise invalid("That volume cannot be played.", volume=f"from {VOLUMES[0]:.0%} to {VOLUMES[1]:.0%}")
    if set(question.heads) - keys or any(abs(by) > HEADS for by in question.heads.values()):
        raise invalid("That group is not in this week, or the number is too large.", heads="read the week again")
    if question.kind == WhatIf.Kind.CHANGES:
        is_same = question.policy in (None, recorded.scenario["policy"]) and question.volume == 1
        if is_same and not any(question.heads.values()):
            raise Refusal("nothing_changed", 409, "Change the staff, the policy or the volume; nothing was started.")
    try:
        scenarios.parse(recorded.scenario)
    except scenarios.Refused as refused:
        raise Refusal("week_unsound", 409, f"That week cannot be played: {refused}. Choose another one.") from refused


def _replications(recorded: Recorded, versions: int, volume: float) -> int:
    once = max(1.0, recorded.conversations * versions * max(1.0, volume))
    return max(FEWEST, min(MOST_REPLICATIONS, int(BUDGET / once)))


def _kept(recorded: Recorded) -> dict[str, Any]:
    """What the page says of the week beside the scenario: ids, codes and figures."""
    return {
        "play": recorded.play,
        "conversations": recorded.conversations,
        "ledger": {line: list(found) for line, found in recorded.ledger.items()},
        "remarks": recorded.remarks,
        "groups": [
            {
                "key": crew.key,
                "people": [str(person) for person in crew.people],
                "skills": crew.skills,
                "tenants": sorted(str(tenant) for tenant in crew.tenants),
                "capacity": crew.capacity,
                "peak": crew.peak,
                "hours": crew.hours,
            }
            for crew in recorded.crews
        ],
    }


def _day(week: Week) -> date:
    return week.start.astimezone(ZoneInfo(week.zone)).date()
