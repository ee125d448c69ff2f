"""A past week as a scenario of the simulator, and what really came of it in the same terms.

The scenario's channels are the contracts' channel groups, its clients go by their slugs. What a class must be answered
in is what the contract's calendar made of its target in seconds of the wall's clock, less the time that agents usually
take from acceptance to their first reply: the simulator knows only when work is taken up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from desk.week_rows import Item, Week, busy_of, items_of, ledger_of, presence_of
from desk.week_staff import Crew, crews_of, periods_of
from routing.simulator import scenario as scenarios
from routing.simulator.compare import as_play
from routing.simulator.tally import Count, Hour, Outcome, charge
from sla_contracts import contracts
from sla_contracts.terms import Terms
from tenants.models import Tenant

# Work outside the promised hours may wait for long: its target is rounded down to one of these.
LADDER = [3600.0 * hours for hours in (1, 2, 4, 8, 12, 16, 20, 24, 36, 48, 60, 72, 96, 120, 168)]
METRIC = "first_response"
NO_PROMISE = 24 * 3600.0
USUAL_HANDLE = 300.0
# A reply cannot be reckoned to take more than this share of what the contract leaves.
LONGEST_LAG = 0.5
# As sla_contracts.pricing: a month's volume is taken to be at least this.
LEAST_VOLUME = 500
MONTH_DAYS = 30.4


@dataclass
class Recorded:
    """scenario: in the form of the files. play: what really came of it, as ``compare`` writes plays."""

    scenario: dict[str, Any]
    play: dict[str, Any]
    crews: list[Crew]
    conversations: int
    ledger: dict[str, tuple[int, int]]
    remarks: list[str]


@dataclass
class _Class:
    """Work of one kind. served: (seconds of the week, wait, handling) of each, in order of arrival."""

    tenant: Tenant
    group: str
    language: str
    needs: dict[str, int]
    target: float
    times: list[float] = field(default_factory=list)
    handles: list[float | None] = field(default_factory=list)
    outcomes: list[tuple[float, bool] | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Promise:
    terms: Terms | None
    lag: float


def record(week: Week, tenants: Sequence[Tenant]) -> Recorded:
    """Read the week of these clients. There may be nothing in it: then the scenario has no classes."""
    by_id = {tenant.id: tenant for tenant in tenants}
    items, presence = items_of(week, list(by_id)), presence_of(week)
    crews = crews_of(week, by_id, presence)
    promises = _promises(week, by_id, items)
    classes = _classes(week, by_id, items, promises, crews)
    scenario = {
        "name": f"week of {week.start.date().isoformat()}",
        "replications": 1,
        "seed": int(week.start.timestamp()) // 86_400,
        "policy": settings.ROUTING_POLICY,
        "periods": periods_of(week),
        "end": week.seconds,
        "drain": True,
        "classes": _streams(classes, _patience(items)),
        "units": _units(items),
        "contracts": _clauses(by_id, items, promises),
        "agents": [_agents(crew, by_id, items) for crew in crews],
    }
    busy = busy_of(week, items, presence)
    ledger = {f"{by_id[key[0]].slug}|{key[1]}": found for key, found in ledger_of(week, list(by_id)).items()}
    play = _as_it_was(week, scenario, classes, crews, busy, presence) if classes and crews else {}
    return Recorded(scenario, play, crews, len(items), ledger, _remarks(items, by_id))


def _classes(
    week: Week,
    tenants: Mapping[UUID, Tenant],
    items: Sequence[Item],
    promises: Mapping[tuple[UUID, str], _Promise],
    crews: Sequence[Crew],
) -> list[_Class]:
    uneven = _uneven(items, crews)
    paces = {(person, each): pace for crew in crews for person in crew.people for each, pace in crew.pace.items()}
    found: dict[Any, _Class] = {}
    for item in items:
        promise = promises[item.tenant, item.group]
        needs = {**item.needs, **({f"channel:{item.channel}": 1} if item.channel in uneven else {})}
        entered, target = _promised(week, item, promise)
        key = tenants[item.tenant].slug, item.group, item.language, tuple(sorted(needs.items())), target
        kind = found.get(key)
        if kind is None:
            kind = found[key] = _Class(tenants[item.tenant], item.group, item.language, needs, target)
        kind.times.append(entered)
        # As long as the usual agent would have taken: the simulator multiplies by the group's pace.
        took = item.handled
        kind.handles.append(
            took if took is None or item.agent is None else took / paces.get((item.agent, item.tenant), 1)
        )
        waited = item.finished_at if item.is_abandoned else item.accepted_at
        kind.outcomes.append(None if waited is None else (max(0.0, week.at(waited) - entered), not item.is_abandoned))
    return [found[key] for key in sorted(found, key=str)]


def _promised(week: Week, item: Item, promise: _Promise) -> tuple[float, float]:
    """When the item may first be given out, and within how many seconds from then (both by the wall's clock)."""
    at = item.entered_at
    terms = promise.terms
    hours = terms.open_hours(item.group) if terms and item.keeps_hours else None
    if hours is not None and not hours.is_open(at):
        at = hours.next_change(at) or at
    agreed = None
    if terms is not None:
        agreed = terms.target(metric=METRIC, channel_group=item.group, priority=item.priority, language=item.language)
    if terms is None or agreed is None:
        return min(week.at(at), week.seconds), NO_PROMISE
    due = terms.calendars[agreed.calendar].due(item.entered_at, agreed.seconds)
    wall = NO_PROMISE if due is None else max(1.0, (due - at).total_seconds())
    if wall > agreed.seconds:
        wall = max(float(agreed.seconds), LADDER[max(0, bisect_right(LADDER, wall) - 1)])
    return min(week.at(at), week.seconds), max(1.0, round(wall - min(promise.lag, LONGEST_LAG * wall)))


def _promises(week: Week, tenants: Mapping[UUID, Tenant], items: Sequence[Item]) -> dict[tuple[UUID, str], _Promise]:
    """The contract in force at the week's end, and the median time from acceptance to the first reply."""
    lags: dict[tuple[UUID, str], list[float]] = defaultdict(list)
    for item in items:
        took = lags[item.tenant, item.group]
        if item.accepted_at and item.replied_at and item.replied_at >= item.accepted_at:
            took.append((item.replied_at - item.accepted_at).total_seconds())
    terms = {tenant: _terms(week, tenant) for tenant, _ in lags}
    return {
        (tenant, group): _Promise(terms[tenant], sorted(took)[len(took) // 2] if took else 0.0)
        for (tenant, group), took in lags.items()
    }


def _terms(week: Week, tenant: UUID) -> Terms | None:
    version = contracts.versions_between(tenant, week.start, week.end)[-1:]
    return contracts.terms_of(version[0].id, version[0]) if version else None


def _patience(items: Sequence[Item]) -> dict[str, float]:
    """Channel group → mean patience in seconds: all waits ÷ those who left (exponential, censored by the answers)."""
    waited: dict[str, float] = defaultdict(float)
    gone: Counter[str] = Counter()
    for item in items:
        until = item.finished_at if item.is_abandoned else item.accepted_at
        if until is not None:
            waited[item.group] += max(0.0, (until - item.entered_at).total_seconds())
            gone[item.group] += item.is_abandoned
    return {group: max(1.0, waited[group] / count) for group, count in gone.items() if count}


def _streams(classes: Sequence[_Class], patience: Mapping[str, float]) -> list[dict[str, Any]]:
    usual: dict[str, list[float]] = defaultdict(list)
    for kind in classes:
        usual[kind.group] += [each for each in kind.handles if each is not None]
    found = []
    for number, kind in enumerate(classes, start=1):
        own = [each for each in kind.handles if each is not None] or usual[kind.group] or [USUAL_HANDLE]
        mean = sum(own) / len(own)
        order = sorted(range(len(kind.times)), key=lambda place: kind.times[place])
        leaves = patience.get(kind.group)
        found.append(
            {
                "name": f"{kind.tenant.slug} {kind.group} {kind.language} {number}",
                "tenant": kind.tenant.slug,
                "channel": kind.group,
                "needs": kind.needs,
                "target": kind.target,
                "arrivals": {"times": [round(kind.times[place], 1) for place in order]},
                "handle": {"trace": [round(_or(kind.handles[place], mean), 1) for place in order]},
                "patience": {"exponential": round(leaves, 1)} if leaves else None,
                "expected_handle": round(mean, 1),
                "mean_patience": round(leaves, 1) if leaves else None,
            }
        )
    return found


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _clauses(
    tenants: Mapping[UUID, Tenant], items: Sequence[Item], promises: Mapping[tuple[UUID, str], _Promise]
) -> dict[str, Any]:
    """The clauses on first responses; a penalty is that of a month that goes as this week."""
    volume = Counter((item.tenant, item.group) for item in items)
    found: dict[str, list[Any]] = defaultdict(list)
    for (tenant, group), promise in promises.items():
        if promise.terms is None:
            continue
        clause = promise.terms.clause_of(metric=METRIC, channel_group=group)
        agreed = promise.terms.target(metric=METRIC, channel_group=group, priority="normal", language="")
        if clause and agreed:
            found[tenants[tenant].slug].append(
                {
                    "channel": group,
                    "target": agreed.seconds,
                    "goal": float(clause.goal),
                    "credit_per_point": float(clause.penalty.per_point) if clause.penalty else 0,
                    "cap_points": float(clause.penalty.cap_points) if clause.penalty else 0,
                    "expected_volume": max(LEAST_VOLUME, round(volume[tenant, group] * MONTH_DAYS / 7)),
                }
            )
    return dict(found)


def _agents(crew: Crew, tenants: Mapping[UUID, Tenant], items: Sequence[Item]) -> dict[str, Any]:
    groups = {item.channel: item.group for item in items}
    return {
        "group": crew.key,
        "count": crew.counts,
        "skills": {**crew.skills, **{f"channel:{each}": 1 for each in sorted(crew.channels)}},
        "tenants": sorted(tenants[each].slug for each in crew.tenants),
        "channels": sorted({groups[each] for each in crew.channels if each in groups}),
        "capacity": crew.capacity,
        "handle_factor": {tenants[each].slug: factor for each, factor in crew.pace.items() if factor != 1},
    }


def _uneven(items: Sequence[Item], crews: Sequence[Crew]) -> set[str]:
    """Channels that somebody lacks who takes another of their group: they are a need of their own."""
    groups = {item.channel: item.group for item in items}
    found = set()
    for crew in crews:
        taken = {groups[each] for each in crew.channels if each in groups}
        found |= {channel for channel, group in groups.items() if group in taken and channel not in crew.channels}
    return found


def _units(items: Sequence[Item]) -> dict[str, int]:
    """The most usual number of units of each channel group."""
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    for item in items:
        seen[item.group][item.units] += 1
    return {group: counts.most_common(1)[0][0] for group, counts in seen.items()}


def _as_it_was(
    week: Week,
    scenario: dict[str, Any],
    classes: Sequence[_Class],
    crews: Sequence[Crew],
    busy: Mapping[UUID, float],
    presence: Mapping[UUID, list[tuple[float, float]]],
) -> dict[str, Any]:
    parsed = scenarios.parse(scenario)
    counts = [Count() for _ in classes]
    hours = [Hour() for _ in range(int(week.seconds // 3600) + 1)]
    for count, kind in zip(counts, classes, strict=True):
        for at, outcome in zip(kind.times, kind.outcomes, strict=True):
            _count(count, hours[int(at // 3600)], outcome, kind.target)
    charge(parsed, counts)
    staffed = {
        crew.key: sum(until - begin for person in crew.people for begin, until in presence[person]) for crew in crews
    }
    held = {crew.key: sum(busy.get(person, 0.0) for person in crew.people) for crew in crews}
    return as_play(parsed, Outcome(counts, held, staffed, hours=hours))


def _count(count: Count, hour: Hour, outcome: tuple[float, bool] | None, target: float) -> None:
    """outcome: seconds waited and whether an agent took it; None: nobody has yet, and it counts as late."""
    count.offered += 1
    hour.offered += 1
    if outcome is None:
        return
    waited, is_served = outcome
    in_target = waited <= target
    count.waits.append(waited)
    count.max_wait = max(count.max_wait, waited)
    if is_served:
        count.waited += waited
        hour.waited += waited
    for tally in (count, hour):
        tally.served += is_served
        tally.abandoned += not is_served
        tally.served_in_target += is_served and in_target
        tally.abandoned_in_target += not is_served and in_target


def _remarks(items: Sequence[Item], tenants: Mapping[UUID, Tenant]) -> list[str]:
    """Codes of what the scenario cannot say of this week; the screen words them."""
    found = []
    if any(item.state not in ("done", "abandoned") for item in items):
        found.append("open_work")
    if any(item.agent is not None and item.handled is None and item.state == "done" for item in items):
        found.append("unknown_handling")
    units: dict[str, set[int]] = defaultdict(set)
    for item in items:
        units[item.group].add(item.units)
    if any(len(each) > 1 for each in units.values()):
        found.append("units_differ")
    if len({tenant.currency for tenant in tenants.values()}) > 1:
        found.append("currencies_differ")
    return found
