"""Raw payloads: stored before they are acknowledged, handled once, quarantined when they cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from carriers.relay import relay
from conversations import doorbells, receipts, sweeping, webhook
from conversations.models import Message, Receipt
from kernel import clock
from kernel.tenancy import enter
from tenants.models import Line, Tenant
from tests.conversations.shoppers import counts, line_of, naughty_strings, relay_body, signed


class Answers(list[tuple[int, dict[str, Any]]]):
    def __call__(self, status: int, body: dict[str, Any]) -> None:
        self.append((status, body))

    @property
    def last(self) -> tuple[int, dict[str, Any]]:
        return self[-1]


def post(tenant: Tenant, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """One webhook, in this thread."""
    answers = Answers()
    webhook.take(line_of(tenant, "relay").token, signed(body) if headers is None else headers, body, answers)
    return answers.last


@pytest.fixture(autouse=True)
def _inline(settings: Any) -> None:
    settings.INBOUND_INLINE = True


def test_webhook_stores_acknowledges_and_takes_in(acme: Tenant, northlight: Tenant) -> None:
    status, answer = post(acme, relay_body())
    assert status == 200
    with enter(acme):
        receipt = Receipt.objects.get(pk=answer["receipt"])
        message = Message.objects.get()
        assert (receipt.state, receipt.message_id) == ("done", message.id)
        assert message.text == "Ciao, dov'è il mio pacco?"
    assert counts(northlight) == (0, 0)


def test_duplicate_webhook_has_one_effect(acme: Tenant) -> None:
    body = relay_body()
    answers = [post(acme, body) for _ in range(10)]
    assert {status for status, _ in answers} == {200}
    assert len({answer["receipt"] for _, answer in answers}) == 1
    assert counts(acme) == (1, 1)


def test_wrong_signature_leaves_nothing(acme: Tenant, northlight: Tenant) -> None:
    body = relay_body()
    Line.objects.filter(pk=line_of(northlight, "relay").pk).update(secret="another")
    for headers in ({}, signed(body, "another"), signed(b"other body"), {"x-centralita-signature": "ü"}):
        status, answer = post(acme, body, headers)
        assert (status, answer["code"]) == (403, "bad_signature")
    with enter(acme):
        assert not Receipt.objects.exists()


@pytest.mark.parametrize("token", ["nobody", "", "a\0b", "x" * 500])
def test_unknown_line_is_404(acme: Tenant, token: str) -> None:
    answers = Answers()
    webhook.take(token, {}, b"{}", answers)
    assert (answers.last[0], answers.last[1]["code"]) == (404, "unknown_line")


def test_suspended_shop_is_410(acme: Tenant) -> None:
    line_of(acme, "relay")
    Tenant.objects.filter(pk=acme.pk).update(status="suspended")
    assert post(acme, relay_body())[0] == 410


def test_webchat_and_form_lines_take_no_webhooks(acme: Tenant) -> None:
    for carrier in ("webchat", "form"):
        answers = Answers()
        webhook.take(line_of(acme, carrier).token, {}, b"{}", answers)
        assert answers.last[0] == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff\xfe", b'{"id": 1}', b'{"id":"1","from":{"address":"a"},"text":" "}']
)
def test_payload_without_a_message_is_refused_with_its_reason(acme: Tenant, body: bytes) -> None:
    assert post(acme, body)[0] == 200
    with enter(acme):
        receipt = Receipt.objects.get()
        assert receipt.state == "refused"
        assert receipt.error


def test_threads_of_one_sender_stay_apart(acme: Tenant) -> None:
    for thread in ("a", "b", "a"):
        post(acme, relay_body(thread=thread))
    assert counts(acme) == (2, 3)
    post(acme, relay_body(thread="a", sender="@someone-else"))
    assert counts(acme) == (3, 4)


def test_poison_is_quarantined_after_five_and_its_neighbours_flow(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = relay.parse

    def parse(line: Line, payload: bytes) -> Any:
        if b"poison" in payload:
            raise ValueError("cannot read\0 this")
        return real(line, payload)

    with monkeypatch.context() as broken:
        broken.setattr(type(relay), "parse", lambda self, line, payload: parse(line, payload))
        _, answer = post(acme, relay_body("poison"))
        assert post(acme, relay_body("fine"))[0] == 200
        with enter(acme):
            for attempt in range(1, 6):
                receipt = Receipt.objects.get(pk=answer["receipt"])
                assert (receipt.attempts, receipt.state) == (attempt, "new" if attempt < 5 else "quarantined")
                receipts.take_in(acme, receipt.id)
    with enter(acme):
        assert "ValueError: cannot read this" in Receipt.objects.get(pk=answer["receipt"]).error
        receipts.retry_quarantined(receipt_id=receipt.id)
        message = receipts.take_in(acme, receipt.id)
        assert message is not None
        assert message.text == "poison"
    assert counts(acme)[1] == 2


@pytest.mark.parametrize(("lost", "states"), [(2, ["done", "done"]), (3, ["new", "done"])])
def test_deadlock_is_tried_again_at_once_so_that_nothing_overtakes(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, lost: int, states: list[str]
) -> None:
    real, left = relay.parse, [lost]

    def parse(self: object, line: Line, payload: bytes) -> Any:
        if left[0]:
            left[0] -= 1
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return real(line, payload)

    monkeypatch.setattr(type(relay), "parse", parse)
    for text in ("prima", "seconda"):
        assert post(acme, relay_body(text))[0] == 200
    with enter(acme):
        receipts_of = Receipt.objects.order_by("received_at", "id")
        assert [(row.state, row.attempts) for row in receipts_of] == [(state, 0) for state in states]


def test_two_hands_on_one_receipt_write_once(acme: Tenant) -> None:
    line = line_of(acme, "relay")
    with enter(acme):
        receipt, _ = receipts.store(line=line, external_id="1", payload=relay_body(id="1"))
        assert receipts.take_in(acme, receipt.id) is not None
        assert receipts.take_in(acme, receipt.id) is None
        with pytest.raises(receipts.AlreadyTaken):
            receipts.handle(acme, line, receipt)


def test_accept_rings_on_commit(acme: Tenant, committed: Callable[[], Any]) -> None:
    line = line_of(acme, "relay")
    with committed():
        first = receipts.accept(line=line, external_id="1", payload=relay_body(id="1"))
        again = receipts.accept(line=line, external_id="1", payload=b"another")
    assert first.id == again.id
    assert counts(acme) == (1, 1)


def test_sweep_finds_what_the_doorbell_missed_at_every_shop(
    acme: Tenant, northlight: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, Any, Any]] = []
    monkeypatch.setattr(doorbells, "ring", lambda task, tenant, row: rung.append((task, tenant, row)))
    stored = {}
    for tenant in (acme, northlight):
        with enter(tenant):
            stored[tenant.id], _ = receipts.store(line=line_of(tenant, "relay"), external_id="1", payload=relay_body())
    assert sweeping.sweep_receipts() == 0
    later = clock.now() + timedelta(minutes=1)
    assert sweeping.sweep_receipts(later) == 2
    assert sweeping.sweep_receipts(later) == 0
    assert {(tenant, row) for _, tenant, row in rung} == {(key, row.id) for key, row in stored.items()}


def test_naughty_payloads_are_kept_or_refused_with_a_reason(acme: Tenant, northlight: Tenant) -> None:
    strings = naughty_strings()
    for number, text in enumerate(strings):
        data = {"id": f"{number}{text}", "from": {"address": f"n{number}", "name": text}, "text": text, "thread": text}
        assert post(acme, json.dumps(data).encode())[0] == 200
    with enter(acme):
        assert Receipt.objects.count() == len(strings)
        assert not Receipt.objects.exclude(state__in=("done", "refused")).exists()
        assert Receipt.objects.filter(state="done").count() == Message.objects.count()
        assert set(Receipt.objects.filter(state="refused").values_list("error", flat=True)) <= {
            "text is empty", "not a JSON object in UTF-8",
        }  # fmt: skip
    assert counts(northlight) == (0, 0)
