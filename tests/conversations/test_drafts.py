"""Drafts: kept for their writer alone, by revision, gone with what they became."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from conversations import drafting, outbound
from conversations.composing_models import Draft
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import say, take_in_hand

pytestmark = pytest.mark.django_db


def save(
    tenant: Tenant, person: Person, conversation: UUID, text: str, revision: int, mode: str = "reply"
) -> dict[str, Any]:
    with enter(tenant):
        return drafting.save_draft(
            person=person, tenant=tenant, conversation_id=conversation, mode=mode, text=text, revision=revision
        )


def kept(tenant: Tenant, person: Person, conversation: UUID) -> dict[str, tuple[str, int]]:
    with enter(tenant):
        return {each["mode"]: (each["text"], each["revision"]) for each in drafting.drafts_of(person, conversation)}


def test_each_writer_has_drafts_of_their_own(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    assert save(acme, lucia, conversation, "Buongiorno, guar", 0)["revision"] == 1
    assert save(acme, lucia, conversation, "Buongiorno, guardo", 1)["revision"] == 2
    save(acme, lucia, conversation, "Cliente difficile", 0, mode="note")
    save(acme, paolo, conversation, "Altro", 0)
    assert kept(acme, lucia, conversation) == {"note": ("Cliente difficile", 1), "reply": ("Buongiorno, guardo", 2)}
    assert kept(acme, paolo, conversation) == {"reply": ("Altro", 1)}


def test_a_window_that_is_behind_writes_over_nothing(acme: Tenant, lucia: Person) -> None:
    conversation = say(acme).conversation_id
    save(acme, lucia, conversation, "uno", 0)
    save(acme, lucia, conversation, "dalla prima finestra", 1)
    for behind in (0, 1, 7):
        with pytest.raises(Refusal) as refused:
            save(acme, lucia, conversation, "dalla seconda finestra", behind)
        assert (refused.value.code, refused.value.status) == ("draft_moved", 409)
    assert kept(acme, lucia, conversation) == {"reply": ("dalla prima finestra", 2)}


def test_what_was_sent_is_no_draft_and_a_late_save_does_not_bring_it_back(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    save(acme, lucia, conversation, "Arriva domani.", 0)
    save(acme, lucia, conversation, "nota a metà", 0, mode="note")
    save(acme, paolo, conversation, "di un collega", 0)
    with enter(acme):
        outbound.reply(person=lucia, tenant=acme, conversation_id=conversation, text="Arriva domani.", client_key="k1")
    assert kept(acme, lucia, conversation) == {"note": ("nota a metà", 1), "reply": ("", 2)}
    assert kept(acme, paolo, conversation) == {"reply": ("di un collega", 1)}
    with pytest.raises(Refusal, match="changed in another window, or sent"):
        save(acme, lucia, conversation, "Arriva domani.", 1)
    assert save(acme, lucia, conversation, "E poi?", 2)["revision"] == 3


def test_a_first_save_that_comes_after_the_message_is_turned_away(acme: Tenant, lucia: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    with enter(acme):
        outbound.note(
            person=lucia, tenant=acme, conversation_id=conversation, text="Visto", client_key="k", was_drafted=True
        )
    with pytest.raises(Refusal, match="or sent"):
        save(acme, lucia, conversation, "Visto", 0, mode="note")


def test_no_card_number_is_kept_and_nothing_endless(acme: Tenant, lucia: Person) -> None:
    conversation = say(acme).conversation_id
    save(acme, lucia, conversation, "la carta 4111 1111 1111 1111 ok", 0)
    assert "4111 1111" not in kept(acme, lucia, conversation)["reply"][0]
    with pytest.raises(Refusal) as refused:
        save(acme, lucia, conversation, "x" * 50_000, 1)
    assert refused.value.code == "text_too_long"


def test_another_shops_conversation_takes_no_draft(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    conversation = say(acme).conversation_id
    with pytest.raises(Refusal) as refused:
        save(northlight, lucia, conversation, "Hallo", 0)
    assert refused.value.status == 404
    with enter(northlight):
        assert not Draft.objects.exists()
