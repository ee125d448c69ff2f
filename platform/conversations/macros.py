"""Run a macro: all of its actions or none, by the agent who has the conversation in hand; the thread says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from automation import playbook
from automation.decide import objections
from automation.models import PlaybookItem
from automation.replies import digest_of
from conversations import handing_on, handling, outbound, threads
from conversations.filled import Filler, facts_of, filler_for
from conversations.happenings import add_event
from conversations.ringing import tell_added
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from routing.models import Queue, WorkItem
from tenants.models import Tenant


def run(
    *, person: Person, tenant: Tenant, conversation_id: UUID, item_id: UUID, number: int, text: str, client_key: str
) -> None:
    """Everything that the macro says, in one transaction; a repeated ``client_key`` changes nothing.

    number: the version that the agent saw. text: its reply, made personal; not read where it has none.
    Refuses with not_in_hand, changed_meanwhile, macro_blocked or say_it_yourself, and as each action does; then none
    of it was done.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if threads.said_before(conversation_id, client_key) is not None:
            return
        item = queue.require_in_hand(person, conversation_id)
        version = playbook.in_force(item_id, PlaybookItem.Kind.MACRO, number=number)
        actions = version.body["actions"]
        if against := objections(actions, facts_of(tenant)):
            raise _blocked(against[0])
        filler = filler_for(person=person, tenant=tenant, conversation_id=conversation_id)
        _require_own_words(actions, filler, text)
        did = [action["do"] for action in actions]
        event = add_event(
            conversation,
            "macro_run",
            person=person,
            client_key=client_key,
            macro=version.name,
            number=version.number,
            did=did,
        )
        tell_added(tenant, event)
        for place, action in enumerate(actions):
            _do(action, person=person, tenant=tenant, item=item, text=text, key=f"{client_key[:50]}-m{place}")
        playbook.count_use(version)


def _do(action: Mapping[str, Any], *, person: Person, tenant: Tenant, item: WorkItem, text: str, key: str) -> None:
    conversation_id = item.conversation
    match action["do"]:
        case "reply":
            outbound.reply(
                person=person,
                tenant=tenant,
                conversation_id=conversation_id,
                text=text,
                client_key=key,
                waiting_for_customer=action["wait"],
            )
        case "note":
            outbound.note(
                person=person, tenant=tenant, conversation_id=conversation_id, text=action["text"], client_key=key
            )
        case "put_off":
            until = clock.now() + timedelta(hours=action["hours"])
            handing_on.put_off(person=person, tenant=tenant, item=item, until=until, client_key=key)
        case "transfer":
            queues = Queue.objects.filter(tenant=tenant, code=action["queue"], is_active=True)
            to = queues.values_list("id", flat=True).first() if action["queue"] else None
            skill = action["skill"] or None
            handing_on.hand_on(person=person, tenant=tenant, item=item, queue_id=to, skill=skill, client_key=key)
        case "close":
            handling.close(
                person=person,
                tenant=tenant,
                conversation_id=conversation_id,
                contact_reason=action["reason"],
                client_key=key,
            )


def _require_own_words(actions: list[Mapping[str, Any]], filler: Filler, text: str) -> None:
    """A blank in the text is refused by ``outbound.reply``; a text that had one and was filled is personal enough."""
    reply = next((action for action in actions if action["do"] == "reply"), None)
    if reply is None:
        return
    if digest_of(filler.pick(reply["texts"])[1]) == digest_of(text) and not reply.get("as_is"):
        raise Refusal(
            "say_it_yourself",
            400,
            "This is the macro's reply word by word. Add what only this customer needs to hear; nothing was done.",
            fields={"text": "Make it personal."},
        )


def _blocked(code: str) -> Refusal:
    gone = {"reason_gone": "contact reason", "queue_gone": "queue", "skill_gone": "skill"}[code]
    return Refusal(
        "macro_blocked",
        409,
        f"This macro names a {gone} that the client no longer has. Nothing was done.",
        fields={"actions": code},
    )
