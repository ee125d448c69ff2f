"""Sampling plans of a client: kept, drawn from as the month goes, and how far each agent's quota is."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from conversations.models import Conversation
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import enter
from people.access import audit, may_serve, require_client, roles_of, supervisors_of
from people.models import Person, PersonSkill
from quality import rules
from quality.models import Evaluation, SampleDraw, SamplePick, SamplingPlan
from quality.sampling import Candidate, Evaluator, Progress, assign, draw, due_by_now, progress
from routing.models import WorkItem
from sla_contracts.period import Period
from tenants.models import Tenant

DRAWN = "sample.drawn"
MAY = frozenset({"supervisor", "operator"})
NAME_CHARS, MOST_PER_AGENT = 80, 200


def save_plan(*, person: Person, tenant_id: UUID, plan_id: UUID | None = None, **given: Any) -> SamplingPlan:
    """Make or change a plan: name, per_agent, channels, languages, rules, is_active. Refuses with not_found,
    not_allowed, invalid or name_taken. What was drawn before stays."""
    tenant = _require(person, tenant_id)
    values = _checked(given)
    with enter(tenant), transaction.atomic():
        row = SamplingPlan(changed_at=clock.now())
        if plan_id is not None:
            found = SamplingPlan.objects.select_for_update().filter(pk=plan_id).first()
            if found is None:
                raise not_found()
            row = found
        if SamplingPlan.objects.filter(name=values["name"]).exclude(pk=row.pk).exists():
            raise Refusal("name_taken", 409, "Another plan of this client has that name; nothing was saved.")
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = clock.now(), person
        row.save()
        audit(person, "sample.plan_saved", tenant=tenant, object_id=row.pk)
    return row


def draw_now(
    *, person: Person | None, tenant: Tenant, plan_id: UUID, now: datetime | None = None, seed: str = ""
) -> dict[str, int]:
    """Draw what the plan's quota asks for by today, pick by its rules, and give it to evaluators; how many of each.

    Repeating it on the same day draws nothing more. person: None for the beat. Call from the public schema.
    """
    if person is not None:
        _require(person, tenant.id)
    at = now or clock.now()
    period = Period.holding(at, tenant.time_zone)
    people = _evaluators(tenant)
    with enter(tenant), transaction.atomic():
        plan = SamplingPlan.objects.select_for_update().filter(pk=plan_id).first()
        if plan is None:
            raise not_found()
        _drop_what_is_gone(plan)
        found = _candidates(tenant, plan, period, at) if plan.is_active else []
        made = _draw_at_random(tenant, plan, period, at, found, seed or secrets.token_hex(16))
        made += _pick_by_rules(tenant, plan, period, at, found)
        _give_out(plan, people)
        counts = Counter(str(pick.origin) for pick in made)
        if made:
            audit(person, DRAWN, tenant=tenant, object_id=plan.pk, **counts)
    return {"sample": counts["sample"], "rule": counts["rule"]}


def repeat(kept: SampleDraw) -> list[str]:
    """The work items that a draw's own record draws again."""
    candidates = [Candidate(*row) for row in kept.candidates]
    return [one.id for one in draw(kept.seed, candidates, kept.wanted)]


def quotas(tenant: Tenant, plan: SamplingPlan, *, now: datetime | None = None) -> list[tuple[UUID, Progress]]:
    """Agent → how the month's quota stands, of the random sample alone [inside the tenant]."""
    at = now or clock.now()
    period = Period.holding(at, tenant.time_zone)
    finished = Counter(one.agent_id for one in _candidates(tenant, plan, period, at))
    states: dict[UUID, Counter[str]] = defaultdict(Counter)
    picks = plan.picks.filter(month=period.month, origin=SamplePick.Origin.SAMPLE)
    for agent, state in picks.values_list("agent", "state"):
        states[agent][state] += 1
    share = Fraction(int((at - period.start).total_seconds()), int((period.end - period.start).total_seconds()))
    return [
        (
            agent,
            progress(
                quota=plan.per_agent,
                done=states[agent]["done"],
                open=states[agent]["open"],
                finished=finished[agent],
                share=share,
            ),
        )
        for agent in sorted({agent for agent in finished if agent} | set(states), key=str)
    ]


def _require(person: Person, tenant_id: UUID) -> Tenant:
    tenant = require_client(person, tenant_id)
    if not roles_of(person, None) & MAY:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may plan samples; nothing was saved.")
    return tenant


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    name = str(given["name"]).replace("\x00", "").strip()
    if not name or len(name) > NAME_CHARS:
        raise invalid("A plan needs a name; nothing was saved.", name=f"1 to {NAME_CHARS} characters")
    if not 0 <= given["per_agent"] <= MOST_PER_AGENT:
        raise invalid("That is no quota; nothing was saved.", per_agent=f"0 to {MOST_PER_AGENT}")
    for place, rule in enumerate(given["rules"]):
        if rule["rule"] not in rules.RULES:
            known = ", ".join(rules.RULES)
            raise invalid("There is no such rule; nothing was saved.", **{f"rules[{place}]": f"one of {known}"})
    if len({rule["rule"] for rule in given["rules"]}) < len(given["rules"]):
        raise invalid("A rule appears twice; nothing was saved.", rules="each once")
    kept = [{"rule": rule["rule"], "per_agent": int(rule["per_agent"])} for rule in given["rules"]]
    lists = {part: sorted(set(map(str, given[part]))) for part in ("channels", "languages")}
    return {"name": name, "per_agent": given["per_agent"], "rules": kept, "is_active": given["is_active"], **lists}


def _candidates(tenant: Tenant, plan: SamplingPlan, period: Period, at: datetime) -> list[WorkItem]:
    """Finished work of the month that may be evaluated: by an agent, in the plan's channels and languages, of a
    conversation that is here and whose customer was not erased."""
    rows = WorkItem.objects.filter(
        tenant=tenant, state=WorkItem.State.DONE, agent__isnull=False, agent__is_active=True,
        finished_at__gte=period.start, finished_at__lt=min(period.end, at),
    )  # fmt: skip
    if plan.channels:
        rows = rows.filter(channel__in=plan.channels)
    if plan.languages:
        rows = rows.filter(language__in=plan.languages)
    found = list(rows.order_by("pk"))
    here = _to_be_read({row.conversation for row in found})
    return [row for row in found if row.conversation in here]


def _to_be_read(conversations: Iterable[UUID]) -> set[UUID]:
    rows = Conversation.objects.filter(pk__in=list(conversations), customer__erased_at__isnull=True)
    return set(rows.values_list("pk", flat=True))


def _drop_what_is_gone(plan: SamplingPlan) -> None:
    """Picks whose customer was erased since; those of a conversation that is gone went with it."""
    rows = plan.picks.filter(state=SamplePick.State.OPEN, conversation__customer__erased_at__isnull=False)
    rows.update(state=SamplePick.State.DROPPED)


def _draw_at_random(
    tenant: Tenant, plan: SamplingPlan, period: Period, at: datetime, found: Sequence[WorkItem], seed: str
) -> list[SamplePick]:
    """What a rule picked, or a hand evaluated, has the same chance as all other work."""
    drawn = plan.picks.filter(month=period.month, origin=SamplePick.Origin.SAMPLE)
    before = set(drawn.values_list("work_item", flat=True))
    held: Counter[UUID | None] = Counter(drawn.exclude(state=SamplePick.State.DROPPED).values_list("agent", flat=True))
    month, today = _day(period.start, tenant), _day(min(at, period.end), tenant)
    due = due_by_now(plan.per_agent, month=month, today=today)
    left = [row for row in found if row.id not in before]
    wanted = {str(row.agent_id): due - held[row.agent_id] for row in left if due > held[row.agent_id]}
    candidates = [
        Candidate(str(row.id), str(row.agent_id), f"{row.channel}/{row.language}")
        for row in left
        if str(row.agent_id) in wanted
    ]
    chosen = draw(seed, candidates, wanted)
    if not chosen:
        return []
    kept = SampleDraw.objects.create(
        plan=plan,
        month=period.month,
        seed=seed,
        wanted=wanted,
        candidates=[[one.id, one.agent, one.stratum] for one in candidates],
        drawn_at=at,
    )
    by_id = {str(row.id): row for row in found}
    return _keep(plan, period, at, [(by_id[one.id], "sample", "") for one in chosen], kept)


def _pick_by_rules(
    tenant: Tenant, plan: SamplingPlan, period: Period, at: datetime, found: Sequence[WorkItem]
) -> list[SamplePick]:
    picked = plan.picks.filter(month=period.month, origin=SamplePick.Origin.RULE)
    before = set(picked.values_list("work_item", flat=True))
    held: Counter[tuple[str, UUID | None]] = Counter(
        (rule, agent) for rule, agent in picked.values_list("rule", "agent")
    )
    chosen: list[tuple[WorkItem, str, str]] = []
    for rule in plan.rules:
        code, most = rule["rule"], rule["per_agent"]
        for row in rules.matching(code, tenant, found):
            if row.id not in before and held[code, row.agent_id] < most:
                before.add(row.id)
                held[code, row.agent_id] += 1
                chosen.append((row, "rule", code))
    return _keep(plan, period, at, chosen, None)


def _keep(
    plan: SamplingPlan, period: Period, at: datetime, chosen: list[tuple[WorkItem, str, str]], kept: SampleDraw | None
) -> list[SamplePick]:
    evaluated: dict[UUID, Evaluation] = {}
    for row in Evaluation.objects.filter(work_item__in=[item.id for item, _, _ in chosen]).order_by("made_at"):
        evaluated.setdefault(row.work_item, row)
    made = [
        SamplePick(
            plan=plan, draw=kept, origin=origin, rule=rule, month=period.month, conversation_id=item.conversation,
            work_item=item.id, agent_id=item.agent_id, language=item.language, picked_at=at,
            # Drawn after a hand had evaluated it: the form is there already.
            evaluation=evaluated.get(item.id),
            state=SamplePick.State.DONE if item.id in evaluated else SamplePick.State.OPEN,
        )
        for item, origin, rule in chosen
        if item.agent_id is not None
    ]  # fmt: skip
    return SamplePick.objects.bulk_create(made)


def _evaluators(tenant: Tenant) -> list[Evaluator]:
    """Supervisors who serve the client, with the languages they understand (of the profile, and their skills)."""
    people = Person.objects.filter(pk__in=supervisors_of(tenant.id), is_active=True)
    spoken: dict[UUID, set[str]] = defaultdict(set)
    skills = PersonSkill.objects.filter(person__in=people, skill__kind="language", level__gte=2)
    for person_id, code in skills.values_list("person", "skill__code"):
        spoken[person_id].add(code.partition(":")[2])
    return [
        Evaluator(str(person.pk), frozenset(spoken[person.pk] | {person.language}), 0)
        for person in people
        if may_serve(person, tenant)
    ]


def _give_out(plan: SamplingPlan, people: list[Evaluator]) -> None:
    """Open picks that nobody has, or whose evaluator left, to who understands them and has least to do here."""
    known = {UUID(one.id) for one in people}
    rows = list(SamplePick.objects.select_for_update().filter(state=SamplePick.State.OPEN))
    load = Counter(row.evaluator_id for row in rows)
    waiting = [row for row in rows if row.plan_id == plan.pk and row.evaluator_id not in known]
    ready = [Evaluator(one.id, one.languages, load[UUID(one.id)]) for one in people]
    picks = [Candidate(str(row.pk), str(row.agent_id), "") for row in waiting]
    given = assign(picks, {str(row.pk): row.language for row in waiting}, ready)
    for row in waiting:
        row.evaluator_id = UUID(given[str(row.pk)]) if str(row.pk) in given else None
    SamplePick.objects.bulk_update(waiting, ["evaluator"])


def _day(at: datetime, tenant: Tenant) -> date:
    return at.astimezone(ZoneInfo(tenant.time_zone)).date()
