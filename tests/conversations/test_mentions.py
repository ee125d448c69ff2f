"""Notes stay in the house; a colleague who is named in one is told, and may answer by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from conversations import mentioning, outbound, reading
from conversations.models import Message
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Accreditation, Person
from routing.models import AgentState
from tenants.models import Tenant
from tests.conversations.shoppers import chat, say, take_in_hand

pytestmark = pytest.mark.django_db

SECRET = "Cliente difficile, @Paolo P. puoi guardare?"


def note(
    tenant: Tenant, person: Person, conversation: UUID, *named: Person, text: str = SECRET, **more: Any
) -> Message:
    terms = {"client_key": f"n-{person.id}", **more}
    with enter(tenant):
        return outbound.note(
            person=person,
            tenant=tenant,
            conversation_id=conversation,
            text=text,
            mentions=[one.id for one in named],
            **terms,
        )


def test_who_is_named_is_told_and_finds_the_note(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    before = AgentState.objects.get(pk=paolo.pk).feed_seq
    made = note(acme, lucia, conversation, paolo)
    assert made.event == {"mentions": [{"id": str(paolo.id), "name": paolo.name}]}
    assert AgentState.objects.get(pk=paolo.pk).feed_seq == before + 1
    found = mentioning.mentions_of(paolo)
    assert found["unread"] == 1
    [mention] = found["mentions"]
    assert (mention["text"], mention["by"], mention["conversation"]) == (SECRET, lucia.name, conversation)
    assert (mention["tenant"].id, mention["is_unread"]) == (acme.id, True)
    assert mentioning.mentions_of(lucia) == {"unread": 0, "mentions": []}


def test_whoever_looked_has_seen_it(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    note(acme, lucia, conversation, paolo)
    assert mentioning.note_seen(person=lucia, tenant=acme, conversation_id=conversation) == 0
    assert mentioning.note_seen(person=paolo, tenant=acme, conversation_id=conversation) == 1
    assert mentioning.note_seen(person=paolo, tenant=acme, conversation_id=conversation) == 0
    found = mentioning.mentions_of(paolo)
    assert (found["unread"], [each["is_unread"] for each in found["mentions"]]) == (0, [False])


def test_only_who_may_see_the_conversation_is_named(acme: Tenant, lucia: Person, jens: Person, sofia: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    with pytest.raises(Refusal) as refused:
        note(acme, lucia, conversation, jens)
    assert refused.value.code == "not_a_colleague"
    with enter(acme):
        assert not Message.objects.filter(direction="note").exists()
    note(acme, lucia, conversation, sofia)
    assert (mentioning.mentions_of(jens)["unread"], mentioning.mentions_of(sofia)["unread"]) == (0, 1)


def test_a_grant_that_ended_takes_the_mentions_along(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    note(acme, lucia, conversation, paolo)
    Accreditation.objects.filter(person=paolo, tenant=acme).delete()
    assert mentioning.mentions_of(paolo) == {"unread": 0, "mentions": []}


def test_who_was_named_may_answer_by_a_note_and_nobody_else(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person
) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    with pytest.raises(Refusal, match="not in your hands"):
        note(acme, paolo, conversation, text="Ci penso io")
    note(acme, lucia, conversation, paolo)
    assert note(acme, paolo, conversation, text="Ci penso io").person_id == paolo.id
    elsewhere = say(acme, chat(who="visitor-2")).conversation_id
    with pytest.raises(Refusal, match="not in your hands"):
        note(acme, paolo, elsewhere, text="Anche qui?", client_key="x")


def test_a_repeated_note_tells_once(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    assert note(acme, lucia, conversation, paolo).id == note(acme, lucia, conversation, paolo).id
    assert mentioning.mentions_of(paolo)["unread"] == 1


def test_a_note_is_not_among_what_shoppers_and_clients_see(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    made = note(acme, lucia, conversation, paolo)
    with enter(acme):
        outside = reading.shown_to_shopper(conversation, link=lambda file: "")
        inside = reading.messages_since(conversation, link=lambda file: "")
        previews = reading.previews({conversation: 0})
    assert made.seq not in {each["seq"] for each in outside} and "difficile" not in str(outside) + str(previews)
    assert SECRET in {each["text"] for each in inside}
