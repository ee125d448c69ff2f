"""Scorecards of a client: a draft is edited, publishing makes it the version in force, and what was published stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit, may_serve, roles_of
from people.models import Person
from quality.models import Scorecard
from quality.scoring import ScoringError, validate_definition
from tenants.models import Tenant

MAY = frozenset({"supervisor", "operator"})
NAME_CHARS = 80
_CHANGED = ("text", "kind", "weight", "na_allowed", "critical", "fatal", "comment", "guidance", "channels", "only_if",
            "max", "options", "none_at", "full_at")  # fmt: skip


def cards_of(tenant: Tenant) -> list[dict[str, Any]]:
    """Every scorecard by name: its versions, newest first, each with how many evaluations were made on it."""
    require_entered()
    rows = Scorecard.objects.annotate(used=Count("evaluations")).order_by("name", "-version")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(head(row, used=row.used))
    in_force = {_published(name).pk for name in found if _is_published(name)}
    return [
        {"name": name, "versions": [{**each, "in_force": each["id"] in in_force} for each in versions]}
        for name, versions in found.items()
    ]


def head(card: Scorecard, *, used: int) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.name,
        "version": card.version,
        "is_draft": card.is_draft,
        "revision": card.revision,
        "valid_from": card.valid_from,
        "channels": card.definition.get("channels", []),
        "questions": sum(len(section.get("questions", [])) for section in card.definition.get("sections", [])),
        "used": used,
    }


def show(*, tenant: Tenant, card_id: UUID) -> dict[str, Any]:
    """One version with its definition, what a draft would change, and why it could not be published ("" if it can)."""
    require_entered()
    card = _card(card_id)
    before = _published(card.name) if card.is_draft and _is_published(card.name) else None
    field, reason = _fault(card.definition)
    return {
        **head(card, used=card.evaluations.count()),
        "definition": card.definition,
        "fault": {"field": field, "reason": reason} if field else None,
        "changes": changes(before.definition if before else None, card.definition) if card.is_draft else [],
    }


def draft(*, person: Person, tenant: Tenant, name: str, copy_of: UUID | None = None) -> Scorecard:
    """The draft of the next version: the one there is, or a new one from ``copy_of`` (else the published version)."""
    _require(person, tenant)
    called = name.replace("\x00", "").strip()
    if not called or len(called) > NAME_CHARS:
        raise invalid("A scorecard needs a name; nothing was made.", name=f"1 to {NAME_CHARS} characters")
    with transaction.atomic():
        there = Scorecard.objects.filter(name=called, is_draft=True).first()
        if there is not None:
            return there
        newest = Scorecard.objects.filter(name=called).order_by("-version").first()
        source = _card(copy_of) if copy_of else newest
        try:
            with transaction.atomic():
                made = Scorecard.objects.create(
                    name=called,
                    version=newest.version + 1 if newest else 1,
                    definition=source.definition if source else _blank(),
                    valid_from=clock.now(),
                    is_draft=True,
                )
        except IntegrityError:  # two began it at once: both work on the one that is there
            return Scorecard.objects.get(name=called, is_draft=True)
        audit(person, "scorecard.drafted", tenant=tenant, object_id=made.pk, version=made.version)
        return made


def save(*, person: Person, tenant: Tenant, card_id: UUID, definition: Any, revision: int) -> Scorecard:
    """Keep a draft, whole or not (its fault is shown beside it). Refuses with frozen, changed_meanwhile or invalid."""
    _require(person, tenant)
    if not isinstance(definition, Mapping) or not isinstance(definition.get("sections"), list):
        raise invalid("That is no scorecard; nothing was saved.", definition="must hold sections")
    if len(str(definition)) > 200_000:
        raise invalid("This scorecard is too long; nothing was saved.", definition="at most 200,000 characters")
    with transaction.atomic():
        card = _lock_draft(card_id)
        if card.revision != revision:
            raise Refusal(
                "changed_meanwhile", 409, "Somebody else saved this draft meanwhile; open it again to go on from there."
            )
        card.definition = definition
        card.revision += 1
        card.save(update_fields=["definition", "revision"])
    return card


def publish(*, person: Person, tenant: Tenant, card_id: UUID, revision: int) -> Scorecard:
    """Put a draft in force, from now; it never changes again. Refuses with frozen, changed_meanwhile, same or invalid
    (the place of its first fault as the field)."""
    _require(person, tenant)
    with transaction.atomic():
        card = _lock_draft(card_id)
        if card.revision != revision:
            raise Refusal("changed_meanwhile", 409, "Somebody else saved this draft meanwhile; look at it again.")
        field, reason = _fault(card.definition)
        if field:
            raise invalid("This scorecard cannot score yet; it stays a draft.", **{field: reason})
        before = _published(card.name) if _is_published(card.name) else None
        if before is not None and before.definition == card.definition:
            raise Refusal("same", 409, "The draft says what is in force already; there is nothing to publish.")
        card.is_draft = False
        card.valid_from = clock.now()
        card.save(update_fields=["is_draft", "valid_from"])
        audit(person, "scorecard.published", tenant=tenant, object_id=card.pk, version=card.version)
    return card


def discard(*, person: Person, tenant: Tenant, card_id: UUID) -> None:
    """Throw a draft away. Refuses with frozen or not_found."""
    _require(person, tenant)
    with transaction.atomic():
        card = _lock_draft(card_id)
        audit(person, "scorecard.discarded", tenant=tenant, object_id=card.pk, version=card.version)
        card.delete()


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a version changes: ``{what, code, fields}``, what being question_added, question_removed, question_changed,
    section_added, section_removed, reordered or channels; in the order of the form."""
    old, new = _questions(before or {}), _questions(after)
    found = [{"what": "question_removed", "code": code, "fields": []} for code in old if code not in new]
    for code, question in new.items():
        if code not in old:
            found.append({"what": "question_added", "code": code, "fields": []})
            continue
        fields = [name for name in (*_CHANGED, "section") if old[code].get(name) != question.get(name)]
        if fields:
            found.append({"what": "question_changed", "code": code, "fields": fields})
    was, now = _sections(before or {}), _sections(after)
    found += [{"what": "section_removed", "code": code, "fields": []} for code in was if code not in now]
    found += [{"what": "section_added", "code": code, "fields": []} for code in now if code not in was]
    kept = [code for code in old if code in new]
    if kept != [code for code in new if code in old]:
        found.append({"what": "reordered", "code": "", "fields": []})
    if before is not None and before.get("channels", []) != after.get("channels", []):
        found.append({"what": "channels", "code": "", "fields": []})
    return found


def _questions(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        str(question.get("code", "")): {**question, "section": section.get("code")}
        for section in definition.get("sections", [])
        for question in section.get("questions", [])
    }


def _sections(definition: Mapping[str, Any]) -> list[str]:
    return [str(section.get("code", "")) for section in definition.get("sections", [])]


def _fault(definition: Any) -> tuple[str, str]:
    try:
        validate_definition(definition)
    except ScoringError as error:
        return error.field, error.reason
    return "", ""


def require(card_id: UUID) -> None:
    """not_found unless there is one [inside the tenant]."""
    require_entered()
    _card(card_id)


def _blank() -> dict[str, Any]:
    question = {"code": "q1", "text": {}, "kind": "yes_no", "weight": 1}
    return {"channels": [], "sections": [{"code": "s1", "title": {}, "questions": [question]}]}


def _require(person: Person, tenant: Tenant) -> None:
    require_entered()
    if not may_serve(person, tenant):
        raise not_found()
    if not roles_of(person, None) & MAY:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may change scorecards; nothing was saved.")


def _card(card_id: UUID) -> Scorecard:
    card = Scorecard.objects.filter(pk=card_id).first()
    if card is None:
        raise not_found()
    return card


def _lock_draft(card_id: UUID) -> Scorecard:
    card = Scorecard.objects.select_for_update().filter(pk=card_id).first()
    if card is None:
        raise not_found()
    if not card.is_draft:
        raise Refusal("frozen", 409, "A published version stays as it is; begin the next one to change it.")
    return card


def _is_published(name: str) -> bool:
    return Scorecard.objects.filter(name=name, is_draft=False).exists()


def _published(name: str) -> Scorecard:
    return Scorecard.objects.filter(name=name, is_draft=False).order_by("-valid_from", "-version")[0]
