"""Whether a raw payload names an address, however its carrier wrapped the words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message


def mentions(payload: bytes, addresses: Sequence[str]) -> bool:
    """Any of the addresses, in any case: in bytes, in a mail's decoded parts and headers, in JSON."""
    wanted = [address.encode("utf-8", "replace").lower() for address in addresses]
    return any(name in told for told in _tellings(payload) for name in wanted)


def _tellings(payload: bytes) -> Iterator[bytes]:
    yield payload.lower()
    try:
        yield json.dumps(json.loads(payload), ensure_ascii=False).encode("utf-8", "replace").lower()
        return
    except (ValueError, RecursionError):
        pass
    try:
        yield from _told_by_mail(message_from_bytes(payload))
    except (MessageError, ValueError, LookupError, RecursionError):
        return


def _told_by_mail(mail: Message) -> Iterator[bytes]:
    for part in mail.walk():
        for _, value in part.items():
            try:
                yield str(make_header(decode_header(str(value)))).encode("utf-8", "replace").lower()
            except (MessageError, ValueError, LookupError):
                continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.lower()
