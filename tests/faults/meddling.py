"""What agents and operators do beside the ordinary day: ask for others' work, close twice at once, draft invoices."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from tests.faults.agents import Agent
from tests.faults.load import Load
from tests.faults.wire import Broken, Http


async def grab_work(load: Load, *, most: int = 10) -> None:
    """Agents try to accept what is in others' hands."""
    held = [(agent, work) for agent in load.agents for work in agent.held.values()][-most:]
    for number, (owner, work) in enumerate(held):
        thief = load.agents[(load.agents.index(owner) + 1 + number) % len(load.agents)]
        if thief is not owner:
            with contextlib.suppress(Broken):
                await _beside(thief).do("accept", f"/api/desk/work/{work['work']}/accept", {}, **work)


async def draft_invoices(load: Load) -> None:
    """This month's invoice of every shop, drafted anew."""
    operator = load.cast.operator
    http = Http(load.rig.links["browser"], "desk.localhost", {"Cookie": operator.cookie, "X-CSRFToken": "0" * 32})
    month = f"{datetime.now(UTC):%Y-%m}"
    for shop in load.cast.shops:
        with contextlib.suppress(Broken):
            answer = await http.call("POST", f"/api/desk/clients/{shop.id}/invoices", {"month": month})
            load.journal.note("operator", "drafted", shop=shop.slug, status=answer.status)
    http.drop()


def _beside(agent: Agent) -> Agent:
    """The same person on a second connection."""
    return Agent(agent.who, agent.cast, agent.port, agent.journal, agent.pace)
