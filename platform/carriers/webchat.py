"""The shop's own chat widget: it speaks to our API, so nothing is signed, parsed or sent here."""

from __future__ import annotations

from collections.abc import Mapping

from carriers.contract import CarrierRefused, ChannelGroup, Incoming, Outgoing, Refused, Sent
from kernel.errors import Refusal
from tenants.models import Line


class Webchat:
    """Messages arrive through the widget's API under a signed token; a stored reply is a delivered reply."""

    code = "webchat"
    channel = "webchat"
    channel_group: ChannelGroup = "chat"
    row_is_delivery = True

    def verify(self, line: Line, headers: Mapping[str, str], body: bytes) -> None:
        raise Refusal("no_webhook", 404, "The chat widget has no webhook; use the widget's API.")

    def external_id(self, payload: bytes) -> str:
        return ""

    def parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        return Refused(reason="webchat has no raw payloads")

    def name_of(self, line: Line, outgoing: Outgoing) -> str:
        return ""

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        raise CarrierRefused("a webchat message is delivered by its row")


webchat = Webchat()
