"""Raw payloads: stored before they are acknowledged, handled once, quarantined when they cannot be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conversations import quarantine, receipts, standing, storing, sweeping, webhook
from conversations.models import Message, Receipt
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.conversations.doorbells import rung
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


def read(tenant: Tenant, receipt_id: str) -> Receipt:
    with enter(tenant):
        return Receipt.objects.get(pk=receipt_id)


def texts(tenant: Tenant) -> list[str]:
    with enter(tenant):
        return list(Message.objects.filter(direction="in").order_by("created_at", "seq").values_list("text", flat=True))


@pytest.fixture(autouse=True)
def _inline(settings: Any) -> None:
    settings.INBOUND_INLINE = True


def test_what_waited_longer_than_its_carrier_is_turned_away_at_no_cost(acme: Tenant, northlight: Tenant) -> None:
    token, body, told = line_of(acme, "relay").token, relay_body("tardi", id="late"), list[int]()
    for until in (time.monotonic() - 0.1, time.monotonic() + 60):
        webhook._take_in_time(until, token, signed(body), body, lambda code, _: told.append(code))
        with enter(acme):
            assert Receipt.objects.count() == told.count(200)
    assert told == [503, 200] and counts(northlight) == (0, 0)


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


@contextmanager
def refusing(tenant: Tenant, words: str, *, state: str = "22000", times: int = 1_000_000) -> Iterator[None]:
    """The database itself refuses messages that hold these words, so many times, as a fault of its own would."""
    shop = f'"{tenant.schema_name}"'
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE SEQUENCE {shop}.refusals;
            CREATE FUNCTION {shop}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF position('{words}' in NEW.text) > 0 AND nextval('{shop}.refusals') <= {times} THEN
                RAISE EXCEPTION 'cannot keep this: %', NEW.text USING ERRCODE = '{state}';
              END IF; RETURN NEW; END $$;
            CREATE TRIGGER refusing BEFORE INSERT ON {shop}.conversations_message
              FOR EACH ROW EXECUTE FUNCTION {shop}.refuse()""")
        yield
        cursor.execute(f"DROP FUNCTION {shop}.refuse() CASCADE; DROP SEQUENCE {shop}.refusals")


def test_poison_is_quarantined_after_five_and_its_neighbours_flow(acme: Tenant, omar: Person) -> None:
    with refusing(acme, "poison"):
        _, answer = post(acme, relay_body("poison"))
        assert post(acme, relay_body("fine", sender="@paolo"))[0] == 200
        for attempt in range(1, 6):
            receipt = read(acme, answer["receipt"])
            assert (receipt.attempts, receipt.state) == (attempt, "new" if attempt < 5 else "quarantined")
            with enter(acme):
                receipts.take_in(acme, receipt.id)
    assert texts(acme) == ["fine"]
    with enter(acme):
        assert "cannot keep this: poison" in read(acme, answer["receipt"]).error
        quarantine.handle_again(person=omar, tenant=acme, receipt_id=receipt.id)
        message = receipts.take_in(acme, receipt.id)
        assert message is not None
    assert texts(acme) == ["fine", "poison"]


def test_a_follow_up_never_overtakes_what_waits_before_it(acme: Tenant) -> None:
    first, second = relay_body("poison"), relay_body("e poi")
    with refusing(acme, "poison", times=2):
        answers = [post(acme, body)[1]["receipt"] for body in (first, second, second)]
        assert post(acme, relay_body("vicino", sender="@paolo"))[0] == 200
        assert [read(acme, each).state for each in answers] == ["new", "new", "new"]
        assert answers[1] == answers[2]
        assert texts(acme) == ["vicino"]
        with enter(acme):
            assert receipts.take_in(acme, read(acme, answers[1]).id) is None  # the first is not due yet
        due = read(acme, answers[0]).next_attempt_at
        with clock.hold((due or clock.now()) + timedelta(seconds=1)), enter(acme):
            receipts.take_in(acme, read(acme, answers[1]).id)  # fails a second time, and holds up still
            assert texts(acme) == ["vicino"]
        with clock.hold(clock.now() + timedelta(minutes=1)), enter(acme):
            receipts.take_in(acme, read(acme, answers[1]).id)
    assert texts(acme) == ["vicino", "poison", "e poi"]


def test_what_waits_behind_poison_flows_once_that_is_quarantined(acme: Tenant) -> None:
    with refusing(acme, "poison"):
        answers = [post(acme, relay_body(text))[1]["receipt"] for text in ("poison", "e poi")]
        for minutes in range(1, 7):
            with clock.hold(clock.now() + timedelta(minutes=5 * minutes)), enter(acme):
                receipts.take_in(acme, read(acme, answers[1]).id)
    assert [read(acme, each).state for each in answers] == ["quarantined", "done"]
    assert texts(acme) == ["e poi"]


@pytest.mark.parametrize("lost", [2, 3])
def test_deadlock_is_tried_again_at_once_and_nothing_overtakes(acme: Tenant, lost: int) -> None:
    with refusing(acme, "prima", state="40P01", times=lost):
        for text in ("prima", "seconda"):
            assert post(acme, relay_body(text))[0] == 200
    assert texts(acme) == ["prima", "seconda"]
    with enter(acme):
        assert set(Receipt.objects.values_list("state", "attempts")) == {("done", 0)}


def test_two_hands_on_one_receipt_write_once(acme: Tenant) -> None:
    line = line_of(acme, "relay")
    with enter(acme):
        receipt, _ = storing.store(line=line, external_id="1", payload=relay_body(id="1"))
        assert receipts.take_in(acme, receipt.id) is not None
        assert receipts.take_in(acme, receipt.id) is None
        with pytest.raises(storing.AlreadyTaken):
            receipts.handle(acme, line, receipt)


def test_accept_rings_on_commit(acme: Tenant, committed: Callable[[], Any]) -> None:
    line = line_of(acme, "relay")
    with committed():
        first = receipts.accept(line=line, external_id="1", payload=relay_body(id="1"))
        again = receipts.accept(line=line, external_id="1", payload=b"another")
    assert first.id == again.id
    assert counts(acme) == (1, 1)


def test_sweep_finds_what_the_doorbell_missed_at_every_shop(acme: Tenant, northlight: Tenant) -> None:
    stored = {}
    for tenant in (acme, northlight):
        line = line_of(tenant, "relay")
        with enter(tenant):
            stored[tenant.id], _ = storing.store(line=line, external_id="1", payload=relay_body())
    before = standing.swept_today() or {}
    assert sweeping.sweep_receipts() == 0
    later = clock.now() + timedelta(minutes=1)
    assert sweeping.sweep_receipts(later) == 2
    assert sweeping.sweep_receipts(later) == 0
    for tenant_id, receipt in stored.items():
        rings = [(tenant, row) for task, tenant, row in rung() if task == "conversations.take_in"]
        assert rings.count((str(tenant_id), str(receipt.id))) == 1
    assert (standing.swept_today() or {})["receipts"] == before["receipts"] + 2


def test_what_is_held_up_is_counted_shop_by_shop(acme: Tenant, northlight: Tenant) -> None:
    assert standing.held_up([acme, northlight]) == {}
    receipts.quarantine(line=line_of(acme, "relay"), external_id="q", payload=b"{}", error="ValueError: cannot read")
    line = line_of(northlight, "relay")
    with enter(northlight):
        storing.store(line=line, external_id="1", payload=relay_body())
    with clock.hold(clock.now() + timedelta(minutes=5)):
        counts = standing.held_up([acme, northlight])
    assert {kind: n for kind, n in counts[acme.id].items() if n} == {"quarantined": 1}
    assert {kind: n for kind, n in counts[northlight.id].items() if n} == {"waiting": 1}


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
