"""A what-if as its page shows it: what really happened, the week played as it was, and played otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from desk.week_rows import Week
from desk.week_staff import Crew
from desk.work import mark_of
from people.models import Person
from routing.models import WhatIf
from routing.simulator.compare import figures_of
from tenants.models import Tenant

ONE_PLAY = ("offered", "service_level", "wait", "wait_p99", "abandoned", "penalty")


def head(row: WhatIf, tenants: dict[UUID, Tenant]) -> dict[str, Any]:
    """One line of the list."""
    result = row.result or {}
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "made_at": row.made_at,
        "made_by": row.made_by.name if row.made_by else None,
        "finished_at": row.finished_at,
        "week": {"start": row.week_start, "end": row.week_end, "zone": row.zone},
        "clients": [mark_of(tenants[each]) for each in row.tenants if each in tenants],
        "question": {name: row.question[name] for name in ("policy", "volume", "heads")},
        "replications": row.replications,
        "plays_done": row.plays_done,
        "plays_total": row.plays_total,
        "before": _chosen(result.get("before")),
        "after": _chosen(result.get("after")),
    }


def heads(rows: Sequence[WhatIf]) -> list[dict[str, Any]]:
    tenants = Tenant.objects.in_bulk({tenant for row in rows for tenant in row.tenants})
    return [head(row, tenants) for row in rows]


def page(row: WhatIf) -> dict[str, Any]:
    tenants = Tenant.objects.in_bulk(row.tenants)
    result, was = row.result or {}, row.recorded
    return {
        **head(row, tenants),
        "conversations": was["conversations"],
        "remarks": was["remarks"],
        "policy": row.scenario["policy"],
        "groups": _groups(was["groups"], tenants, result),
        "recorded": _plain(figures_of([was["play"]])["total"]),
        "result": _result(result) if result else None,
        "lines": _lines(row, tenants, result),
        "hours": _hours(was["play"], result),
        "trainings": _trainings(row, result, tenants),
    }


def week_page(plan: dict[str, Any]) -> dict[str, Any]:
    """What of a week can be changed."""
    week: Week = plan["week"]
    crews: list[Crew] = plan["crews"]
    tenants = {tenant.id: tenant for tenant, _, _ in plan["clients"]}
    names = _names(person for crew in crews for person in crew.people)
    return {
        "day": plan["day"],
        "week": {"start": week.start, "end": week.end, "zone": week.zone},
        "clients": [
            {"client": mark_of(tenant), "conversations": count, "abandoned": gone}
            for tenant, count, gone in plan["clients"]
        ],
        "groups": [
            {
                **_group(crew.key, crew.skills, crew.tenants, tenants),
                "people": [names[person] for person in crew.people if person in names],
                "peak": crew.peak,
                "hours": crew.hours,
                "capacity": crew.capacity,
            }
            for crew in crews
        ],
    }


def _result(result: dict[str, Any]) -> dict[str, Any]:
    after, difference = result.get("after"), result.get("difference")
    return {
        "before": result["before"]["total"],
        "after": after and after["total"],
        "difference": difference and difference["total"],
    }


def _lines(row: WhatIf, tenants: dict[UUID, Tenant], result: dict[str, Any]) -> list[dict[str, Any]]:
    """By client and channel group, with the clause that is at stake."""
    by_slug = {tenant.slug: tenant for tenant in tenants.values()}
    clauses = {
        f"{slug}|{clause['channel']}": clause for slug, own in row.scenario["contracts"].items() for clause in own
    }
    recorded = figures_of([row.recorded["play"]])["lines"]
    found = []
    for name in sorted(recorded):
        slug, group = name.split("|")
        if slug not in by_slug:
            continue
        clause = clauses.get(name)
        judged = row.recorded["ledger"].get(name)
        found.append(
            {
                "client": mark_of(by_slug[slug]),
                "channel_group": group,
                "currency": by_slug[slug].currency,
                "goal": clause and clause["goal"],
                "target": clause and clause["target"],
                "ledger": {"judged": judged[0], "met": judged[1]} if judged else None,
                "recorded": _plain(recorded[name]),
                **{
                    part: result[part]["lines"].get(name) if result.get(part) else None
                    for part in ("before", "after", "difference")
                },
            }
        )
    return found


def _groups(groups: list[dict[str, Any]], tenants: dict[UUID, Tenant], result: dict[str, Any]) -> list[dict[str, Any]]:
    names = _names(UUID(person) for group in groups for person in group["people"])
    before, after = (result[part]["groups"] if result.get(part) else {} for part in ("before", "after"))
    return [
        {
            **_group(group["key"], group["skills"], [UUID(each) for each in group["tenants"]], tenants),
            "people": [names[UUID(person)] for person in group["people"] if UUID(person) in names],
            "peak": group["peak"],
            "hours": group["hours"],
            "capacity": group["capacity"],
            "occupancy_before": before.get(group["key"]),
            "occupancy_after": after.get(group["key"]),
        }
        for group in groups
    ]


def _group(key: str, skills: dict[str, int], serves: Iterable[UUID], tenants: dict[UUID, Tenant]) -> dict[str, Any]:
    clients = sorted((tenants[each] for each in serves if each in tenants), key=lambda tenant: tenant.name)
    return {
        "key": key,
        "skills": [{"code": code, "level": level} for code, level in sorted(skills.items())],
        "clients": [mark_of(tenant) for tenant in clients],
    }


def _trainings(row: WhatIf, result: dict[str, Any], tenants: dict[UUID, Tenant]) -> list[dict[str, Any]]:
    if "trainings" not in result:
        return []
    by_slug = {tenant.slug: tenant for tenant in tenants.values()}
    return [
        {
            "group": each["group"],
            "client": mark_of(by_slug[each["tenant"]]) if each["tenant"] in by_slug else None,
            "skill": {"code": each["skill"], "level": each["level"]} if each["skill"] else None,
            **{name: each[name] for name in ("penalty", "wait", "abandoned", "service_level")},
        }
        for each in result["trainings"]
    ]


def _hours(was: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    parts = {"recorded": figures_of([was])["hours"]}
    for name in ("before", "after"):
        parts[name] = result[name]["hours"] if result.get(name) else None
    return parts


def _chosen(version: dict[str, Any] | None) -> dict[str, Any] | None:
    return version and {name: version["total"][name] for name in (*ONE_PLAY, "occupancy")}


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    """What happened once has no interval."""
    found = {name: figures[name]["mean"] for name in ONE_PLAY}
    occupancy = figures.get("occupancy")
    return {**found, "occupancy": occupancy and occupancy["mean"]}


def _names(people: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Person.objects.filter(pk__in=set(people)).only("id", "name")
    return {person.id: {"id": person.id, "name": person.name} for person in rows}
