"""What a client sees of the evaluations of its work: those released, agents under their aliases, evaluators under none.

Neither the summary nor the coaching note is shown: they speak to the agent, by name. Staff's names in what is shown are
replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conversations.models import Message
from kernel.errors import not_found
from kernel.tenancy import require_entered
from people.access import alias_for
from people.models import Person
from quality import contesting, reading
from quality.models import Evaluation
from tenants.models import Tenant

PAGE = 30
_SHOWN = (Message.Direction.IN, Message.Direction.OUT)


def evaluations(*, tenant: Tenant, page: int = 1) -> dict[str, Any]:
    """A page of what was released, newest first [inside the tenant]."""
    require_entered()
    rows = Evaluation.objects.filter(released_at__isnull=False).select_related("conversation")
    start = (page - 1) * PAGE
    found = list(rows.prefetch_related("disputes").order_by("-released_at", "-pk")[start : start + PAGE + 1])
    aliases = {person.pk: alias_for(person, tenant) for person in _people({row.agent_id for row in found})}
    return {
        "results": [_head(row, aliases.get(row.agent_id, "")) for row in found[:PAGE]],
        "next": page + 1 if len(found) > PAGE else None,
    }


def evaluation(*, tenant: Tenant, evaluation_id: UUID) -> dict[str, Any]:
    """One released evaluation; what is not released is not there [inside the tenant]."""
    require_entered()
    row = Evaluation.objects.select_related("scorecard", "conversation").filter(
        pk=evaluation_id, released_at__isnull=False
    ).first()  # fmt: skip
    if row is None:
        raise not_found()
    disputes = list(row.disputes.all())
    ids = {row.agent_id, row.evaluator_id, *(one.raised_by_id for one in disputes)}
    people = _people(ids | {one.decided_by_id for one in disputes if one.decided_by_id})
    names = {person.pk: alias_for(person, tenant) if person.pk == row.agent_id else "" for person in people}
    cleaned = _without_names(people, names)
    shown = reading.show(row, tenant)
    return {
        **_head(row, names.get(row.agent_id, "")),
        "scorecard": shown["scorecard"],
        "sections": shown["sections"],
        "answers": shown["answers"],
        "comments": {code: cleaned(text) for code, text in shown["comments"].items()},
        "pins": [{**pin, "quote": cleaned(str(pin.get("quote", "")))} for pin in _shown_pins(row)],
        "dispute_until": contesting.until(row, tenant, contesting.terms()),
        "disputes": [_dispute(each, cleaned) for each in shown["disputes"]],
    }


def _dispute(shown: Mapping[str, Any], cleaned: Any) -> dict[str, Any]:
    """Nobody's name: which side spoke is enough."""
    verdicts = {code: {**each, "reason": cleaned(each["reason"])} for code, each in shown["verdicts"].items()}
    reasons = {code: cleaned(text) for code, text in shown["reasons"].items()}
    return {**shown, "raised_by": "", "decided_by": "", "reasons": reasons, "verdicts": verdicts}


def _head(row: Evaluation, alias: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "conversation": row.conversation_id,
        "case_number": row.conversation.case_number,
        "channel": row.conversation.channel,
        "agent_alias": alias,
        "percent": float(row.percent),
        "fatal": row.fatal,
        "origin": row.origin,
        "released_at": row.released_at,
        "dispute_state": reading.state_of_disputes(row),
    }


def _people(ids: set[UUID]) -> list[Person]:
    return list(Person.objects.filter(pk__in=ids).only("id", "name"))


def _shown_pins(row: Evaluation) -> list[dict[str, Any]]:
    """Quotes of what went to and fro; notes are the BPO's own."""
    ids = [pin["message"] for pin in row.pins if pin.get("message")]
    said = set(Message.objects.filter(pk__in=ids, direction__in=_SHOWN).values_list("pk", flat=True))
    return [pin for pin in row.pins if UUID(str(pin["message"])) in said]


def _without_names(people: list[Person], names: Mapping[UUID, str]) -> Any:
    """Replaces each one's full name, and each longer part of it, by the alias (or "—")."""
    swaps = []
    for person in people:
        alias = names.get(person.pk) or "—"
        parts = [person.name, *(part for part in person.name.split() if len(part) > 2)]
        swaps += [(re.compile(rf"\b{re.escape(part)}\b", re.IGNORECASE), alias) for part in parts if part != alias]

    def clean(text: str) -> str:
        for pattern, alias in swaps:
            text = pattern.sub(lambda _found, alias=alias: alias, text)  # type: ignore[misc]
        return text

    return clean
