"""The whole API, asked in savepoints that are rolled back: with ids of rows that are there, by whoever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from billing import invoicing, usage
from conversations.models import Attachment, Conversation
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from quality.models import Evaluation
from routing.models import Queue, WorkItem
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, PER_CHAT, agree, finish_many, period
from tests.conversations.shoppers import chat, say, take_in_hand
from tests.keeping.people import live


@pytest.fixture
def real(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, omar: Person, settings: Any, tmp_path: Path
) -> dict[str, Any]:
    """Ids of rows that are there, by the name of the parameter that asks for them."""
    settings.MEDIA_ROOT, settings.BACKUPS_ROOT = tmp_path / "media", tmp_path / "backups"
    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 10**6)
    life = live(acme, lucia, sofia)
    item = take_in_hand(say(acme, chat("Ciao, un'altra domanda")).conversation_id, lucia)
    agree(acme, PER_CHAT)
    finish_many(acme, 2)
    usage.collect(acme)
    with clock.hold(AFTER_MARCH):
        invoice = invoicing.draft(person=omar, tenant=acme, period=period(acme))
    with enter(acme):
        file, evaluation = Attachment.objects.all()[0].pk, Evaluation.objects.all()[0].pk
        talk = Conversation.objects.get(pk=item.conversation)
    found = {
        "tenant": acme.id, "conversation": talk.pk, "work_item": item.pk, "agent": lucia.pk, "person": lucia.pk,
        "invoice": invoice.pk, "line": invoice.lines.all()[0].pk, "attachment": file, "attachment_id": file,
        "evaluation": evaluation, "customer": life.customer,
        "queue": Queue.objects.filter(tenant=acme, is_active=True)[0].pk, "clock": Clock.objects.all()[0].pk,
    }  # fmt: skip
    assert WorkItem.objects.filter(pk=item.pk).exists()
    return found


def operations(door: str) -> Iterator[Any]:
    path = Path(django_settings.ROOT) / "frontend" / "openapi" / f"{door}.json"
    for found in schemathesis.openapi.from_dict(json.loads(path.read_text(encoding="utf-8"))).get_all_operations():
        yield cast(Any, found).ok()


def ask(client: Client, case: Any, real: dict[str, Any], headers: dict[str, str]) -> int:
    for name in case.path_parameters or {}:
        if name in real:
            case.path_parameters[name] = str(real[name])
    path = quote(case.formatted_path, safe="/%")
    body, kind = b"", "application/json"
    if isinstance(case.body, (dict, list, str, int, float, bool)) or case.body is None:
        if case.media_type and case.media_type.startswith("multipart"):
            fields = case.body if isinstance(case.body, dict) else {"x": str(case.body)}
            flat = {str(name): value if isinstance(value, (str, bytes)) else json.dumps(value, default=str)
                    for name, value in fields.items()}  # fmt: skip
            body, kind = encode_multipart(BOUNDARY, flat), MULTIPART_CONTENT
        else:
            body = json.dumps(case.body, default=str).encode("utf-8", "replace")
    elif isinstance(case.body, bytes):
        body = case.body
    query = urlencode({str(k): str(v) for k, v in (case.query or {}).items()}, errors="replace")
    return int(undone(client, case.method, path, body, kind, query, headers).status_code)


def undone(client: Client, method: str, path: str, body: bytes, kind: str, query: str, headers: dict[str, str]) -> Any:
    """The answer, read to its end; what it wrote is taken back."""
    try:
        with transaction.atomic():
            answer = client.generic(method, path, body, content_type=kind, query_string=query, headers=headers)
            if hasattr(answer, "streaming_content"):
                answer.getvalue()
            raise _Undo(answer)
    except _Undo as done:
        return done.answer
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]


class _Undo(Exception):
    def __init__(self, answer: Any) -> None:
        self.answer = answer
