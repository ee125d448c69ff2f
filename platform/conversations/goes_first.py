"""Whom routing puts first: customers marked as VIP, and those to whom the law gives priority (Ley 10/2025).

The work goes first; the promises stay those of the contract, which knows the conversation's own priority alone.
"""

from __future__ import annotations

from uuid import UUID

from conversations.models import Conversation
from customers.models import Customer
from routing.raising import set_priority

VIP, BY_LAW = "high", "urgent"


def priority_of(conversation: Conversation) -> str:
    """What the work of this conversation is queued with."""
    marks = Customer.objects.filter(pk=conversation.customer_id).values_list("is_vip", "legal_priority").first()
    return raised(conversation.priority, *marks) if marks else conversation.priority


def follow_marks(customer: Customer) -> None:
    """Their waiting work goes by their marks from now on; inside the transaction that set them."""
    by_priority: dict[str, list[UUID]] = {}
    waiting = Conversation.objects.filter(customer=customer).exclude(status=Conversation.Status.CLOSED)
    for conversation in waiting.order_by("id"):
        wanted = raised(conversation.priority, customer.is_vip, customer.legal_priority)
        by_priority.setdefault(wanted, []).append(conversation.pk)
    for priority, conversations in by_priority.items():
        set_priority(conversations, priority)


def raised(own: str, is_vip: bool, legal_priority: str) -> str:
    """A priority of a conversation's own, by the marks of its customer."""
    if legal_priority:
        return BY_LAW
    return VIP if is_vip and own in ("low", "normal") else own
