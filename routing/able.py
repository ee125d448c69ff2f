"""Who may take what, from the rows as they are now: accreditation, languages and skills with their levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from people.access import accredited_now
from people.models import Accreditation, PersonSkill
from routing.engine.types import Item, Relaxation, needs_after
from routing.models import WorkItem
from tenants.models import Tenant


@dataclass(slots=True)
class Leave:
    """What these people may do at this instant."""

    tenants: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    levels: dict[UUID, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def tenants_of(self, person_id: UUID) -> set[UUID]:
        return self.tenants.get(person_id, set())

    def languages_of(self, person_id: UUID) -> list[str]:
        return [code.removeprefix("lang:") for code in self.levels.get(person_id, {}) if code.startswith("lang:")]


def leave_of(people: Iterable[UUID], tenants: Iterable[UUID] | None) -> Leave:
    """Accreditations in force (to ``tenants``, or to all) and skills of these people; two queries."""
    leave = Leave()
    ids = list(people)
    granted = Accreditation.objects.filter(
        accredited_now(), person_id__in=ids, person__is_active=True, tenant__status=Tenant.Status.ACTIVE
    )
    if tenants is not None:
        granted = granted.filter(tenant_id__in=list(tenants))
    for person_id, tenant_id in granted.values_list("person_id", "tenant_id"):
        leave.tenants[person_id].add(tenant_id)
    skills = PersonSkill.objects.filter(person_id__in=ids).values_list("person_id", "skill__code", "level")
    for person_id, code, level in skills:
        leave.levels[person_id][code] = level
    return leave


def serves(item: WorkItem, person_id: UUID, leave: Leave, at: datetime) -> bool:
    """Whether no hard constraint of the item forbids this person (load and status are judged elsewhere)."""
    if item.tenant_id not in leave.tenants_of(person_id):
        return False
    levels = leave.levels.get(person_id, {})
    needs = needs_after(engine_item(item), (at - item.entered_at).total_seconds())
    return all(levels.get(skill, 0) >= level for skill, level in needs.items())


def engine_item(item: WorkItem) -> Item:
    """The row (with its queue) as the engine knows it; times are POSIX seconds."""
    return Item(
        id=str(item.id),
        tenant=str(item.tenant_id),
        channel=item.channel,
        language=item.language,
        needs=item.needs,
        units=item.units,
        priority=PRIORITIES.get(item.priority, 0),
        entered_at=item.entered_at.timestamp(),
        due_at=item.due_at.timestamp() if item.due_at else None,
        preferred_agent=str(item.preferred_agent_id) if item.preferred_agent_id else None,
        not_agents=frozenset(str(agent) for agent in item.not_agents),
        queue=str(item.queue_id),
        relaxations=tuple(_relaxation(step) for step in item.queue.relaxations),
    )


def _relaxation(step: list[object]) -> Relaxation:
    after, skill, level = step
    return float(str(after)), str(skill), None if level is None else int(str(level))


PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}
