"""Shoppers, lines and agents for the tests of conversations."""

from __future__ import annotations

import json
import unicodedata
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from PIL import Image

from carriers.contract import Incoming, IncomingFile
from carriers.relay import signature
from conversations import inbound
from conversations.models import Conversation, Message
from kernel.links import files_origin
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from tenants.models import Line, Tenant


def picture(kind: str = "PNG", size: tuple[int, int] = (3, 2), mode: str = "RGB", **more: Any) -> bytes:
    """A real one, in one colour."""
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


PNG = picture()
EXE = b"MZ" + b"\0" * 200
OWN_NAUGHTY = [
    "",
    "\0",
    "a\0b",
    "\ud800",
    "Ω≈ç√∫˜µ",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "\u202etest",
    "👩‍👩‍👦",
    "\r\n\t",
]
SECRET = "relay-secret"


def naughty_strings() -> list[str]:
    path = Path(settings.ROOT).parent / "shared" / "data" / "naughty_strings.json"
    if not path.exists():
        warnings.warn("shared/data/naughty_strings.json is absent: using this project's own short list", stacklevel=2)
        return OWN_NAUGHTY
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return [*found, *OWN_NAUGHTY]


def line_of(tenant: Tenant, carrier: str = "webchat") -> Line:
    if carrier == "relay":
        found, _ = Line.objects.get_or_create(
            carrier="relay",
            address=f"relay@{tenant.slug}",
            defaults={"tenant": tenant, "token": f"relay-{tenant.slug}", "secret": SECRET},
        )
        return Line.objects.select_related("tenant").get(pk=found.pk)
    return Line.objects.select_related("tenant").get(tenant=tenant, carrier=carrier)


def chat(
    text: str = "Ciao, dov'è il mio ordine? Non è ancora arrivato.", *, who: str = "visitor-1", **more: Any
) -> Incoming:
    terms: dict[str, Any] = {
        "external_id": "", "channel": "webchat", "sender_kind": "widget", "sender_address": who,
        "sender_name": "", "text": text, "client_key": str(uuid4()), **more,
    }  # fmt: skip
    return Incoming(**terms)


def mail(
    text: str = "Buongiorno, vorrei sapere dov'è il mio ordine.", *, who: str = "maria@example.com", **more: Any
) -> Incoming:
    terms: dict[str, Any] = {
        "external_id": f"<{uuid4()}@example.com>", "channel": "email", "sender_kind": "email", "sender_address": who,
        "sender_name": "Maria G.", "text": text, "subject": "Ordine", **more,
    }  # fmt: skip
    return Incoming(**terms)


def say(tenant: Tenant, incoming: Incoming | None = None) -> Message:
    """One message through the use case; by chat or mail as the incoming says."""
    incoming = incoming or chat()
    carrier = {"webchat": "webchat", "email": "email", "relay": "relay", "form": "form"}[incoming.channel]
    with enter(tenant):
        return inbound.receive(tenant=tenant, line=line_of(tenant, carrier), incoming=incoming)


def conversation_of(tenant: Tenant, message: Message) -> Conversation:
    with enter(tenant):
        return Conversation.objects.get(pk=message.conversation_id)


def counts(tenant: Tenant) -> tuple[int, int]:
    """(conversations, messages) of a shop."""
    with enter(tenant):
        return Conversation.objects.count(), Message.objects.count()


def take_in_hand(conversation_id: UUID, person: Person) -> WorkItem:
    """The agent is offered the conversation and accepts."""
    queue.set_status(person=person, status="available")
    item = queue.open_item(conversation_id)
    assert item is not None
    assert queue.offer(work_item_id=item.id, agent_id=person.pk) == queue.Outcome.MADE
    return queue.accept(person=person, work_item_id=item.id)


def relay_body(text: str = "Ciao, dov'è il mio pacco?", *, sender: str = "@maria", **more: Any) -> bytes:
    data = {"id": str(uuid4()), "from": {"address": sender, "name": "Maria"}, "text": text, **more}
    return json.dumps(data).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-centralita-signature": signature(secret, body)}


def png(name: str = "photo.png", claimed: str = "image/png") -> IncomingFile:
    return IncomingFile(name=name, content_type=claimed, content=PNG)


def fetch(url: str) -> Any:
    """A signed link, opened at the host of files by nobody in particular."""
    assert url.startswith(files_origin())
    return Client(headers={"host": settings.FILES_HOST}).get(url.removeprefix(files_origin()))


class Visitor:
    """A shopper's browser at a shop's host."""

    def __init__(self, client: Client, tenant: Tenant, token: str | None = None) -> None:
        self.client = client
        self.token = token or self._open(tenant)

    def _open(self, tenant: Tenant) -> str:
        answer = self.client.post(
            "/api/widget/session", {"key": line_of(tenant).token}, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        return str(answer.json()["token"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Widget {self.token}"}

    def say(self, text: str = "Ciao, dov'è il mio ordine?", **more: Any) -> Any:
        data = {"text": text, "client_key": str(uuid4()), "language": "it", **more}
        return self.client.post("/api/widget/messages", data, content_type="application/json", headers=self.headers)

    def send_files(self, *files: Any, text: str = "ecco", **more: Any) -> Any:
        data = {"text": text, "client_key": str(uuid4()), "language": "it", "files": list(files), **more}
        return self.client.post("/api/widget/messages", data, headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/widget/{path}", headers=self.headers)

    def post(self, path: str) -> Any:
        return self.client.post(f"/api/widget/{path}", {}, content_type="application/json", headers=self.headers)


def shows_something(text: str) -> bool:
    """Whether anybody would see a mark on their screen."""
    return any(unicodedata.category(each) not in ("Cc", "Cf", "Zs", "Zl", "Zp") for each in text)
