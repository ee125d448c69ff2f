"""The shop's contact form: taken in by our API, answered by mail."""

from __future__ import annotations

from collections.abc import Mapping

from carriers.contract import CarrierRefused, ChannelGroup, Incoming, Outgoing, Refused, Sent
from kernel.errors import Refusal
from tenants.models import Line


class Form:
    """Nothing can be sent to a form: answers leave by the shop's mail line."""

    code = "form"
    channel = "form"
    channel_group: ChannelGroup = "mail"
    row_is_delivery = False

    def verify(self, line: Line, headers: Mapping[str, str], body: bytes) -> None:
        raise Refusal("no_webhook", 404, "The contact form has no webhook; use the form's API.")

    def external_id(self, payload: bytes) -> str:
        return ""

    def parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        return Refused(reason="the form has no raw payloads")

    def name_of(self, line: Line, outgoing: Outgoing) -> str:
        return ""

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        raise CarrierRefused("this shop has no mail line to answer a form from")


form = Form()
