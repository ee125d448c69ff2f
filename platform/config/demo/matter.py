"""What a conversation is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """One thing that shoppers write about. {order}, {item}, {name} and {alias} are filled in."""

    reason: str
    category: str
    subject: str
    ask: str
    answer: str
    more: str
    end: str
