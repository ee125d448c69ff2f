"""What stands beside a conversation of what its client wants said and done; and how the playbook is looked after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from automation import bulletins, playbook, procedures
from automation.models import PlaybookItem, PlaybookVersion
from conversations import filled
from conversations.reading import contact_reasons
from kernel import clock
from kernel.tenancy import enter
from people.access import audit
from people.models import Person, Skill
from routing.models import Queue
from tenants.models import Tenant

Json = dict[str, Any]
Kind = PlaybookItem.Kind


def beside(person: Person, tenant: Tenant, conversation_id: UUID) -> Json:
    """Everything at once [inside the tenant]: replies and macros filled for this conversation, rules, news, steps."""
    filler = filled.filler_for(person=person, tenant=tenant, conversation_id=conversation_id)
    rules = playbook.rules_in_force()
    today = clock.now().astimezone(ZoneInfo(tenant.time_zone)).date().isoformat()
    news = bulletins.current(today)
    read = bulletins.read_by(person, news)
    return {
        "replies": filled.replies_for(filler),
        "macros": filled.macros_for(filler),
        "rules": {**rules.body, "currency": tenant.currency} if rules else None,
        "bulletins": [
            {
                "item": row.item_id,
                "number": row.number,
                "name": row.name,
                "text": row.body["text"],
                "made_at": row.made_at,
                "read_at": read.get(row.pk),
            }
            for row in news
        ],
        "procedures": _procedures(conversation_id),
    }


def shelf(tenant: Tenant, kind: str, *, archived: bool, language: str) -> Json:
    """Items of one kind for who looks after them [inside the tenant], and what their macros may name."""
    return {
        "client": {"id": tenant.id, "name": tenant.name, "mark": tenant.mark, "color": tenant.color},
        "languages": list(tenant.languages),
        "currency": tenant.currency,
        "tone": tenant.tone,
        "items": show_all(playbook.listed(kind, archived=archived)),
        "reasons": contact_reasons(language),
        "queues": list(Queue.objects.filter(tenant=tenant, is_active=True).order_by("name").values("code", "name")),
        "skills": list(Skill.objects.exclude(kind=Skill.Kind.LANGUAGE).order_by("name").values("code", "name")),
    }


def show_all(rows: Sequence[PlaybookVersion]) -> list[Json]:
    """Versions as ``PlaybookEntry``; one query for the names of whoever wrote them."""
    names = playbook.names_of(row.made_by_id for row in rows)
    return [_show(row, names) for row in rows]


def _show(row: PlaybookVersion, names: Mapping[UUID, str]) -> Json:
    item = row.item
    return {
        "id": item.id,
        "kind": item.kind,
        "number": row.number,
        "name": row.name,
        "body": row.body,
        "restored": row.restored,
        "made_by": names.get(row.made_by_id, "") if row.made_by_id else "",
        "made_at": row.made_at,
        "used": item.used,
        "last_used_at": item.last_used_at,
        "is_archived": item.archived_at is not None,
        "is_in_force": row.number == item.number,
    }


def save(
    *,
    person: Person,
    tenant: Tenant,
    kind: str,
    name: str,
    body: Mapping[str, Any],
    item_id: UUID | None = None,
    number: int = 0,
) -> Json:
    """Write a version. Call from the public schema: the tone of the rules is also the client's own."""
    with transaction.atomic():
        with enter(tenant):
            made = playbook.write(person=person, kind=kind, name=name, body=body, item_id=item_id, number=number)
            [shown] = show_all([made])
        _keep_tone(tenant, made)
        audit(person, "playbook.written", tenant=tenant, object_id=made.item_id, kind=kind, number=made.number)
    return shown


def bring_back(*, person: Person, tenant: Tenant, item_id: UUID, number: int) -> Json:
    """An earlier version in force again. Call from the public schema."""
    with transaction.atomic():
        with enter(tenant):
            made = playbook.restore(person=person, item_id=item_id, number=number)
            [shown] = show_all([made])
        _keep_tone(tenant, made)
        audit(person, "playbook.restored", tenant=tenant, object_id=item_id, number=number)
    return shown


def put_away(*, person: Person, tenant: Tenant, item_id: UUID, is_archived: bool) -> None:
    """Archive, or take out of the archive. Call from the public schema."""
    with transaction.atomic():
        with enter(tenant):
            playbook.archive(item_id=item_id, is_archived=is_archived)
        action = "playbook.archived" if is_archived else "playbook.unarchived"
        audit(person, action, tenant=tenant, object_id=item_id)


def _keep_tone(tenant: Tenant, made: PlaybookVersion) -> None:
    """The shop's card and its papers read the tone from the client's own row."""
    if made.item.kind == Kind.RULES and made.body["tone"] != tenant.tone:
        Tenant.objects.filter(pk=tenant.pk).update(tone=made.body["tone"])


def _procedures(conversation_id: UUID) -> list[Json]:
    found = procedures.steps_of(conversation_id)
    names = playbook.names_of(step.person_id for _, done in found for step in done.values())
    return [_procedure(version, done, names) for version, done in found]


def _procedure(version: PlaybookVersion, done: procedures.Done, names: Mapping[UUID, str]) -> Json:
    return {
        "item": version.item_id,
        "number": version.number,
        "name": version.name,
        "when": version.body["when"],
        "steps": [
            {
                **step,
                "done_at": done[place].done_at if place in done else None,
                "done_by": names.get(done[place].person_id, "") if place in done else "",
            }
            for place, step in enumerate(version.body["steps"])
        ],
    }
