"""What agents and operators do beside the ordinary day: ask for others' work, close twice at once, draft invoices."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from tests.faults.agents import Agent
from tests.faults.load import Load
from tests.faults.wire import Broken, Http

# Drafting reads the whole month of each shop.
BOOKS_SECONDS = 20.0


async def grab_work(load: Load, *, most: int = 10) -> None:
    """Agents try to accept what is in others' hands."""
    held = [(agent, work) for agent in load.agents for work in agent.held.values()][-most:]
    for number, (owner, work) in enumerate(held):
        thief = load.agents[(load.agents.index(owner) + 1 + number) % len(load.agents)]
        if thief is not owner:
            with contextlib.suppress(Broken):
                await _beside(thief).do("accept", f"/api/desk/work/{work['work']}/accept", {}, **work)


async def keep_books(load: Load) -> None:
    """Last month is issued for one shop; this month is drafted for all, again and again, as long as the load lasts."""
    http = _operator(load)
    today = datetime.now(UTC)
    before = f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02}"
    with contextlib.suppress(Broken):
        drafted = await http.call("POST", f"/api/desk/clients/{load.cast.shops[0].id}/invoices", {"month": before})
        if drafted.ok:
            issued = await http.call("POST", f"/api/desk/invoices/{drafted.json()['id']}/issue", {}, patience=60)
            load.journal.note("operator", "asked_to_issue", status=issued.status, body=issued.body[:300].decode())
            if issued.ok:
                _note_issued(load, issued.json())
    http.drop()
    while load.pace.listening:
        await load.pace.pause(BOOKS_SECONDS / load.pace.think)
        await draft_invoices(load)


def _note_issued(load: Load, invoice: dict[str, Any]) -> None:
    load.journal.note("operator", "issued", invoice=invoice["id"], total=str(invoice["total"]))


async def draft_invoices(load: Load) -> None:
    """This month's invoice of every shop, drafted anew."""
    http = _operator(load)
    month = f"{datetime.now(UTC):%Y-%m}"
    for shop in load.cast.shops:
        with contextlib.suppress(Broken):
            answer = await http.call("POST", f"/api/desk/clients/{shop.id}/invoices", {"month": month})
            load.journal.note("operator", "drafted", shop=shop.slug, status=answer.status)
    http.drop()


def _operator(load: Load) -> Http:
    headers = {"Cookie": load.cast.operator.cookie, "X-CSRFToken": "0" * 32}
    return Http(load.rig.links["browser"], "desk.localhost", headers)


def _beside(agent: Agent) -> Agent:
    """The same person on a second connection."""
    return Agent(agent.who, agent.cast, agent.port, agent.journal, agent.pace)
