"""The agent's feed: one number more with each change to that agent's desk, told with the change."""

from __future__ import annotations

from uuid import UUID

from kernel import live, statements
from kernel.events import Event, FloorChanged, OfferGone, StateChanged, WorkChanged
from routing.models import WorkItem

_BUMP = "UPDATE public.routing_agentstate SET feed_seq = feed_seq + 1 WHERE person_id = %s RETURNING feed_seq"


def bump(person_id: UUID | str) -> int:
    """The next number of this agent's feed; 0 for a person without a desk (no AgentState row)."""
    rows = statements.run(_BUMP, [person_id])
    return int(rows[0][0]) if rows else 0


def tell_work(person_id: UUID, item: WorkItem, n: int) -> None:
    """This agent has, or had, the item: its state changed."""
    live.tell(
        WorkChanged(n=n, work_item=str(item.id), tenant=str(item.tenant_id), conversation=str(item.conversation)),
        live.person_feed(person_id),
    )


def tell_offer_gone(person_id: UUID, work_item_id: UUID, n: int) -> None:
    live.tell(OfferGone(n=n, work_item=str(work_item_id)), live.person_feed(person_id))


def tell_state(person_id: UUID, n: int) -> None:
    live.tell(StateChanged(n=n), live.person_feed(person_id))


def tell_floor(*tenants: UUID) -> None:
    """The floor moved, and with it what these clients' portals show."""
    live.tell_each([of_floor(*tenants)])


def of_floor(*tenants: UUID) -> tuple[Event, list[str]]:
    """The same, to be told together with others."""
    return FloorChanged(), [live.floor_feed(), *(live.portal_feed(tenant_id) for tenant_id in set(tenants))]
