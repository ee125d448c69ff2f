"""Who may take what, from the rows as they are now: accreditation, languages and skills with their levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from kernel import clock, statements
from routing.desks import PRESENT
from routing.engine.types import CALL, Agent, Item, Relaxation, needs_left
from routing.models import AgentState, WorkItem
from routing.queues import is_open, openings_of
from routing.room import Held, has_room

UNKNOWN_OPENING = timedelta(minutes=1)
Objection = Literal["away", "client", "language", "skill", "channel", "full"]


# In force as ``people.access.accredited_now`` says.
_ACCREDITED = """
SELECT a.person_id, a.tenant_id, NULL::text, 0
  FROM public.people_accreditation a
  JOIN public.people_person p ON p.id = a.person_id AND p.is_active
  JOIN public.tenants_tenant t ON t.id = a.tenant_id AND t.status = 'active'
 WHERE NOT a.is_read_only
   AND a.valid_from <= %(now)s::timestamptz AND (a.valid_until IS NULL OR a.valid_until > %(now)s::timestamptz)
"""
_SKILLED = """
UNION ALL
SELECT s.person_id, NULL, k.code, s.level
  FROM public.people_personskill s JOIN public.people_skill k ON k.id = s.skill_id
 WHERE s.person_id = ANY(%(people)s::uuid[])
UNION ALL
SELECT r.one, r.other, r.kind, 0 FROM public.rivals(%(people)s::uuid[]) r
"""
_LEAVE = f"""{_ACCREDITED}
   AND a.person_id = ANY(%(people)s::uuid[])
   AND (%(tenants)s::uuid[] IS NULL OR a.tenant_id = ANY(%(tenants)s::uuid[]))
{_SKILLED}"""
_LEAVE_FOR = f"""
WITH proposed AS MATERIALIZED (
  SELECT g.person, w.tenant_id FROM unnest(%(people)s::uuid[], %(items)s::uuid[]) AS g (person, item)
    JOIN public.routing_workitem w ON w.id = g.item
){_ACCREDITED}
   AND (a.person_id, a.tenant_id) IN (SELECT person, tenant_id FROM proposed)
{_SKILLED}"""


@dataclass(slots=True)
class Leave:
    """What these people may do at this instant."""

    tenants: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    levels: dict[UUID, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    pairs: list[tuple[UUID, UUID]] = field(default_factory=list)

    def took(self, person_id: UUID, tenant_id: UUID) -> None:
        """This person has work of the client in hand now: its competitors are barred to them."""
        for one, other in self.pairs:
            if tenant_id in (one, other):
                self.tenants[person_id].discard(other if tenant_id == one else one)

    def tenants_of(self, person_id: UUID) -> set[UUID]:
        return self.tenants.get(person_id, set())

    def languages_of(self, person_id: UUID) -> list[str]:
        return [code.removeprefix("lang:") for code in self.levels.get(person_id, {}) if code.startswith("lang:")]


def leave_of(people: Iterable[UUID], tenants: Iterable[UUID] | None) -> Leave:
    """Accreditations in force (to ``tenants``, or to all) and skills of these people; one query.

    A client whose competitor's work a person has in hand is not among their tenants.
    """
    wanted = None if tenants is None else statements.array(tenants)
    return _fold(statements.run(_LEAVE, {"people": statements.array(people), "tenants": wanted, "now": clock.now()}))


def leave_for(pairs: Collection[tuple[UUID, UUID]]) -> Leave:
    """The same for (person, work item) pairs alone: a round asks of each agent only what it proposes."""
    people, items = statements.array(person for person, _ in pairs), statements.array(item for _, item in pairs)
    return _fold(statements.run(_LEAVE_FOR, {"people": people, "items": items, "now": clock.now()}))


def _fold(rows: Iterable[statements.Row]) -> Leave:
    leave = Leave()
    rivals: list[tuple[UUID, UUID]] = []
    for person_id, tenant_id, code, level in rows:
        if code is None:
            leave.tenants[person_id].add(tenant_id)
        elif code == "rival":
            rivals.append((person_id, tenant_id))
        elif code == "pair":
            leave.pairs.append((person_id, tenant_id))
        else:
            leave.levels[person_id][code] = level
    for person_id, tenant_id in rivals:
        leave.tenants[person_id].discard(tenant_id)
    return leave


def serves(item: WorkItem, person_id: UUID, leave: Leave, at: datetime) -> bool:
    """Whether no hard constraint of the item forbids this person (load and status are judged elsewhere)."""
    if item.tenant_id not in leave.tenants_of(person_id):
        return False
    levels = leave.levels.get(person_id, {})
    return all(levels.get(skill, 0) >= level for skill, level in _needs(item, at).items())


def objections(item: WorkItem, state: AgentState, leave: Leave, at: datetime, held: Held) -> list[Objection]:
    """What keeps this agent from being given the item by hand; none means that they can take it.

    held: as ``room.in_hand`` says.
    """
    levels = leave.levels.get(state.person_id, {})
    needs = _needs(item, at).items()
    lacking = {skill.partition(":")[0] for skill, level in needs if levels.get(skill, 0) < level}
    against: list[tuple[Objection, bool]] = [
        ("away", state.status not in PRESENT),
        ("client", item.tenant_id not in leave.tenants_of(state.person_id)),
        ("language", "lang" in lacking),
        ("skill", bool(lacking - {"lang"})),
        ("channel", item.channel not in state.channels),
        ("full", not has_room(state, item.channel, item.units, held)),
    ]
    return [code for code, holds in against if holds]


def starts_at(item: WorkItem, now: datetime) -> datetime | None:
    """When waiting work may first be offered; None if now. It was put off, or its queue is closed."""
    at = max(item.starts_at or now, now)
    if is_open(item.queue, at):
        return None if at == now else at
    later = (opens for opens, _ in openings_of(item.queue) if opens > at)
    return next(later, now + UNKNOWN_OPENING)


def engine_item(item: WorkItem, *, value: float | None = None, handle: float | None = None) -> Item:
    """The row (with its queue) as the engine knows it; times are POSIX seconds.

    value: what a breach costs (the dispatcher tells it by client and channel instead). handle: seconds that it takes.
    """
    entered_at = item.entered_at.timestamp()
    due_at = item.due_at.timestamp() if item.due_at else None
    return Item(
        id=str(item.id),
        tenant=str(item.tenant_id),
        channel=item.channel,
        language=item.language,
        needs=item.needs,
        units=item.units,
        priority=PRIORITIES.get(item.priority, 0),
        entered_at=entered_at,
        due_at=due_at,
        # What is left of the target is judged by the wall's clock: closed hours count, since nobody works them.
        target=max(0.0, due_at - entered_at) if due_at is not None else None,
        value=value,
        expected_handle=handle,
        preferred_agent=str(item.preferred_agent_id) if item.preferred_agent_id else None,
        preferred_until=entered_at + item.queue.preferred_seconds if item.preferred_agent_id else None,
        not_agents=frozenset(str(agent) for agent in item.not_agents),
        queue=str(item.queue_id),
        relaxations=tuple(_relaxation(step) for step in item.queue.relaxations),
    )


def engine_agent(
    state: AgentState, leave: Leave, handle_factor: Mapping[str, float] | None = None, held: Held | None = None
) -> Agent:
    """A present agent's row as the engine knows it. held: as ``room.in_hand`` says, if it does."""
    on_call = bool(held and held.get(CALL))
    return Agent(
        id=str(state.person_id),
        skills=leave.levels.get(state.person_id, {}),
        tenants=frozenset(str(tenant) for tenant in leave.tenants_of(state.person_id)),
        channels=frozenset(state.channels),
        capacity=state.capacity,
        load=state.capacity if on_call else state.load,
        available=True,
        idle_since=(state.idle_since or state.since).timestamp(),
        handle_factor=handle_factor or {},
        limits=state.limits,
        in_hand=(held or {}) if state.limits else {},
    )


def _needs(item: WorkItem, at: datetime) -> dict[str, int]:
    """What the row (with its queue) still needs."""
    relaxations = [_relaxation(step) for step in item.queue.relaxations]
    return needs_left(item.needs, item.language, relaxations, (at - item.entered_at).total_seconds())


def _relaxation(step: list[object]) -> Relaxation:
    after, skill, level = step
    return float(str(after)), str(skill), None if level is None else int(str(level))


PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}
