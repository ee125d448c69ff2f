"""What every channel has in common: plain data in, plain data out.

A carrier verifies, parses and sends. It opens no transaction, writes no conversation and knows no
customer: ``conversations.inbound`` and ``conversations.outbound`` drive it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from tenants.models import Line

SenderKind = Literal["email", "widget", "handle"]
ChannelGroup = Literal["chat", "mail"]
SentState = Literal["sent", "delivered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file as it came; ``content_type`` is what the sender claims, never what is believed."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message of a shopper, whatever it came on.

    external_id: the carrier's own id of the message, unique on its line (mail: Message-ID, or what stands for it).
    sender_kind, sender_address: the identity; they name a customer and grant nothing.
    language_hint: what the channel knows (the widget's page language), ISO 639-1, or empty.
    thread_refs: ids of earlier messages, newest first (mail: In-Reply-To and References).
    conversation_id: set only when the carrier proved it (a signed reply address, a widget token).
    is_automatic: sent by a machine (auto-replies, bounces): stored, and never answered automatically.
    headers: what a screen may show (subject, from, to); JSON.
    client_key: the sender's own key; a repeat is the same message.
    """

    external_id: str
    channel: str
    sender_kind: SenderKind
    sender_address: str
    sender_name: str
    text: str
    html: str = ""
    subject: str = ""
    language_hint: str = ""
    category: str = ""
    order_number: str = ""
    files: tuple[IncomingFile, ...] = ()
    thread_refs: tuple[str, ...] = ()
    conversation_id: UUID | None = None
    is_automatic: bool = False
    headers: Mapping[str, object] = field(default_factory=dict)
    client_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A payload that holds no message to take in; ``reason`` is stored on its receipt (``mail_loop: …``).

    failed_external_id: the id of a message of ours that this payload reports as not delivered (a bounce), or empty.
    """

    reason: str
    failed_external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to a shopper.

    tenant_id: for signing what leads back (the reply address); ids only.
    to: the shopper's address on this channel (mail: several, with ", " between); cc: who gets a copy (mail).
    in_reply_to: the carrier's id of the message answered, or empty; references: older ids, oldest first.
    is_automatic: said by the system (mail: ``Auto-Submitted: auto-replied``).
    """

    message_id: UUID
    conversation_id: UUID
    tenant_id: UUID
    case_number: str
    channel: str
    line_address: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    in_reply_to: str
    references: tuple[str, ...]
    alias: str
    shop_name: str
    files: tuple[OutgoingFile, ...] = ()
    is_automatic: bool = False
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The carrier has it. ``external_id``: its own id of the message (mail: the Message-ID sent)."""

    external_id: str
    state: SentState = "sent"


class CarrierDown(Exception):
    """Nothing was sent; with ``retry`` it may be tried again later."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.retry = retry


class CarrierRefused(Exception):
    """The carrier will never take this message (no such address, too big)."""


class OutcomeUnknown(Exception):
    """It may have been sent: never repeated without a person."""


@runtime_checkable
class Carrier(Protocol):
    """One adapter per channel; ``code`` is ``Line.carrier``."""

    @property
    def code(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def channel_group(self) -> ChannelGroup: ...

    @property
    def row_is_delivery(self) -> bool:
        """True where storing a reply delivers it (webchat): nothing is sent, ``send`` is not called."""

    def verify(self, line: Line, headers: Mapping[str, str], body: bytes) -> None:
        """Check the carrier's signature (header names in lower case); Refusal bad_signature 403."""

    def external_id(self, payload: bytes) -> str:
        """The carrier's own id of a raw payload, to store it once; never raises."""

    def parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        """What a raw payload says. Pure: no database, no network."""

    def name_of(self, line: Line, outgoing: Outgoing) -> str:
        """The id that the carrier will know it by, where it is ours to choose: the same at each attempt (mail:
        Message-ID). Else empty."""

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        """Hand over, or raise CarrierDown, CarrierRefused or OutcomeUnknown. Called outside any transaction."""
