"""A plain signed webhook: JSON in, HMAC-SHA256 of the raw body in ``X-Centralita-Signature: sha256=<hex>``.

``{"id", "from": {"address", "name"}, "text", "language"?, "thread"?, "subject"?}``; messages of one
sender with the same ``thread`` make one conversation. Replies are stored and not sent on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from carriers.contract import CarrierRefused, ChannelGroup, Incoming, Outgoing, Refused, Sent
from kernel.errors import Refusal
from tenants.models import Line

SIGNATURE_HEADER = "x-centralita-signature"


class Relay:
    """The channel of shops that bring their own messenger."""

    code = "relay"
    channel = "relay"
    channel_group: ChannelGroup = "chat"
    row_is_delivery = True

    def verify(self, line: Line, headers: Mapping[str, str], body: bytes) -> None:
        if not line.secret or not hmac.compare_digest(
            headers.get(SIGNATURE_HEADER, "").encode(), signature(line.secret, body).encode()
        ):
            raise Refusal("bad_signature", 403, "The signature does not match this body; nothing was stored.")

    def external_id(self, payload: bytes) -> str:
        data = _load(payload)
        found = str(data.get("id") or "") if data else ""
        return found if 0 < len(found) <= 400 and "\0" not in found else hashlib.sha256(payload).hexdigest()

    def parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        data = _load(payload)
        if data is None:
            return Refused(reason="not a JSON object in UTF-8")
        sender = data.get("from")
        if not isinstance(sender, dict) or not _text(sender, "address").strip():
            return Refused(reason="from.address is missing")
        if not _text(data, "text").strip():
            return Refused(reason="text is empty")
        thread = _text(data, "thread")
        return [
            Incoming(
                external_id=self.external_id(payload),
                channel=self.channel,
                sender_kind="handle",
                sender_address=_text(sender, "address")[:254],
                sender_name=_text(sender, "name"),
                text=_text(data, "text"),
                subject=_text(data, "subject"),
                language_hint=_text(data, "language"),
                headers={"thread": thread[:200]} if thread else {},
            )
        ]

    def name_of(self, line: Line, outgoing: Outgoing) -> str:
        return ""

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        raise CarrierRefused("a relay message is delivered by its row")


def signature(secret: str, body: bytes) -> str:
    """What the sender puts into the signature header."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _load(payload: bytes) -> dict[str, Any] | None:
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


relay = Relay()
