"""What the dispatcher has in mind beside items and agents: prices, handling times, workloads, paces.

Written by others, each minute or each hour (``routing.measuring``, and who knows the contracts), read here now and
then, never for a decision.
"""

from __future__ import annotations

import json
from collections import defaultdict
from uuid import UUID

from kernel import statements
from routing.able import engine_item
from routing.engine.pool import Pool
from routing.engine.types import Item
from routing.models import WorkItem

_PRICES = "SELECT id, price FROM public.routing_queue WHERE is_active"
_WORKLOADS = """
SELECT l.queue_id, l.channel, l.language, l.handle_seconds, l.agents, q.tenant_id, q.units, q.needs, q.language_level
  FROM public.routing_workload l JOIN public.routing_queue q ON q.id = l.queue_id WHERE q.is_active
"""
_PACES = "SELECT person_id, tenant_id, factor FROM public.routing_pace"
# Handling times are told in steps: what hardly moved does not move what waits.
HANDLE_STEP = 10.0
PACE_STEP = 0.05

Kind = tuple[str, str, UUID]  # client, channel, queue


class Knowledge:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._handles: dict[tuple[UUID, str, str], float] = {}
        self._paces: dict[UUID, dict[str, float]] = {}
        self._prices: dict[UUID, float | None] = {}
        self._kinds: set[Kind] = set()
        self._measured: tuple[list[statements.Row], list[statements.Row]] = ([], [])

    def read_prices(self) -> None:
        """Take the prices of now; classes of work whose price changed stand elsewhere from here on."""
        rows = statements.run(_PRICES)
        self._prices = {queue_id: None if price is None else float(price) for queue_id, price in rows}
        for kind in self._kinds:
            self._tell_price(kind)

    def read_measures(self) -> None:
        """Take handling times and paces, and weigh all agents anew. Agents seated from here on have their pace."""
        read = statements.run(_PACES), statements.run(_WORKLOADS)
        if read == self._measured:
            return
        self._measured = read
        paces: dict[UUID, dict[str, float]] = defaultdict(dict)
        for person_id, tenant_id, factor in read[0]:
            paces[person_id][str(tenant_id)] = round(factor / PACE_STEP) * PACE_STEP
        self._paces = dict(paces)
        handles, capacity = {}, self._pool.rules.capacity if self._pool.rules else 1.0
        for queue_id, channel, language, seconds, agents, tenant_id, units, needs, level in read[1]:
            handles[queue_id, channel, language] = max(HANDLE_STEP, round(seconds / HANDLE_STEP) * HANDLE_STEP)
            asked = {**(json.loads(needs) if isinstance(needs, str) else needs), f"lang:{language}": level}
            self._pool.set_workload(str(tenant_id), channel, units, asked, agents * min(1.0, units / capacity))
        self._handles = handles
        self.weigh()

    def weigh(self) -> None:
        """Reckon anew who can best be spared, after workloads or many agents changed."""
        self._pool.weigh()

    def item(self, row: WorkItem) -> Item:
        """The row as the engine knows it, with how long such work takes."""
        kind = str(row.tenant_id), row.channel, row.queue_id
        if kind not in self._kinds:
            self._kinds.add(kind)
            self._tell_price(kind)
        return engine_item(row, handle=self._handles.get((row.queue_id, row.channel, row.language)))

    def pace(self, person_id: UUID) -> dict[str, float]:
        return self._paces.get(person_id, {})

    def _tell_price(self, kind: Kind) -> None:
        tenant, channel, queue_id = kind
        self._pool.set_price(tenant, channel, self._prices.get(queue_id), str(queue_id))
