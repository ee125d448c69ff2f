"""A shopper's message, from the door to the desk. It is acknowledged once its raw form is committed."""

from conversations.receipts import accept, receive_once, take_in
from conversations.receiving import receive

__all__ = ["accept", "receive", "receive_once", "take_in"]
