"""A week of both shops that is over, as rows: who was there, what came, what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kernel.ids import new_id
from people.models import Person
from routing.models import AgentState, AgentStateSpell, Queue, WhatIf, WorkItem
from tenants.models import Tenant

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)  # a week without a change of clocks
TODAY = MONDAY + timedelta(days=9)
DAY = MONDAY.date().isoformat()


def shift(person: Person, day: int = 0, start: float = 8, end: float = 16) -> None:
    """All that is known of them: at work on that day of the week, between these hours UTC. Their desk stays."""
    desk = AgentState.objects.get(person=person)
    AgentState.objects.filter(person=person).delete()  # spells go only without a desk
    AgentStateSpell.objects.filter(person=person).delete()
    desk.save(force_insert=True)
    spells = (
        ("available", at(day, start), at(day, end)),
        ("offline", at(day, end), TODAY),
        (desk.status, TODAY, None),
    )
    for status, began, ended in spells:
        AgentStateSpell.objects.create(person=person, status=status, started_at=began, ended_at=ended)


def came(
    shop: Tenant,
    agent: Person | None,
    day: int = 0,
    hour: float = 10,
    *,
    waited: float = 20,
    handled: float = 300,
    group: str = "chat",
    **more: Any,
) -> WorkItem:
    """One that an agent took after ``waited`` seconds; without an agent, one who left after so long."""
    entered = at(day, hour)
    taken = entered + timedelta(seconds=waited)
    language = shop.languages[0]
    done = {"state": "abandoned", "finished_at": taken}
    if agent is not None:
        end = taken + timedelta(seconds=handled)
        done = {"state": "done", "agent": agent, "accepted_at": taken, "first_reply_at": taken + timedelta(seconds=10),
                "finished_at": end}  # fmt: skip
    return WorkItem.objects.create(
        tenant=shop,
        conversation=new_id(),
        queue=Queue.objects.get(tenant=shop, channel_group=group),
        channel="webchat" if group == "chat" else "email",
        language=language,
        needs={f"lang:{language}": 2},
        entered_at=entered,
        **{**done, **more},
    )


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def asked_what_if(shop: Tenant) -> WhatIf:
    """One of this client alone that waits for its turn, of a week in which nothing came."""
    nothing = dict.fromkeys(
        ("offered", "served", "abandoned", "served_in_target", "abandoned_in_target", "waited", "penalty", "wait_p99"),
        0,
    )
    play = {"total": nothing, "lines": {f"{shop.slug}|chat": nothing}, "groups": {}, "hours": [[0] * 6]}
    return WhatIf.objects.create(
        made_at=TODAY,
        kind="changes",
        tenants=[shop.id],
        week_start=MONDAY,
        week_end=MONDAY + timedelta(days=7),
        zone="UTC",
        question={"policy": "index", "volume": 1.2, "heads": {}},
        scenario={"policy": "index", "contracts": {}},
        recorded={"play": play, "conversations": 0, "ledger": {}, "remarks": [], "groups": []},
        replications=5,
        plays_total=10,
    )
