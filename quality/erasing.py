"""Erase what was written about a customer's conversations: by evaluators, and in disputes; scores and answers stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel.tenancy import require_entered
from quality.models import DisputeWord, Evaluation


def erase_comments(conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Comments quote; all of these conversations' go, with the summaries. How many evaluations had any."""
    require_entered()
    written = Evaluation.objects.filter(~Q(comments={}) | ~Q(summary=""), conversation__in=conversation_ids)
    said = DisputeWord.objects.filter(conversation__in=conversation_ids).exclude(text="")
    return {
        "evaluation_comments": written.update(comments={}, summary=""),
        "dispute_words": said.update(text=""),
    }


def said_about(conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What either side said of these conversations in disputes, without who said it."""
    require_entered()
    rows = DisputeWord.objects.filter(conversation__in=conversation_ids).order_by("said_at")
    return [
        {"conversation": row.conversation_id, "said_at": row.said_at, "side": row.side, "text": row.text}
        for row in rows
    ]


def held_about(conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What evaluators wrote about these conversations, without who they are."""
    require_entered()
    rows = Evaluation.objects.filter(conversation__in=conversation_ids).order_by("made_at")
    return [
        {"conversation": row.conversation_id, "made_at": row.made_at, "comments": row.comments, "summary": row.summary}
        for row in rows
    ]
