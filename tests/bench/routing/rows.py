"""The whole dispatcher, rows in → offers written → told, as a share of bare dequeues of the same rows.

The limit is what PostgreSQL does when nobody thinks: `SKIP LOCKED` takes the hundred oldest rows of the same table and
marks them offered, a hundred a transaction, on one connection. Both runs work through the same rows, interleaved.

Ours reads the rows that rang, decides, writes the round (items, desks, offers with their reasons) in one transaction
and tells every agent; checked afterwards: every item has one offer, of an agent who may, and every load is its sum.
"""

from __future__ import annotations

import random
import time
from typing import Any

BATCH = 100
TENANTS, AGENTS, WAITING = 20, 200, 2_000

_DEQUEUE = """
WITH picked AS (
  SELECT id FROM public.routing_workitem WHERE state = 'waiting' ORDER BY entered_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE public.routing_workitem w SET state = 'offered', agent_id = %s, offered_at = now()
  FROM picked WHERE w.id = picked.id RETURNING w.id
"""


class Rows:
    """The rows that both work through."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.chance = random.Random(3)

    def fill(self, count: int = WAITING) -> list[Any]:
        """So many items wait anew, and nothing else is there."""
        from datetime import timedelta

        from kernel import clock
        from kernel.ids import new_id
        from routing.models import AgentState, Offer, Queue, WorkItem

        Offer.objects.all().delete()
        WorkItem.objects.all().delete()
        AgentState.objects.update(load=0)
        queues = {queue.tenant_id: queue for queue in Queue.objects.filter(channel_group="chat")}
        begin = clock.now() - timedelta(minutes=10)
        items = []
        for number in range(count):
            tenant = self.chance.choice(self.stage.tenants)
            entered = begin + timedelta(milliseconds=number)
            items.append(
                WorkItem(
                    tenant=tenant,
                    conversation=new_id(),
                    queue=queues[tenant.id],
                    channel="webchat",
                    language="en",
                    needs={"lang:en": 2},
                    entered_at=entered,
                    due_at=entered + timedelta(seconds=60),
                )
            )
        WorkItem.objects.bulk_create(items, batch_size=1000)
        vacuum()
        return [item.pk for item in items]

    def dequeue(self) -> float:
        """Rows a second, bare."""
        from django.db import transaction

        from kernel import statements

        self.fill()
        agent, taken = self.stage.agents[0].pk, 0
        begin = time.perf_counter()
        while True:
            with transaction.atomic():
                rows = statements.run(_DEQUEUE, [BATCH, agent])
            if not rows:
                break
            taken += len(rows)
        assert taken == WAITING
        return taken / (time.perf_counter() - begin)

    def dispatch(self) -> float:
        """Rows a second, decided, written and told."""
        from routing.dispatcher.board import Board
        from routing.dispatcher.loop import decide_round

        self.fill(0)
        board = Board()
        board.load_all()
        waiting, made = self.fill(), 0
        begin = time.perf_counter()
        for rung in _batches(waiting):
            board.load_items(rung)
            made += decide_round(board)
        took = time.perf_counter() - begin
        assert made == WAITING, f"{made} offers of {WAITING}"
        return made / took

    def check(self) -> dict[str, int]:
        """All must be 0."""
        from kernel import statements

        [(lost,)] = statements.run("SELECT count(*) FROM public.routing_workitem WHERE state = 'waiting'")
        [(doubled,)] = statements.run(
            "SELECT count(*) FROM (SELECT work_item_id FROM public.routing_offer WHERE answer = ''"
            " GROUP BY 1 HAVING count(*) > 1) d"
        )
        [(off,)] = statements.run(
            "SELECT count(*) FROM public.routing_agentstate s WHERE s.load <> (SELECT coalesce(sum(w.units), 0)"
            " FROM public.routing_workitem w WHERE w.agent_id = s.person_id AND w.state = 'offered')"
        )
        [(barred,)] = statements.run(
            "SELECT count(*) FROM public.routing_workitem w WHERE NOT EXISTS (SELECT 1 FROM"
            " public.people_accreditation a WHERE a.person_id = w.agent_id AND a.tenant_id = w.tenant_id)"
        )
        return {"left waiting": lost, "offered twice": doubled, "loads off": off, "offered to who may not": barred}


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("routing_workitem", "routing_offer", "routing_agentstate"):
            cursor.execute(f"VACUUM ANALYZE public.{table}")


def _batches(names: list[Any]) -> Any:
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))
