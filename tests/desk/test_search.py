"""Search over everything one may see: by the message's language, without accents, inside one's own clients alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conversations import finding, outbound
from conversations.finding import Wanted
from conversations.models import Conversation, Message
from customers.models import Customer, Identity
from desk.search_words import read
from kernel import clock
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person, SavedView
from tenants.models import Tenant
from tests.desk.shop import GERMAN, ITALIAN, give, post, write

Desk = Callable[..., Client]


def found(client: Client, words: str) -> list[str]:
    answer = client.get("/api/desk/search", {"q": words})
    assert answer.status_code == 200, answer.json()
    return [row["case_number"] for row in answer.json()["results"]]


def case_of(shop: Tenant, message: Message) -> str:
    with enter(shop):
        return Conversation.objects.get(pk=message.conversation_id).case_number


def spoken(shop: Tenant, text: str, language: str) -> str:
    message = write(shop, text)
    with enter(shop):
        Message.objects.filter(pk=message.pk).update(language=language)
    return case_of(shop, message)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("es", "Quiero hacer dos devoluciones de zapatos", "devolución zapato"),
        ("es", "¿Dónde está la devolución?", "devoluciones"),
        ("es", "Dos devoluciones, por favor", "devolucion"),
        ("it", "La spedizione è in ritardo, perché?", "PERCHE spedizioni"),
        ("de", "Die Schuhgröße paßt nicht", "schuhgrosse passt"),
        ("fr", "Je n'ai pas reçu les chaussures", "chaussure recu"),
        ("pt", "Não recebi as encomendas", "nao encomenda"),
        ("en", "The parcels were delivered to a neighbour", "parcel delivers"),
    ],
)
def test_words_are_found_by_their_language_and_without_accents(
    acme: Tenant, lucia: Person, desk_client: Desk, language: str, text: str, words: str
) -> None:
    case = spoken(acme, text, language)
    other = case_of(acme, write(acme, "Niente di tutto questo"))
    assert found(desk_client(lucia), words) == [case] != [other]


def test_all_words_are_in_one_message_and_a_phrase_in_its_order(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    first = case_of(acme, write(acme, "Le scarpe rosse sono arrivate rotte"))
    second = case_of(acme, write(acme, "Le rosse sono le scarpe che cerco"))
    client = desk_client(lucia)
    assert found(client, "scarpe rosse") == [second, first]
    assert found(client, '"scarpe rosse"') == [first]
    assert found(client, "scarpe verdi") == []


def test_what_is_found_is_shown_where_it_stands_and_never_as_markup(
    acme: Tenant, lucia: Person, desk_client: Desk
) -> None:
    write(acme, "Buongiorno, <b>il pacco</b> è arrivato aperto e mancano i lacci blu")
    [row] = desk_client(lucia).get("/api/desk/search", {"q": "lacci"}).json()["results"]
    assert [part["text"] for part in row["excerpt"] if part["hit"]] == ["lacci"]
    assert "mancano" in "".join(part["text"] for part in row["excerpt"])
    assert (row["seq"], row["direction"], row["customer_name"]) == (1, "in", "Giulia Bianchi")


def test_subject_name_address_note_and_case_number_are_looked_through(
    acme: Tenant, lucia: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    with enter(acme):
        talk = Conversation.objects.get(pk=message.conversation_id)
        Conversation.objects.filter(pk=talk.pk).update(subject="Reclamo per il corriere")
        Customer.objects.filter(pk=talk.customer_id).update(name="José Ángel Núñez")
        Identity.objects.create(
            customer_id=talk.customer_id, kind="email", address="jose@ejemplo.example", created_at=clock.now()
        )
        outbound.note(person=lucia, tenant=acme, conversation_id=talk.pk, text="Promised a voucher", client_key="n1")
    client, case = desk_client(lucia), talk.case_number
    for words in ("reclami", "jose angel", "EJEMPLO.example", "voucher", case, case.lower(), f"#{case}"):
        assert found(client, words) == [case], words
    for words in ("from:nunez", 'from:"jose angel"', "from:jose@ejemplo.example"):
        assert found(client, words) == [case], words
    assert found(client, "from:reclamo") == [] == found(client, "from:%")


def test_nobody_finds_what_they_may_not_see(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, omar: Person, desk_client: Desk
) -> None:
    ours, theirs = case_of(acme, write(acme, "Il fiammifero")), case_of(northlight, write(northlight, "fiammifero"))
    assert set(found(desk_client(lucia), "fiammifero")) == {ours, theirs}
    assert found(desk_client(paolo), "fiammifero") == [ours]
    assert found(desk_client(jens), "fiammifero") == [theirs] == found(desk_client(jens), "fiammifero client:NL")
    assert set(found(desk_client(omar), "fiammifero")) == {ours, theirs}
    assert desk_client(paolo).get("/api/desk/search", {"q": "client:northlight"}).status_code == 400
    assert desk_client().get("/api/desk/search", {"q": "fiammifero"}).status_code in (401, 403)


def test_operators_narrow_down(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, desk_client: Desk
) -> None:
    mine, waiting, german = write(acme), write(acme), write(northlight, GERMAN)
    give(mine, lucia)
    old = write(acme)
    with enter(acme):
        Conversation.objects.filter(pk=old.conversation_id).update(
            opened_at=clock.now() - timedelta(days=40), status="closed", contact_reason="refund"
        )
        Customer.objects.filter(conversations=waiting.conversation_id).update(is_vip=True, legal_priority="age")
    ours = {name: case_of(acme, each) for name, each in (("mine", mine), ("waiting", waiting), ("old", old))}
    client, day = desk_client(lucia), (clock.now() - timedelta(days=10)).date().isoformat()
    for words, expected in {
        "is:mine": {"mine"},
        "is:queued client:acme": {"waiting", "old"},
        "is:closed": {"old"},
        f"before:{day}": {"old"},
        f"after:{day} client:AC": {"mine", "waiting"},
        "reason:refund": {"old"},
        "is:vip": {"waiting"},
        "is:priority": {"waiting"},
        "lang:it channel:chat is:open": {"mine", "waiting"},
        "channel:mail client:AC": set(),
    }.items():
        assert set(found(client, words)) == {ours[name] for name in expected}, words
    assert found(client, "lang:de") == [case_of(northlight, german)]
    assert found(desk_client(paolo), "is:mine") == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("is:flying", "is"), ("before:yesterday", "before"), ("after:2026-02-31", "after"), ("from:", "from"),
        ("colour:red", "q"), ('"open phrase', "q"), ("channel:pigeon", "channel"), ("tag: x", "tag"),
        ("after:2026-02-02 before:2026-02-01", "before"), (" ".join("abcdefghijklmno"), "q"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named(lucia: Person, desk_client: Desk, text: str, field: str) -> None:
    answer = desk_client(lucia).get("/api/desk/search", {"q": text})
    assert answer.status_code == 400 and field in answer.json()["fields"]
    with pytest.raises(Refusal):
        read(text)


def test_words_and_operators_are_told_apart() -> None:
    asked = read('ritardo from:"Maria G" is:open "scarpe rosse" is:mine "solo"')
    assert (asked.words, asked.phrases) == (["ritardo", "solo"], ["scarpe rosse"])
    assert (asked.senders, asked.states) == (["Maria G"], ["open", "mine"])


def test_indexes_answer(acme: Tenant) -> None:
    write(acme, ITALIAN)
    with enter(acme), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM conversations_message m WHERE public.search_words(m.language, m.text)"
            " @@ plainto_tsquery('public.words_it', 'ordine') AND m.direction <> 'event'"
        )
        said = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN SELECT 1 FROM customers_customer k WHERE public.fold(k.name) LIKE '%bianchi%'")
        named = "\n".join(row[0] for row in cursor.fetchall())
    assert "message_by_words" in said and "customer_by_name" in named


def test_a_client_that_takes_too_long_is_left_out_and_said(
    acme: Tenant, lucia: Person, desk_client: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(acme, "Il fiammifero")
    monkeypatch.setattr(finding, "_STATES", {**finding._STATES, "open": "pg_sleep(3) IS NULL"})
    monkeypatch.setattr(finding, "PATIENCE_MS", 50)
    answer = desk_client(lucia).get("/api/desk/search", {"q": "fiammifero is:open client:AC"}).json()
    assert (answer["results"], answer["left_out"]) == ([], 1)
    with enter(acme):
        assert finding.find(Wanted(words=["fiammifero"]), limit=5)


def test_more_than_a_page_is_said(
    acme: Tenant, lucia: Person, desk_client: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.search.MOST", 2)
    for number in range(3):
        write(acme, f"Il fiammifero {number}")
    answer = desk_client(lucia).get("/api/desk/search", {"q": "fiammifero"}).json()
    assert (len(answer["results"]), answer["more"]) == (2, True)


def test_views_are_mine_or_a_teams_and_count(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    write(acme)
    own = post(desk_client(lucia), "/api/desk/views", name="Mine", query="is:mine").json()
    team = post(desk_client(sofia), "/api/desk/views", name="Open", query="is:open", tenant=str(acme.id)).json()

    def names(person: Person) -> list[tuple[str, int]]:
        return [(view["name"], view["count"]) for view in desk_client(person).get("/api/desk/views").json()["views"]]

    assert names(lucia) == [("Mine", 0), ("Open", 1)]
    assert names(paolo) == [("Open", 1)]
    assert names(jens) == []
    assert desk_client(paolo).delete(f"/api/desk/views/{own['id']}").status_code == 404
    assert desk_client(paolo).delete(f"/api/desk/views/{team['id']}").status_code == 404
    assert desk_client(lucia).delete(f"/api/desk/views/{own['id']}").status_code == 200
    assert desk_client(sofia).delete(f"/api/desk/views/{team['id']}").status_code == 200
    assert not SavedView.objects.exists()


def test_a_view_holds_no_word_of_a_customer(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    client = desk_client(lucia)
    for query in ("from:maria is:open", "maria", '"maria g"', "", "is:flying"):
        assert post(client, "/api/desk/views", name="X", query=query).status_code == 400, query
    assert post(client, "/api/desk/views", name="X", query="is:open", tenant=str(acme.id)).status_code == 403
    assert post(client, "/api/desk/views", name="X", query="is:open", tenant=str(new_id())).status_code == 404
    assert not SavedView.objects.exists()
    assert post(client, "/api/desk/views", name="X", query="is:open").status_code == 200


def test_who_was_erased_is_found_by_nothing(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message = write(acme, "Il fiammifero")
    case = case_of(acme, message)
    client: Any = desk_client(lucia)
    assert found(client, "fiammifero") == [case]
    with enter(acme):
        Message.objects.filter(pk=message.pk).update(text="")
    assert found(client, "fiammifero") == []
