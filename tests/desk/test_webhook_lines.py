"""An operator opens a signed line for a client's own system, and messages come in by it."""

from __future__ import annotations

import hashlib
import hmac
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from conversations import webhook
from conversations.models import Receipt
from desk.webhook_lines import open_webhook
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from tenants.models import Line, Tenant

BODY = b'{"id": "1", "from": {"address": "handle-17", "name": "Maria"}, "text": "Where is my order?", "thread": "t"}'


def post(line: Line, secret: str) -> int:
    answers: list[int] = []
    signature = "sha256=" + hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
    headers = {"x-centralita-signature": signature}
    webhook.take(line.token, headers, BODY, lambda status, content: answers.append(status))
    return answers[0]


def test_what_is_signed_with_its_secret_comes_in_at_its_client_alone(
    acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    ours = open_webhook(person=omar, tenant=acme, name="shop-system")
    theirs = open_webhook(person=omar, tenant=northlight, name="shop-system")
    assert post(ours, theirs.secret) == 403
    assert post(ours, ours.secret) == 200
    counts = []
    for tenant in (acme, northlight):
        with enter(tenant):
            counts.append(Receipt.objects.filter(line__in=(ours, theirs)).count())
    assert counts == [1, 0]
    written = AuditEntry.objects.get(action="line.opened", tenant=acme)
    assert (written.object_id, written.detail) == (str(ours.pk), {})


def test_a_name_is_given_once_and_only_by_operators(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person
) -> None:
    open_webhook(person=omar, tenant=acme, name="erp")
    for person, tenant, name, code in (
        (omar, acme, "erp", "taken"),
        (sofia, northlight, "erp", "not_allowed"),
        (omar, northlight, "ERP/../x", "invalid"),
    ):
        with pytest.raises(Refusal) as refused:
            open_webhook(person=person, tenant=tenant, name=name)
        assert refused.value.code == code
    assert Line.objects.filter(carrier="relay", address__endswith="-erp").count() == 1


def test_the_command_says_where_to_send_and_with_which_secret(acme: Tenant) -> None:
    said = StringIO()
    call_command("open_webhook", "acme", "erp", stdout=said)
    line = Line.objects.get(address="acme-erp")
    assert f"/in/{line.token}" in said.getvalue() and line.secret in said.getvalue()
    with pytest.raises(CommandError, match="already"):
        call_command("open_webhook", "acme", "erp", stdout=said)
    with pytest.raises(CommandError, match="no such client"):
        call_command("open_webhook", "nobody", "erp", stdout=said)
