"""What leads an answer back to its conversation: signed reply addresses, and Message-IDs that prove to be ours.

A token names a conversation of one tenant and carries 80 bits of HMAC-SHA256. It stands in the local part of an
address, so it is base32 in lower case (RFC 4648 §6), which survives programs that change the case.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

THREAD_REFS_MAX = 30
LOCAL_PART_MAX = 64

_MAC_BYTES = 10
_TOKEN_LENGTH = 42
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,398}>")
_OUR_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})\.([a-z2-7]{16})@[^<>\s@]{1,255}>", re.IGNORECASE)
_CASE_NUMBER = re.compile(r"\[([A-Z0-9]{2}-\d{1,12})\]")


def reply_address(line_address: str, tenant_id: UUID, conversation_id: UUID) -> str:
    """``help+<token>@shop.example``; the plain address when the local part would be too long for mail servers."""
    local, _, domain = line_address.partition("@")
    signed = f"{local}+{token_for(tenant_id, conversation_id)}"
    return f"{signed}@{domain}" if len(signed) <= LOCAL_PART_MAX else line_address


def token_for(tenant_id: UUID, conversation_id: UUID) -> str:
    return _encode(conversation_id.bytes + _macs("reply", tenant_id, conversation_id)[0])


def conversation_of(token: str, tenant_id: UUID) -> UUID | None:
    """The conversation that a token proves, in any case; None for a forged one and for another tenant's."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    conversation_id = UUID(bytes=raw[:16])
    return conversation_id if _is_signed(raw[16:], "reply", tenant_id, conversation_id) else None


def conversation_in(raw_headers: Iterable[str], line_address: str, tenant_id: UUID) -> UUID | None:
    """The first conversation that a signed address of this line in these headers proves."""
    local, _, domain = line_address.partition("@")
    own = rf"{re.escape(local)}\+([a-z2-7]{{{_TOKEN_LENGTH}}})@{re.escape(domain)}"
    shape = re.compile(rf"(?<![^\s<,;:\"(]){own}(?![\w.-])", re.IGNORECASE)
    tokens = (found[1] for header in raw_headers for found in shape.finditer(header))
    return next((known for token in tokens if (known := conversation_of(token, tenant_id))), None)


def message_id(message: UUID, tenant_id: UUID, line_address: str) -> str:
    """The Message-ID of one of our messages: repeatable, and known as ours without a look-up."""
    mac = _encode(_macs("message", tenant_id, message)[0])
    return f"<{message.hex}.{mac}@{line_address.partition('@')[2]}>"


def is_ours(mail_id: str, tenant_id: UUID) -> bool:
    """Whether we gave this Message-ID, for this tenant."""
    found = _OUR_MESSAGE_ID.fullmatch(mail_id)
    if found is None:
        return False
    return _is_signed(base64.b32decode(found[2].upper()), "message", tenant_id, UUID(hex=found[1]))


def ids_in(*raw_headers: str) -> list[str]:
    """Message-IDs in their order, with their angle brackets, each once."""
    return list(dict.fromkeys(found for header in raw_headers for found in _MESSAGE_ID.findall(header)))


def thread_refs(in_reply_to: str, references: str) -> tuple[str, ...]:
    """Ids of earlier mails, newest first."""
    answered, older = ids_in(in_reply_to), ids_in(references)
    return tuple(dict.fromkeys([*answered, *reversed(older)]))[:THREAD_REFS_MAX]


def case_number_in(subject: str) -> str:
    """The case number that a subject names (``[AC-1042]``): a hint, which proves nothing."""
    found = _CASE_NUMBER.search(subject[:1000])
    return found[1] if found else ""


def belongs_to(address: str, line_address: str) -> bool:
    """Whether an address is the line's own, with or without something after a plus."""
    local, _, domain = address.lower().partition("@")
    own_local, _, own_domain = line_address.lower().partition("@")
    return domain == own_domain and (local == own_local or local.startswith(f"{own_local}+"))


def _macs(purpose: str, tenant_id: UUID, subject: UUID) -> list[bytes]:
    """One for each secret in force, the present one first."""
    content = purpose.encode() + tenant_id.bytes + subject.bytes
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(b"carriers.email" + str(secret).encode()).digest() for secret in secrets]
    return [hmac.new(key, content, hashlib.sha256).digest()[:_MAC_BYTES] for key in keys]


def _is_signed(mac: bytes, purpose: str, tenant_id: UUID, subject: UUID) -> bool:
    return any(hmac.compare_digest(mac, known) for known in _macs(purpose, tenant_id, subject))


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
