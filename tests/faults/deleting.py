"""A shop of its own is deleted with chats and webhooks on their way."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time

from desk import closing
from kernel.errors import Refusal
from tenants.models import Tenant
from tests.faults import cast
from tests.faults.history import Journal
from tests.faults.people_faults import SUSPENSION_GRACE
from tests.faults.shoppers import Chatter, Pace, Relayed
from tests.faults.stage import Stage, in_thread

_NUMBERS = itertools.count(1)
_ORPHANS = """
SELECT (SELECT count(*) FROM routing_workitem WHERE tenant_id = %s) + (SELECT count(*) FROM sla_contracts_clock
 WHERE tenant_id = %s) + (SELECT count(*) FROM pg_namespace WHERE nspname = %s)
"""


async def delete_shop(stage: Stage) -> float:
    """Suspended, exported, deleted in traffic: silent within seconds, no rows left, and its name is not given again."""
    number = next(_NUMBERS)
    shop = await in_thread(lambda: cast.open_another("gone", number, stage.chance))
    journal, pace = Journal(), Pace(random.Random(number), think=0.3)
    port = stage.rig.links["browser"]
    people = [Relayed(f"gone{number}r{n}", shop, journal, pace, port=port) for n in range(5)]
    visitors = [Chatter(f"gone{number}c{n}", shop, journal, pace, port=port) for n in range(5)]
    tasks = [asyncio.create_task(each.run()) for each in people]
    tasks += [asyncio.create_task(each.run()) for each in visitors]
    await asyncio.sleep(5)
    at = time.monotonic()
    await in_thread(lambda: _delete(shop.id))
    gone = time.monotonic()
    await asyncio.sleep(SUSPENSION_GRACE + 2)
    pace.end()
    await asyncio.wait(tasks, timeout=15)
    for task in tasks:
        task.cancel()
    acked = [event["t"] for event in journal.events if event["what"] == "acked"]
    orphans = await stage.admin(_ORPHANS, shop.id, shop.id, shop.schema)
    stage.journal.note(
        "faults",
        "deleted",
        shop=shop.slug,
        before=len(acked),
        late=sum(t > gone + SUSPENSION_GRACE for t in acked),
        orphans=int(orphans[0][0]),
        is_given_again=await in_thread(lambda: _is_given_again(number, stage.chance)),
    )
    return at


def _delete(shop_id: str) -> None:
    tenant = Tenant.objects.get(pk=shop_id)
    closing.suspend(person=None, tenant=tenant)
    closing.note_export(person=None, tenant=tenant, sha256="0" * 64)
    closing.delete(person=None, tenant=Tenant.objects.get(pk=shop_id), confirm=tenant.slug)


def _is_given_again(number: int, chance: random.Random) -> bool:
    with contextlib.suppress(Refusal):
        cast.open_another("gone", number, chance)
        return True
    return False
