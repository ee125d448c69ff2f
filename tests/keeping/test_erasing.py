"""A person is erased on every channel, in every form; the books do not move by a second or a cent."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from django.db import connection
from django.test import Client

from billing import usage
from conversations import attachments
from conversations.models import Conversation, Message, Receipt
from conversations.receipts import accept_and_take_in
from customers import erasing as persons
from customers.models import Customer, Identity
from desk import erasing
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock
from tenants import erasure_ledger
from tenants.models import ErasureEntry, Tenant
from tests.conversations.shoppers import chat, line_of, mail, say
from tests.keeping.people import Life, live, traces_of

BOOKS = ("routing_workitem", "routing_offer", "sla_contracts_clock", "sla_contracts_clockevent", "billing_usage")


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.BACKUPS_ROOT = tmp_path / "media", tmp_path / "backups"


@pytest.fixture
def life(acme: Tenant, lucia: Person, sofia: Person) -> Life:
    return live(acme, lucia, sofia)


def books() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = {}
        for table in BOOKS:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def erase(life: Life, person: Person, **more: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"confirm": life.address.upper(), "reason": "person", **more}
    return erasing.erase_customer(person=person, tenant=life.tenant, customer_id=life.customer, **asked)


def test_nothing_of_the_person_is_left_and_the_books_stay(
    life: Life, acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, jens: Person
) -> None:
    neighbour, other = live(acme, lucia, sofia), live(northlight, jens, sofia)
    for tenant in (acme, northlight):
        usage.collect(tenant)
    before, theirs = books(), traces_of(neighbour.token, other.token)
    assert len(set(traces_of(life.token))) >= 7 and before["billing_usage"]

    proof = erase(life, sofia)

    assert traces_of(life.token) == []
    assert books() == before
    assert traces_of(neighbour.token, other.token) == theirs
    assert check_clocks().wrong == {}
    assert usage.collect(acme) in (0, None)
    assert proof["erased"]["conversations"] == 4 and proof["erased"]["files"] == 1
    assert proof["erased"]["raw_payloads"] == 5 and proof["erased"]["evaluation_comments"] == 4


def test_numbers_of_messages_have_no_gap_afterwards(life: Life, acme: Tenant, sofia: Person) -> None:
    with enter(acme):
        before = list(Message.objects.order_by("conversation", "seq").values_list("conversation", "seq", "direction"))
    erase(life, sofia)
    with enter(acme):
        after = list(Message.objects.order_by("conversation", "seq").values_list("conversation", "seq", "direction"))
        codes = {row.event.get("code") for row in Message.objects.filter(direction="event")}
    assert after == before and "closed" in codes


def test_a_repeated_request_answers_the_first_certificate(
    life: Life, acme: Tenant, sofia: Person, omar: Person
) -> None:
    first = erase(life, sofia)
    assert erase(life, omar, confirm="whatever", reason="client") == first
    assert ErasureEntry.objects.count() == 1
    assert AuditEntry.objects.filter(action="customer.erased").count() == 1


def test_what_was_typed_has_to_be_the_person(life: Life, acme: Tenant, sofia: Person, lucia: Person) -> None:
    for more, code in (({"confirm": "somebody@else.example"}, "invalid"), ({"reason": "contract_end"}, "invalid")):
        with pytest.raises(Refusal) as caught:
            erase(life, sofia, **more)
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        erase(life, lucia)
    assert caught.value.code == "not_allowed"
    assert not ErasureEntry.objects.exists() and traces_of(life.token)
    assert erase(life, sofia)["reason"] == "person"


def test_an_open_conversation_is_closed_first(life: Life, acme: Tenant, sofia: Person) -> None:
    message = say(acme, mail("Una cosa ancora", who=life.address))
    with pytest.raises(Refusal) as caught:
        erase(life, sofia)
    assert caught.value.code == "still_open"
    with enter(acme):
        assert Conversation.objects.get(pk=message.conversation_id).case_number in caught.value.message
    assert traces_of(life.token)


def test_who_writes_again_is_somebody_new(life: Life, acme: Tenant, sofia: Person) -> None:
    erase(life, sofia)
    by_mail = say(acme, mail("Buongiorno di nuovo", who=life.address))
    by_chat = say(acme, chat("Ciao di nuovo", who=f"widget-{life.token}"))
    proven = say(acme, mail("Rispondo alla vostra", who=life.address, conversation_id=life.conversations["email"]))
    with enter(acme):
        for message in (by_mail, by_chat, proven):
            conversation = Conversation.objects.get(pk=message.conversation_id)
            assert conversation.customer_id != life.customer
            assert conversation.pk not in life.conversations.values()
        assert Identity.objects.filter(customer=life.customer).count() == 0
        assert Customer.objects.get(pk=life.customer).name == ""


def test_a_late_repeat_of_an_erased_message_brings_nothing_back(life: Life, acme: Tenant, sofia: Person) -> None:
    erase(life, sofia)
    again = accept_and_take_in(line=line_of(acme, "email"), external_id=life.mail_id, payload=life.letter)
    with enter(acme):
        assert again.external_id.startswith("erased:") and Receipt.objects.get(pk=again.pk).payload == b""
    assert traces_of(life.token) == []
    other = accept_and_take_in(line=line_of(acme, "email"), external_id="<new@post.example>", payload=life.letter)
    with enter(acme):
        assert bytes(Receipt.objects.get(pk=other.pk).payload) == life.letter


def test_what_was_stopped_half_way_is_finished_by_the_sweep(
    life: Life, acme: Tenant, sofia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    before = traces_of(life.token)
    with monkeypatch.context() as patch:
        patch.setattr(persons, "erase_person", die)  # everything else is done by then, files too
        with pytest.raises(KeyboardInterrupt):
            erase(life, sofia)
    assert set(traces_of(life.token)) >= {place for place in before if "." in place and "media" not in place}
    ErasureEntry.objects.update(asked_at="2026-01-01T00:00:00Z")
    assert erasing.finish_unfinished() == 1
    assert traces_of(life.token) == [] and erasing.finish_unfinished() == 0


def test_the_ledger_says_what_was_erased_and_the_file_has_it(
    life: Life, acme: Tenant, sofia: Person, committed: Callable[[], Any]
) -> None:
    with committed():
        proof = erase(life, sofia)
    [line] = erasure_ledger.read(erasure_ledger.path())
    assert (line["kind"], line["erased_id"], line["tenant_id"]) == ("customer", str(life.customer), str(acme.id))
    assert line["certificate_sha256"] == proof["sha256"] and life.token not in json.dumps(line)
    assert erasure_ledger.export() == 0 and len(list(erasure_ledger.read(erasure_ledger.path()))) == 1


def test_the_api_finds_shows_exports_erases_and_certifies(
    life: Life, acme: Tenant, northlight: Tenant, sofia: Person, desk_client: Callable[..., Client]
) -> None:
    client = desk_client(sofia)
    place = f"/api/desk/clients/{acme.id}/customers"
    found = client.post(f"{place}/search", {"words": life.token[:8]}, content_type="application/json").json()
    assert [row["id"] for row in found["results"]] == [str(life.customer)]
    card = client.get(f"{place}/{life.customer}").json()
    assert card["confirm_with"] == life.address and card["held"]["conversations"] == 4
    elsewhere = f"/api/desk/clients/{northlight.id}/customers/{life.customer}"
    assert client.get(elsewhere).status_code == 404
    assert client.get(f"{elsewhere}/export").status_code == 404
    asked = {"confirm": card["confirm_with"], "reason": "person"}
    assert client.post(f"{elsewhere}/erase", asked, content_type="application/json").status_code == 404
    assert client.get(f"{place}/{life.customer}/certificate").status_code == 404

    archive = client.get(f"{place}/{life.customer}/export")
    assert archive["Content-Type"] == "application/zip"
    answer = client.post(f"{place}/{life.customer}/erase", asked, content_type="application/json")
    assert answer.status_code == 200 and len(answer.json()["sha256"]) == 64
    paper = client.get(f"{place}/{life.customer}/certificate")
    with pdfplumber.open(io.BytesIO(paper.content)) as opened:
        text = opened.pages[0].extract_text()
    assert "Certificato di cancellazione" in text and str(life.customer) in text and life.token not in text
    assert answer.json()["sha256"][:32] in text.replace("\n", "")
    assert client.get(f"{place}/{life.customer}").json()["confirm_with"] == ""
    actions = set(AuditEntry.objects.filter(object_id=str(life.customer)).values_list("action", flat=True))
    assert actions == {"customer.opened", "customer.exported", "customer.erasure_asked", "customer.erased"}


def test_past_erasures_are_listed_by_number(
    life: Life, acme: Tenant, northlight: Tenant, sofia: Person, omar: Person, lucia: Person,
    desk_client: Callable[..., Client],
) -> None:  # fmt: skip
    proof = erase(life, sofia)
    answer = desk_client(omar).get(f"/api/desk/clients/{acme.id}/erasures")
    [row] = answer.json()["results"]
    assert (row["customer"], row["reason"], row["by"]["name"]) == (str(life.customer), "person", sofia.name)
    assert row["certificate_sha256"] == proof["sha256"] and row["done_at"] and answer.json()["next"] is None
    assert life.token not in answer.content.decode()
    assert desk_client(omar).get(f"/api/desk/clients/{northlight.id}/erasures").json()["results"] == []
    assert desk_client(lucia).get(f"/api/desk/clients/{acme.id}/erasures").status_code == 403


def test_what_is_held_is_named_before_it_goes(
    life: Life, acme: Tenant, lucia: Person, sofia: Person, desk_client: Callable[..., Client]
) -> None:
    neighbour = live(acme, lucia, sofia)
    place = f"/api/desk/clients/{acme.id}/customers/{life.customer}"
    shown = desk_client(sofia).get(place).json()
    assert {row["id"] for row in shown["conversations"]} == {str(each) for each in life.conversations.values()}
    assert [row["name"] for row in shown["files"]] == [f"{life.token}.png"]
    assert shown["files"][0]["conversation"] == str(life.conversations["email"])
    assert neighbour.token not in str(shown)
    erase(life, sofia)
    assert desk_client(sofia).get(place).json()["files"] == []


@pytest.mark.parametrize("who", ["lucia", "carla", None])
def test_records_are_for_supervisors_and_operators(
    who: str | None, acme: Tenant, omar: Person, desk_client: Callable[..., Client], request: pytest.FixtureRequest
) -> None:
    message = say(acme, mail())
    with enter(acme):
        customer = Customer.objects.get(conversations=message.conversation_id).pk
    client, allowed = desk_client(request.getfixturevalue(who) if who else None), desk_client(omar)
    place = f"/api/desk/clients/{acme.id}/customers/{customer}"
    for path in (place, f"{place}/export"):
        assert client.get(path).status_code == (403 if who else 401)
        assert allowed.get(path).status_code == 200
    for path in (f"{place}/erase", f"/api/desk/clients/{acme.id}/customers/search"):
        assert client.post(path, {}, content_type="application/json").status_code in (401, 403)
    assert allowed.get(place.replace(str(customer), str(new_id()))).status_code == 404


def test_the_export_holds_everything_of_the_person_and_nothing_of_another(
    life: Life, acme: Tenant, lucia: Person, sofia: Person, desk_client: Callable[..., Client]
) -> None:
    neighbour = live(acme, lucia, sofia)
    answer = desk_client(sofia).get(f"/api/desk/clients/{acme.id}/customers/{life.customer}/export")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(parts["data.json"])
    assert data["person"]["name"] == f"Anna {life.token}"
    assert {row["address"] for row in data["person"]["addresses"]} == {
        life.address, f"widget-{life.token}", f"@{life.token}",
    }  # fmt: skip
    assert {row["channel"] for row in data["conversations"]} == {"email", "webchat", "form", "relay"}
    said = [message["text"] for row in data["conversations"] for message in row["messages"]]
    assert f"Nota su {life.token}" in said and f"Gentile {life.token}, eccolo." in said
    unsent = [each["text"] for row in data["conversations"] for each in row["unsent"]]
    assert {f"Domani, {life.token}", f"Gentile {life.token}, an"} == set(unsent)
    # A picture is redrawn as it comes in: its bytes are not those that were sent.
    assert any(name.startswith("files/") and content for name, content in parts.items())
    assert life.letter in parts.values()
    assert life.token in parts["index.html"].decode() and '<html lang="it">' in parts["index.html"].decode()
    assert all(neighbour.token.encode() not in content for content in parts.values())
    assert b"Lucia L." not in b"".join(parts.values())


def test_a_page_of_the_export_runs_nothing(acme: Tenant, sofia: Person, desk_client: Callable[..., Client]) -> None:
    message = say(acme, mail("<script>alert(1)</script><img src=x onerror=alert(1)>", subject="<svg onload=alert(1)>"))
    with enter(acme):
        customer = Customer.objects.get(conversations=message.conversation_id).pk
    answer = desk_client(sofia).get(f"/api/desk/clients/{acme.id}/customers/{customer}/export")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        page = archive.read("index.html").decode()
    assert "&lt;script&gt;" in page and "<script" not in page and "<svg" not in page and "<img" not in page


def test_clocks_that_still_run_are_not_touched(life: Life, acme: Tenant, sofia: Person) -> None:
    before = list(Clock.objects.order_by("pk").values())
    erase(life, sofia)
    assert list(Clock.objects.order_by("pk").values()) == before


def test_the_ledger_file_survives_a_line_cut_off(tmp_path: Path) -> None:
    line = {
        "id": str(new_id()), "kind": "customer", "tenant_id": str(new_id()), "erased_id": str(new_id()),
        "reason": "person", "by": None, "asked_at": "2026-01-01T00:00:00+00:00", "done_at": None,
        "certificate_sha256": "",
    }  # fmt: skip
    file = tmp_path / "erasures.jsonl"
    erasure_ledger.append(file, [line, line])
    file.write_bytes(file.read_bytes() + b'{"id": "01')
    assert list(erasure_ledger.read(file)) == [line]
    erasure_ledger.append(file, [{**line, "id": str(new_id())}])
    with pytest.raises(ValueError, match="line 3"):
        list(erasure_ledger.read(file))


def test_a_file_that_is_gone_already_stops_nothing(life: Life, acme: Tenant, sofia: Person) -> None:
    for path in Path(attachments._place(acme, new_id())).parent.glob("*"):
        path.unlink()
    assert erase(life, sofia)["erased"]["files"] == 1
