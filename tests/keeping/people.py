"""A person with a life on every channel, whose every word carries a token; and a search for the token everywhere."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg import sql

from carriers.contract import IncomingFile
from conversations import drafting, handling, holding, inbound, outbound
from conversations.composing_models import HeldReply, Peek
from conversations.models import ContactReason, Conversation, Message
from conversations.receipts import accept_and_take_in, quarantine
from customers.models import Customer
from customers.recognise import add_identity
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from tenants.models import Tenant
from tests.conversations.shoppers import PNG, chat, line_of, relay_body, say, take_in_hand
from tests.quality.test_evaluating import ANSWERS


@dataclass
class Life:
    """token: in every text of theirs. conversations: by channel, all closed."""

    tenant: Tenant
    token: str
    customer: UUID
    conversations: dict[str, UUID]
    letter: bytes
    mail_id: str

    @property
    def address(self) -> str:
        return f"{self.token}@post.example"


def live(tenant: Tenant, agent: Person, supervisor: Person, client: Client | None = None) -> Life:
    """Mail with a file, chat, form, relay and a quarantined payload; answered, noted, closed and evaluated."""
    token = "tk" + uuid4().hex[:16].translate(str.maketrans("0123456789", "ghijklmnop"))  # no digits: no card
    address = f"{token}@post.example"
    letter = _letter(tenant, token, address)
    mail_id = f"<{token}@post.example>"
    first = _mail_in(tenant, letter, mail_id)
    customer = _customer_of(tenant, first)
    with enter(tenant):
        add_identity(customer_id=customer, kind="widget", address=f"widget-{token}")
        add_identity(customer_id=customer, kind="handle", address=f"@{token}")
    relay = line_of(tenant, "relay")
    body = relay_body(f"Ancora io, {token}", sender=f"@{token}", thread=f"t-{token}")
    accept_and_take_in(line=relay, external_id=json.loads(body)["id"], payload=body)
    said = {
        "email": first,
        "webchat": say(tenant, chat(f"Ciao, sono {token}", who=f"widget-{token}", sender_name=f"Anna {token}")),
        "form": _form(tenant, token, address),
        "relay": _message_with(tenant, "relay", token),
    }
    _leave_broken(tenant, letter, token)
    for channel, message in said.items():
        _work_through(tenant, message, agent, supervisor, token, channel)
    return Life(tenant, token, customer, {name: each.conversation_id for name, each in said.items()}, letter, mail_id)


def traces_of(*tokens: str) -> list[str]:
    """Each place where a token is found: ``schema.table`` for rows (text, JSON and bytes), or a file's path."""
    found = [f"{schema}.{table}" for schema, table in _tables() for token in tokens if _rows_with(schema, table, token)]
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if path.is_file() and any(token.encode() in path.name.encode() + path.read_bytes() for token in tokens):
            found.append(str(path))
    return found


def _rows_with(schema: str, table: str, token: str) -> int:
    # A row as text shows bytes in hexadecimal digits.
    query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ILIKE %s OR t::text ILIKE %s").format(
        sql.Identifier(schema, table)
    )
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(None), [f"%{token}%", f"%{token.encode().hex()}%"])
        return int(cursor.fetchone()[0])


def _tables() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return sorted(cursor.fetchall())


def _leave_broken(tenant: Tenant, letter: bytes, token: str) -> None:
    """Payloads that became no message: one that says who sent it, and one whose every line is encoded."""
    wrapped = b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(letter)
    for number, payload in enumerate((b"\xff\0From: " + letter, wrapped)):
        quarantine(
            line=line_of(tenant, "email"), external_id=f"<broken-{number}-{token}>", payload=payload, error=token
        )


def _letter(tenant: Tenant, token: str, address: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"Anna {token} <{address}>", line_of(tenant, "email").address
    message["Subject"], message["Message-ID"] = f"Ordine di {token}", f"<{token}@post.example>"
    message.set_content(f"Buongiorno, sono {token} e vorrei sapere dov'è il mio ordine.")
    message.add_alternative(f"<p>Buongiorno, sono <b>{token}</b></p>", subtype="html")
    message.add_attachment(PNG + token.encode(), maintype="image", subtype="png", filename=f"{token}.png")
    return message.as_bytes()


def _mail_in(tenant: Tenant, letter: bytes, mail_id: str) -> Message:
    receipt = accept_and_take_in(line=line_of(tenant, "email"), external_id=mail_id, payload=letter)
    with enter(tenant):
        receipt.refresh_from_db()
        assert receipt.message is not None, receipt.error
        return receipt.message


def _form(tenant: Tenant, token: str, address: str) -> Message:
    incoming = chat(f"Dal modulo, {token}", who=address, sender_name=f"Anna {token}", channel="form",
                    sender_kind="email", order_number=f"N-{token}", subject=f"Reso {token}")  # fmt: skip
    with enter(tenant):
        return inbound.receive_once(tenant=tenant, line=line_of(tenant, "form"), incoming=incoming, key=f"form:{token}")


def _message_with(tenant: Tenant, channel: str, token: str) -> Message:
    with enter(tenant):
        return Message.objects.filter(channel=channel, text__contains=token).order_by("-created_at")[0]


def _customer_of(tenant: Tenant, message: Message) -> UUID:
    with enter(tenant):
        return Customer.objects.get(conversations=message.conversation_id).pk


def _leave_unsent(terms: dict[str, Any], token: str) -> None:
    """A draft, a reply that was held back with a file, and what the shopper typed last."""
    file = IncomingFile(name=f"{token}.png", content_type="image/png", content=PNG)
    then = clock.now() + timedelta(days=1)
    holding.hold(**terms, text=f"Domani, {token}", client_key=f"h-{token}", attachments=(file,), send_at=then)
    HeldReply.objects.filter(conversation=terms["conversation_id"]).update(state=HeldReply.State.CANCELLED)
    drafting.save_draft(**terms, mode="reply", text=f"Gentile {token}, an", revision=2)
    Peek.objects.create(conversation_id=terms["conversation_id"], text=f"e poi {token}", typed_at=clock.now())


def _work_through(
    tenant: Tenant, message: Message, agent: Person, supervisor: Person, token: str, channel: str
) -> None:
    from quality.evaluating import evaluate

    talk = message.conversation_id
    take_in_hand(talk, agent)
    with enter(tenant):
        reason = ContactReason.objects.order_by("code")[0].code
        terms: dict[str, Any] = {"person": agent, "tenant": tenant, "conversation_id": talk}
        outbound.note(**terms, text=f"Nota su {token}", client_key=f"n-{token}-{channel}")
        outbound.reply(**terms, text=f"Gentile {token}, eccolo.", client_key=f"r-{token}-{channel}")
        _leave_unsent(terms, token)
        Message.objects.filter(conversation=talk).update(delivery_error=f"550 {token} unknown")
        handling.close(**terms, contact_reason=reason, note=f"chiuso per {token}")
    item = WorkItem.objects.get(conversation=talk)
    if item.state == WorkItem.State.WRAP_UP:
        queue.end_wrap_up(person=agent, work_item_id=item.id)
    with enter(tenant):
        evaluate(
            person=supervisor, tenant=tenant, conversation_id=talk, work_item=item.id, answers=ANSWERS,
            comments={"voice": f"Said “{token}” twice."}, summary=f"About {token}",
        )  # fmt: skip
        Conversation.objects.filter(pk=talk).update(order_number=f"N-{token}")
