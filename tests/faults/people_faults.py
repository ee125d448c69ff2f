"""Faults of people and carriers: offline, slow, impatient, revoked, suspended, and ill-meaning."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable
from typing import Any

from websockets.asyncio.client import connect

from config.replay.sender import sign
from tests.faults.agents import Agent
from tests.faults.shoppers import Chatter, Relayed
from tests.faults.stage import Stage
from tests.faults.wire import Broken, Http

WAYS = 50
# How long a host name or a line may be remembered by a web process, and a second for the clock of the tester.
SUSPENSION_GRACE = 7.0
REVOCATION_GRACE = 1.5


async def offline_agent(stage: Stage) -> float:
    """One agent's network is gone, with work in hand and a reply being written; then it is back."""
    busy = [agent for agent in stage.load.agents if agent.held] or stage.load.agents
    agent = stage.chance.choice(busy)
    agent.cut_off()
    await asyncio.sleep(stage.while_broken(8, 30) if stage.is_long else 5)
    agent.reconnect()
    return time.monotonic()


async def race(stage: Stage) -> float:
    """Fifty hands at once on the same work: accept, close, hand on, take the next."""
    at = time.monotonic()
    owners = [agent for agent in stage.load.agents if agent.held and agent.online.is_set()]
    steps: list[Awaitable[Any]] = []
    for owner in stage.chance.sample(owners, min(2, len(owners))):
        work = stage.chance.choice(list(owner.held.values()))
        tenant = next(shop.id for shop in stage.cast.shops if shop.slug == work["shop"])
        base = f"/api/desk/clients/{tenant}/conversations/{work['conversation']}"
        queue = await stage.admin("SELECT queue_id::text FROM routing_workitem WHERE id = %s", work["work"])
        for number in range(WAYS):
            hand = owner if number % 5 < 3 else stage.chance.choice(stage.load.agents)
            twin = _twin(hand)
            match number % 3:
                case 0:
                    steps.append(twin.do("accept", f"/api/desk/work/{work['work']}/accept", {}, **work))
                case 1:
                    steps.append(twin.do("close", f"{base}/close", {"contact_reason": "other"}, **work))
                case _:
                    body = {"queue": queue[0][0] if queue else None}
                    steps.append(twin.do("transfer", f"/api/desk/work/{work['work']}/transfer", body, **work))
    steps += [_twin(agent).take_next() for agent in stage.load.agents for _ in range(2)]
    stage.chance.shuffle(steps)
    await asyncio.gather(*steps, return_exceptions=True)
    return at


def _twin(agent: Agent) -> Agent:
    """The same person on another connection."""
    return Agent(agent.who, agent.cast, agent.port, agent.journal, agent.pace)


async def revoke_grant(stage: Stage) -> float:
    """An agent loses a shop in the middle of a conversation, and gets it back some seconds later."""
    busy = [agent for agent in stage.load.agents if agent.held] or stage.load.agents
    agent = stage.chance.choice(busy)
    slugs = [work["shop"] for work in agent.held.values()] or list(agent.who.shops)
    slug = stage.chance.choice(slugs)
    shop = next(shop for shop in stage.cast.shops if shop.slug == slug)
    grant = "person_id = %s AND tenant_id = %s"
    await stage.admin(f"UPDATE people_accreditation SET valid_until = now() WHERE {grant}", agent.who.id, shop.id)
    since = time.monotonic()
    await asyncio.sleep(stage.between(3, 6))
    until = time.monotonic()
    await stage.admin(f"UPDATE people_accreditation SET valid_until = NULL WHERE {grant}", agent.who.id, shop.id)
    stage.journal.note(
        "faults",
        "revoked",
        agent=agent.who.id,
        shop=slug,
        tenant=shop.id,
        begun=since,
        since=since + REVOCATION_GRACE,
        until=until,
    )
    return time.monotonic()


async def suspend_shop(stage: Stage) -> float:
    """A shop is suspended with chats, webhooks and mails on their way; then it is served again."""
    shop = stage.chance.choice(stage.cast.shops)
    await stage.admin("UPDATE tenants_tenant SET status = 'suspended' WHERE id = %s", shop.id)
    since = time.monotonic()
    await asyncio.sleep(SUSPENSION_GRACE + stage.between(1, 4))
    until = time.monotonic()
    await stage.admin("UPDATE tenants_tenant SET status = 'active' WHERE id = %s", shop.id)
    stage.journal.note(
        "faults", "suspended", shop=shop.slug, tenant=shop.id, begun=since, since=since + SUSPENSION_GRACE, until=until
    )
    return time.monotonic() + SUSPENSION_GRACE


async def storm_of_repeats(stage: Stage) -> float:
    """A carrier that delivers each of some messages a hundred times, from eight connections, in any order."""
    at = time.monotonic()
    shop = stage.chance.choice(stage.cast.shops)
    sender = Relayed(f"storm{at:.0f}", shop, stage.journal, stage.load.pace, port=stage.rig.links["browser"])
    bodies = [sender.begin() for _ in range(3)]
    posts = [body for body in bodies for _ in range(100)]
    stage.chance.shuffle(posts)
    lanes = [posts[number::8] for number in range(8)]

    async def deliver(lane: list[tuple[str, bytes]]) -> None:
        http = Http(sender.port, "desk.localhost")
        for key, body in lane:
            with contextlib.suppress(Broken):
                await sender.post(http, key, body)
        http.drop()

    await asyncio.gather(*(deliver(lane) for lane in lanes))
    for key, body in bodies:
        await sender.until_acknowledged(key, lambda key=key, body=body: sender.post(sender.http, key, body))
    return at


async def unwelcome_webhooks(stage: Stage) -> float:
    """Wrong signatures, another shop's secret, a replay at another line, a huge body: all turned away."""
    at = time.monotonic()
    shop, other = stage.chance.sample(list(stage.cast.shops), 2)
    body = json.dumps({"id": f"evil-{at}", "from": {"address": "evil"}, "text": "[evil] " + shop.token}).encode()
    huge = b'{"id": "huge", "text": "' + b"x" * (3 << 20) + b'"}'
    tries = {
        "no signature": (shop, body, ""),
        "wrong signature": (shop, body, "sha256=" + "0" * 64),
        "another shop's secret": (shop, body, sign(other.relay_secret, body)),
        "signed for another body": (shop, body + b" ", sign(shop.relay_secret, body)),
        "huge": (shop, huge, sign(shop.relay_secret, huge)),
    }
    http = Http(stage.rig.links["browser"], "desk.localhost")
    for name, (where, content, signature) in tries.items():
        with contextlib.suppress(Broken):
            answer = await http.call(
                "POST", f"/in/{where.relay_token}", raw=content, headers={"X-Centralita-Signature": signature}
            )
            stage.journal.note("evil", "unwelcome", name=name, status=answer.status)
    http.drop()
    return at


async def slow_readers(stage: Stage) -> float:
    """Visitors whose sockets are open and never read, while others go on."""
    chatters = [each for each in stage.load.people if isinstance(each, Chatter) and each.conversation]
    sockets = []
    for chatter in stage.chance.sample(chatters, min(len(chatters), 60 if stage.is_long else 10)):
        token = chatter.http.headers.get("Authorization", "").removeprefix("Widget ")
        with contextlib.suppress(Exception):
            sockets.append(
                await connect(
                    f"ws://{chatter.http.host}/ws/widget/?token={token}",
                    host="127.0.0.1",
                    port=chatter.port,
                    origin=f"http://{chatter.http.host}",  # type: ignore[arg-type]
                    max_queue=1,
                    ping_interval=None,
                    compression=None,
                    proxy=None,
                    open_timeout=6,
                )
            )
    await asyncio.sleep(stage.between(2, 6))
    for socket in sockets:
        socket.transport.abort()
    return time.monotonic()
