"""The whole API as its own schema describes it, and as it does not, asked by everyone: never an error of ours.

Each request runs in a savepoint that is rolled back, so that the order means nothing. ``SCHEMATHESIS_EXAMPLES=50`` asks
each operation for longer (``make test ARGS="-k schemathesis"``).
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as terms
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from billing import invoicing, usage
from conversations.models import Attachment, Conversation
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from quality.models import Evaluation
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, PER_CHAT, agree, finish_many, period
from tests.conversations.shoppers import Visitor, chat, say, take_in_hand
from tests.keeping.people import live

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "2"))
ROLES = {"desk": ("nobody", "lucia", "sofia", "omar", "carla"), "shop": ("nobody", "carla", "shopper", "lucia")}


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
        "evaluation": evaluation, "customer": life.customer, "clock": Clock.objects.all()[0].pk,
    }  # fmt: skip
    assert WorkItem.objects.filter(pk=item.pk).exists()
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("door", "role"), [(door, role) for door, roles in ROLES.items() for role in roles])
def test_no_request_is_an_error_of_ours(
    door: str, role: str, real: dict[str, Any], acme: Tenant, request: pytest.FixtureRequest,
    desk_client: Callable[..., Client], shop_client: Callable[..., Client],
) -> None:  # fmt: skip
    person = None if role in ("nobody", "shopper") else request.getfixturevalue(role)
    client = desk_client(person) if door == "desk" else shop_client(acme, person)
    client.raise_request_exception = False
    headers = Visitor(shop_client(acme), acme).headers if role == "shopper" else {}
    asked, failed, answered = 0, [], set()
    for operation in operations(door):
        for number, case in enumerate(cases(operation)):
            status = ask(client, case, real if number % 2 == 0 else {}, headers)
            asked += 1
            answered.add(status)
            if status >= 500 and status != 503:
                failed.append(f"{status} {case.method} {case.formatted_path} {case.query} {str(case.body)[:300]}")
    assert failed == []
    assert asked >= 60 * EXAMPLES and (answered & {401, 403, 404} if role == "nobody" else 200 in answered)


def operations(door: str) -> Iterator[Any]:
    path = Path(django_settings.ROOT) / "frontend" / "openapi" / f"{door}.json"
    for found in schemathesis.openapi.from_dict(json.loads(path.read_text(encoding="utf-8"))).get_all_operations():
        yield cast(Any, found).ok()


def cases(operation: Any) -> list[Any]:
    """What the schema allows, and what it does not; the same for the same schema."""
    made: list[Any] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @terms(
            max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode))
        def collect(case: Any) -> None:
            made.append(case)

        with contextlib.suppress(Unsatisfiable):  # some operations allow everything, or take nothing
            collect()
    return made


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
    try:
        with transaction.atomic():
            answer = client.generic(case.method, path, body, content_type=kind, query_string=query, headers=headers)
            if hasattr(answer, "streaming_content"):
                answer.getvalue()
            raise _Undo(answer.status_code)
    except _Undo as undone:
        return undone.status
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]


class _Undo(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


def test_a_country_that_is_none_is_refused(omar: Person, desk_client: Callable[..., Client]) -> None:
    shop = {
        "name": "Nowhere", "slug": "nowhere", "country": "ZZ", "languages": ["it"], "time_zone": "Europe/Rome",
        "mark": "NO", "color": "#c2410c",
    }  # fmt: skip
    for wrong in ({}, {"country": "XX"}, {"country": "EU"}, {"country": "IT", "currency": "ZZZ"}):
        answer = desk_client(omar).post("/api/desk/clients", {**shop, **wrong}, content_type="application/json")
        assert answer.status_code == 400 and set(answer.json()["fields"]) <= {"country", "currency"}, wrong
    answer = desk_client(omar).post("/api/desk/clients", {**shop, "country": "CH"}, content_type="application/json")
    assert (answer.status_code, answer.json()["country"]) == (201, "CH")
