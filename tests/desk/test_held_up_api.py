"""What is held up: an operator sees it, reads why, and decides; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conversations import outbound, receipts, statuses
from conversations.models import Message, Receipt
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from tenants.models import Tenant
from tests.conversations.doorbells import rung_for
from tests.conversations.shoppers import line_of, mail, relay_body, say, take_in_hand

Desk = Callable[..., Client]


def keep(tenant: Tenant, payload: bytes = b"{}", error: str = "ValueError: cannot read Maria") -> Receipt:
    external_id = str(uuid4())
    receipts.quarantine(line=line_of(tenant, "relay"), external_id=external_id, payload=payload, error=error)
    with enter(tenant):
        return Receipt.objects.get(external_id=external_id)


def at(tenant: Tenant, path: str = "") -> str:
    return f"/api/desk/clients/{tenant.id}/{path}"


def ask(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def test_counts_name_each_client_and_nothing_that_a_customer_wrote(
    desk_client: Desk, omar: Person, acme: Tenant, northlight: Tenant
) -> None:
    keep(acme)
    told = desk_client(omar).get("/api/desk/held-up").json()
    assert [(row["client"]["name"], row["quarantined"]) for row in told["clients"]] == [("Acme Shoes", 1)]
    assert told["total"] == 1
    listed = desk_client(omar).get(at(acme, "held-up"))
    [row] = listed.json()["quarantined"]
    assert (row["failure"], row["attempts"], row["line"]) == ("ValueError", 5, "relay@acme")
    assert "Maria" not in listed.content.decode()
    assert desk_client(omar).get(at(northlight, "held-up")).json() == {"quarantined": [], "in_doubt": []}


def test_the_reason_is_opened_and_that_is_written_down(
    desk_client: Desk, omar: Person, acme: Tenant, northlight: Tenant
) -> None:
    receipt = keep(acme)
    opened = desk_client(omar).get(at(acme, f"quarantine/{receipt.id}")).json()
    assert opened["error"] == "ValueError: cannot read Maria"
    assert AuditEntry.objects.get(action="receipt.opened").object_id == str(receipt.id)
    assert desk_client(omar).get(at(northlight, f"quarantine/{receipt.id}")).status_code == 404


def test_it_is_handled_again_once(desk_client: Desk, omar: Person, acme: Tenant, committed: Callable[[], Any]) -> None:
    receipt = keep(acme, relay_body("finalmente"))
    with committed():
        for _ in range(2):
            assert ask(desk_client(omar), at(acme, f"quarantine/{receipt.id}/handle-again")).status_code == 200
    assert rung_for("conversations.take_in", receipt.id) == 1
    with enter(acme):
        message = receipts.take_in(acme, receipt.id)
        assert message is not None
        assert message.text == "finalmente"
    assert AuditEntry.objects.filter(action="receipt.handled_again").count() == 1
    assert ask(desk_client(omar), at(acme, f"quarantine/{receipt.id}/handle-again")).status_code == 409


def test_it_is_set_aside_with_a_reason(desk_client: Desk, omar: Person, acme: Tenant) -> None:
    receipt, door = keep(acme), desk_client(omar)
    path = at(acme, f"quarantine/{receipt.id}/set-aside")
    assert ask(door, path, {"reason": "  "}).status_code == 400
    for _ in range(2):
        assert ask(door, path, {"reason": "A test of the carrier."}).status_code == 200
    with enter(acme):
        row = Receipt.objects.get(pk=receipt.id)
    assert (row.state, row.note, row.error) == ("set_aside", "A test of the carrier.", "ValueError: cannot read Maria")
    assert AuditEntry.objects.filter(action="receipt.set_aside").count() == 1
    assert door.get("/api/desk/held-up").json()["total"] == 0


@pytest.mark.parametrize("who", ["lucia", "sofia", "nobody"])
def test_only_operators_decide_about_payloads(
    desk_client: Desk, acme: Tenant, lucia: Person, sofia: Person, omar: Person, who: str
) -> None:
    receipt = keep(acme)
    client = desk_client({"lucia": lucia, "sofia": sofia, "nobody": None}[who])
    for path in ("/api/desk/held-up", at(acme, "held-up"), at(acme, f"quarantine/{receipt.id}")):
        assert client.get(path).status_code in (401, 403)
        assert desk_client(omar).get(path).status_code == 200
    for act in ("handle-again", "set-aside"):
        answer = ask(client, at(acme, f"quarantine/{receipt.id}/{act}"), {"reason": "x"})
        assert answer.status_code in (401, 403)
    with enter(acme):
        assert Receipt.objects.get(pk=receipt.id).state == "quarantined"


def test_a_message_in_doubt_is_decided_over_the_api(
    desk_client: Desk, omar: Person, acme: Tenant, lucia: Person, paolo: Person, committed: Callable[[], Any]
) -> None:
    conversation_id = say(acme, mail()).conversation_id
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        message = outbound.reply(
            person=lucia, tenant=acme, conversation_id=conversation_id, text="Arriva.", client_key="k"
        )
        Message.objects.filter(pk=message.id).update(delivery="sent", external_id="<k@x>")
        statuses.report(acme, external_id="<k@x>", state="failed", reason="bounce: failed 5.1.1")
    [row] = desk_client(omar).get(at(acme, "held-up")).json()["in_doubt"]
    assert (row["id"], row["delivery"]) == (str(message.id), "failed")
    path = at(acme, f"conversations/{conversation_id}/messages/{message.id}/decide")
    body = {"decision": "send_again", "client_key": "again-1"}
    assert ask(desk_client(paolo), path, body).status_code == 409
    with committed():
        answers = [ask(desk_client(lucia), path, body) for _ in range(2)]
    assert [(answer.status_code, answer.json()["delivery"]) for answer in answers] == [(200, "pending")] * 2
    assert rung_for("conversations.deliver", message.id) == 1
    assert ask(desk_client(lucia), path, {"decision": "perhaps", "client_key": "x"}).status_code == 400
