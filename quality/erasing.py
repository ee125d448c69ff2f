"""Erase what evaluators wrote about a customer's conversations; answers and scores stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel.tenancy import require_entered
from quality.models import Evaluation


def erase_comments(conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Comments quote; all of these conversations' go, with the summaries. How many evaluations had any."""
    require_entered()
    written = Evaluation.objects.filter(~Q(comments={}) | ~Q(summary=""), conversation__in=conversation_ids)
    return {"evaluation_comments": written.update(comments={}, summary="")}


def held_about(conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What evaluators wrote about these conversations, without who they are."""
    require_entered()
    rows = Evaluation.objects.filter(conversation__in=conversation_ids).order_by("made_at")
    return [
        {"conversation": row.conversation_id, "made_at": row.made_at, "comments": row.comments, "summary": row.summary}
        for row in rows
    ]
