"""Erase what was written about a customer's conversations: by evaluators, and in disputes; scores and answers stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel.tenancy import require_entered
from quality.models import DisputeWord, Evaluation, EvaluationDispute, EvaluationDraft


def erase_comments(conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Comments quote; all of these conversations' go, with summaries, quotes, forms half filled and what was said in
    disputes. How many evaluations had any, and how many words in disputes there were."""
    require_entered()
    written = Evaluation.objects.filter(
        ~Q(comments={}) | ~Q(summary="") | ~Q(coaching="") | ~Q(pins=[]), conversation__in=conversation_ids
    )
    said = DisputeWord.objects.filter(conversation__in=conversation_ids).exclude(text="")
    EvaluationDraft.objects.filter(conversation__in=conversation_ids).delete()
    return {
        "evaluation_comments": written.update(comments={}, summary="", coaching="", pins=[]),
        "dispute_words": said.update(text="") + _erase_reasons(conversation_ids),
    }


def _erase_reasons(conversation_ids: Sequence[UUID]) -> int:
    """Which questions were disputed and how they were decided stays."""
    rows = EvaluationDispute.objects.filter(evaluation__conversation__in=conversation_ids)
    count = 0
    for row in rows.select_for_update(of=("self",)):
        count += sum(bool(words) for words in row.reasons.values())
        row.reasons = dict.fromkeys(row.reasons, "")
        row.verdicts = {code: {**verdict, "reason": ""} for code, verdict in row.verdicts.items()}
        row.save(update_fields=["reasons", "verdicts"])
    return count


def said_about(conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What either side said of these conversations in disputes, without who said it."""
    require_entered()
    rows = DisputeWord.objects.filter(conversation__in=conversation_ids).order_by("said_at")
    promises = [
        {"conversation": row.conversation_id, "said_at": row.said_at, "side": row.side, "text": row.text}
        for row in rows
    ]
    disputed = EvaluationDispute.objects.filter(evaluation__conversation__in=conversation_ids)
    return promises + [
        {"conversation": row.evaluation.conversation_id, "said_at": at, "side": side, "text": words}
        for row in disputed.select_related("evaluation").order_by("raised_at")
        for at, side, words in _said_in(row)
    ]


def held_about(conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What evaluators wrote about these conversations, handed in or not, without who they are."""
    require_entered()
    rows = Evaluation.objects.filter(conversation__in=conversation_ids).order_by("made_at")
    made = [
        {
            "conversation": row.conversation_id,
            "made_at": row.made_at,
            "comments": row.comments,
            "summary": row.summary,
            "coaching": row.coaching,
            "quotes": [pin.get("quote", "") for pin in row.pins],
        }
        for row in rows
    ]
    drafts = EvaluationDraft.objects.filter(conversation__in=conversation_ids).order_by("saved_at")
    return made + [
        {
            "conversation": row.conversation_id,
            "made_at": row.saved_at,
            "comments": row.form.get("comments", {}),
            "summary": row.form.get("summary", ""),
            "coaching": row.form.get("coaching", ""),
            "quotes": [pin.get("quote", "") for pin in row.form.get("pins", [])],
        }
        for row in drafts
    ]


def _said_in(row: EvaluationDispute) -> Iterator[tuple[Any, str, str]]:
    for words in row.reasons.values():
        yield row.raised_at, row.side, words
    for verdict in row.verdicts.values():
        yield row.decided_at, "bpo", verdict.get("reason", "")
