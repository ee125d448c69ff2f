"""Agents' days as they were: their spells, what lay in their hands, and what their time went to. Read on demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from kernel import clock
from routing.models import AgentState, AgentStateSpell, Offer, WorkItem
from routing.presence import SILENT_SECONDS
from routing.time_ledger import Holding, Purpose, Spell, apportion, micros, presence

State = WorkItem.State


@dataclass(frozen=True, slots=True)
class Stay:
    """A state as it was, not cut to any range. ``ended_at`` None: it still is so."""

    person_id: UUID
    status: str
    reason: str
    set_by_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    until: datetime  # as far as it is known: of an open one, now, or when its console was last heard of


@dataclass(frozen=True, slots=True)
class Worked:
    """A work item that lay in somebody's hands."""

    id: UUID
    tenant_id: UUID
    conversation: UUID
    channel: str


@dataclass(slots=True)
class Ledger:
    """Of one agent and one range: the presence, and what it went to (their sum, always), in microseconds."""

    presence: int = 0
    shares: dict[Purpose, int] = field(default_factory=dict)


def stays(people: Collection[UUID], start: datetime, end: datetime) -> list[Stay]:
    """Every spell of these people that touches the range, by person, in order."""
    touching = AgentStateSpell.objects.filter(person__in=people, started_at__lt=end)
    rows = touching.filter(Q(ended_at=None) | Q(ended_at__gt=start)).order_by("person", "started_at", "pk")
    heard = dict(AgentState.objects.filter(person__in=people).values_list("person_id", "last_heartbeat"))
    now = clock.now()
    return [
        Stay(
            person_id=row.person_id,
            status=row.status,
            reason=row.reason,
            set_by_id=row.set_by_id,
            started_at=row.started_at,
            ended_at=row.ended_at,
            until=row.ended_at or _known_until(row, heard.get(row.person_id), now),
        )
        for row in rows
    ]


def ledgers(people: Collection[UUID], start: datetime, end: datetime) -> dict[UUID, Ledger]:
    """What the time of each went to; who was not there at all has an empty one."""
    found = {person_id: Ledger() for person_id in people}
    spells: dict[UUID, list[Spell]] = defaultdict(list)
    for stay in stays(people, start, end):
        spell = Spell(stay.status, stay.reason, micros(stay.started_at), micros(stay.until))
        spells[stay.person_id].append(spell)
    held = _holdings(list(spells), start, end)
    since, until = micros(start), micros(end)
    for person_id, theirs in spells.items():
        shares = apportion(theirs, held[person_id], since, until)
        found[person_id] = Ledger(presence(theirs, since, until), shares)
    return found


def worked(ids: Collection[str]) -> dict[str, Worked]:
    """The items behind ``work`` and ``wrap_up``, by their id as text."""
    rows = WorkItem.objects.filter(pk__in=ids).values_list("pk", "tenant_id", "conversation", "channel")
    return {str(row[0]): Worked(*row) for row in rows}


def _known_until(row: AgentStateSpell, heard: datetime | None, now: datetime) -> datetime:
    """Somebody whose console fell silent while nothing ran that would notice was there no longer than that."""
    if row.status == AgentState.Status.OFFLINE:
        return now
    last = max(heard or row.started_at, row.started_at) + timedelta(seconds=SILENT_SECONDS)
    return max(row.started_at, min(now, last))


def _holdings(people: Collection[UUID], start: datetime, end: datetime) -> dict[UUID, list[Holding]]:
    """What lay in whose hands: items with who has or finished them, offers with who let them go unfinished."""
    now = clock.now()
    held: dict[UUID, list[Holding]] = defaultdict(list)
    over = Q(state=State.DONE, finished_at__gt=start)
    mine = WorkItem.objects.filter(agent__in=people, accepted_at__lt=end)
    for row in mine.filter(over | Q(state__in=(State.ACTIVE, State.WRAP_UP))).only(
        "id", "agent_id", "accepted_at", "wrap_up_at", "finished_at"
    ):
        assert row.agent_id is not None and row.accepted_at is not None
        until = row.finished_at or now
        wrap = micros(row.wrap_up_at or until)
        held[row.agent_id].append(Holding(str(row.id), micros(row.accepted_at), wrap, micros(until)))
    let_go = Offer.objects.filter(agent__in=people, released_at__gt=start, answered_at__lt=end)
    for gone in let_go.only("work_item_id", "agent_id", "answered_at", "released_at"):
        assert gone.answered_at is not None and gone.released_at is not None
        since, released = micros(gone.answered_at), micros(gone.released_at)
        held[gone.agent_id].append(Holding(str(gone.work_item_id), since, released, released))
    return held
