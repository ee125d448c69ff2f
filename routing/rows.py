"""Work items read past the ORM, with their queues: what the dispatcher asks for with every arrival."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from kernel import statements
from routing.models import Queue, WorkItem

_READ = f"""
SELECT {statements.columns(WorkItem)}, {statements.columns(Queue, "q")}
  FROM public.routing_workitem t JOIN public.routing_queue q ON q.id = t.queue_id
 WHERE t.state = 'waiting'
"""
_NAMED = f"{_READ} AND t.id = ANY(%s::uuid[])"
_LOCK = f"{_NAMED} ORDER BY t.id FOR NO KEY UPDATE OF t"
_WIDTH = len(WorkItem._meta.concrete_fields)
_QUEUE = [field.attname for field in WorkItem._meta.concrete_fields].index("queue_id")


def waiting(ids: Iterable[UUID]) -> list[WorkItem]:
    """Those of these items that wait."""
    return _read(_NAMED, [statements.array(ids)])


def lock_waiting(ids: Iterable[UUID]) -> Callable[[], dict[UUID, WorkItem]]:
    """The same, locked in one order until the transaction ends; asked here, answered when it is called."""
    asked = statements.ask(_LOCK, [statements.array(ids)])
    return lambda: {item.id: item for item in _build(asked.rows())}


def waiting_after(mark: tuple[Any, UUID] | None, count: int) -> list[WorkItem]:
    """The next ``count`` waiting items in the order of their arrival, after ``mark`` (entered_at, id)."""
    after = "AND (t.entered_at, t.id) > (%s::timestamptz, %s::uuid)" if mark else ""
    return _read(f"{_READ} {after} ORDER BY t.entered_at, t.id LIMIT %s", [*(mark or ()), count])


def _read(sql: str, values: Sequence[Any]) -> list[WorkItem]:
    return _build(statements.run(sql, values))


def _build(found: list[statements.Row]) -> list[WorkItem]:
    items = statements.build(WorkItem, [row[:_WIDTH] for row in found])
    # Few queues stand behind many items: each is built once.
    apart = {row[_QUEUE]: row[_WIDTH:] for row in found}
    queues = dict(zip(apart, statements.build(Queue, list(apart.values())), strict=True))
    for item in items:
        item.queue = queues[item.queue_id]
    return items
