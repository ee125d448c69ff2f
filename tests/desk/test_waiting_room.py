"""Shoppers who wait are told where they stand over their own sockets, and nothing of anybody else's line."""

from __future__ import annotations

import json
from typing import Any

from websockets.sync.client import ClientConnection

from people.models import Person
from routing import queue
from routing.models import AgentState, Queue, WorkItem, Workload
from tenants.models import Tenant
from tests.conversations.shoppers import take_in_hand
from tests.conversations.test_live_doors import Widget, next_of, silent
from tests.live_stack import LiveStack


def standing_of(browser: ClientConnection) -> tuple[int, str, int]:
    told = next_of(browser, "wait.changed")
    assert set(told) <= {"type", "tenant", "conversation", "position", "kind", "minutes", "is_long"}
    return told["position"], told["kind"], told.get("minutes", 0)


def busy(person: Person, tenant: Tenant, language: str, seconds: float) -> None:
    """At work with full hands; such work takes that long."""
    queue.set_status(person=person, status="available")
    AgentState.objects.filter(pk=person.pk).update(load=4)
    chats = Queue.objects.get(tenant=tenant, code="chat")
    Workload.objects.update_or_create(
        queue=chats, channel="webchat", language=language, defaults={"handle_seconds": seconds, "agents": 1}
    )


def asked(widget: Widget) -> dict[str, Any]:
    answer = widget.door.get("/api/widget/conversation", headers={"Authorization": f"Widget {widget.token}"})
    found: dict[str, Any] = answer.json()
    return found


def test_the_line_moves_for_its_own_shoppers_alone(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, paolo: Person, jens: Person
) -> None:
    busy(paolo, acme, "it", 720)
    first, second, stranger = Widget(live_stack, acme), Widget(live_stack, acme), Widget(live_stack, northlight)
    ahead = first.say("Ciao, dov'è il mio ordine? Non è ancora arrivato.")
    second.say("Buongiorno, vorrei sapere dov'è il mio ordine.")
    stranger.say("Guten Tag, wo ist meine Bestellung? Sie ist noch nicht da.")
    with second.socket() as browser, stranger.socket() as elsewhere:
        # Four places of twelve minutes: one is free every three.
        assert standing_of(browser) == (2, "about", 6)
        # Nobody who speaks German is at work: how long cannot be said.
        assert standing_of(elsewhere) == (1, "unknown", 0)
        left = first.door.post("/api/widget/leave", headers={"Authorization": f"Widget {first.token}"})
        assert left.status_code == 200
        assert standing_of(browser) == (1, "about", 3)
        assert WorkItem.objects.get(conversation=ahead["conversation"]).state == "abandoned"
        assert silent(elsewhere, 1.5)
    whole = asked(second)
    assert (whole["position"], whole["wait"]) == (1, {"kind": "about", "minutes": 3})


def test_who_is_taken_is_told_so_and_waits_no_more(live_stack: LiveStack, acme: Tenant, paolo: Person) -> None:
    widget = Widget(live_stack, acme)
    said = widget.say("Ciao, dov'è il mio ordine? Non è ancora arrivato.")
    with widget.socket() as browser:
        assert standing_of(browser)[0] == 1
        take_in_hand(said["conversation"], paolo)
        next_of(browser, "conversation.changed")
        # What was looked up a moment before may still come; then nothing more does.
        while not silent(browser, 1.5):
            pass
        assert (asked(widget)["position"], asked(widget)["wait"]) == (None, None)
        queue.set_status(person=paolo, status="break")
        item = queue.open_item(said["conversation"])
        assert item is not None
        queue.requeue(work_item_id=item.id, reason="agent_lost")
        assert standing_of(browser)[:2] == (1, "unknown")


def test_a_socket_opened_before_the_first_word_hears_its_place(live_stack: LiveStack, acme: Tenant) -> None:
    widget = Widget(live_stack, acme)
    with widget.socket() as browser:
        next_of(browser, "hello")
        widget.say("Ciao, dov'è il mio ordine?")
        browser.send(json.dumps({"type": "look"}))
        assert standing_of(browser)[0] == 1
