"""A raw mail without card numbers: its texts, HTML bodies, headers and names of files, however they are encoded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import formataddr

from carriers.email_structure import TooComplex, file_name_of, read, text_of
from carriers.email_text import addresses, decode_header
from kernel import cards

log = logging.getLogger(__name__)

# Written by machines for machines; long numbers in them are theirs, and threads hang by some of them.
_MACHINES = frozenset(
    {
        "message-id", "in-reply-to", "references", "received", "date", "return-path", "delivered-to", "dkim-signature",
        "authentication-results", "received-spf", "content-type", "content-transfer-encoding", "content-id",
        "content-disposition", "mime-version", "thread-index", "x-received", "x-original-to", "envelope-to",
        "x-envelope-to", "list-unsubscribe", "feedback-id",
    }
)  # fmt: skip
_MACHINES_BEGIN = (
    "arc-",
    "x-google-",
    "x-gm-",
    "x-ms-",
    "x-microsoft-",
    "x-ses-",
    "x-spam",
    "x-centralita-",
)
_ADDRESSES = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender", "resent-from", "resent-to"})


def redact_mail(payload: bytes, fragments: Collection[str] = ()) -> bytes:
    """The mail without card numbers; the very same bytes where there is none. Never raises."""
    try:
        message = read(payload)
        if not sum([_redact_part(part, fragments) for part in message.walk()]):
            return payload
        return message.as_bytes(unixfrom=False, policy=compat32.clone(max_line_length=0))
    except TooComplex:
        pass
    except Exception as error:  # whatever it is made of: then as plain text
        log.warning("a mail could not be taken apart: %s", type(error).__name__)
    done = cards.redact(payload.decode("utf-8", "surrogateescape"), fragments=fragments)
    return done.text.encode("utf-8", "surrogateescape") if done.count else payload


def _redact_part(part: Message, fragments: Collection[str]) -> int:
    count = _redact_headers(part) + _redact_name(part)
    if part.is_multipart():
        return count + _redact_margins(part)
    if part.get_content_maintype() != "text":
        return count
    written = text_of(part)
    redact = cards.redact_html if part.get_content_subtype() == "html" else cards.redact
    done = redact(written, fragments=fragments)
    if done.count:
        del part["content-transfer-encoding"]
        part.set_payload(done.text, "utf-8")
    return count + done.count


def _redact_headers(part: Message) -> int:
    count = 0
    for name in {str(name) for name, _ in part.raw_items()}:
        lowered = name.lower()
        if lowered in _MACHINES or lowered.startswith(_MACHINES_BEGIN):
            continue
        redact = _redact_addresses if lowered in _ADDRESSES else _redact_words
        count += _replace(part, name, redact)
    return count


def _replace(part: Message, name: str, redact: Callable[[str], tuple[str, int]]) -> int:
    done = [redact(str(value)) for value in part.get_all(name, [])]
    count = sum(removed for _, removed in done)
    if count:
        del part[name]
        for value, _ in done:
            part[name] = value
    return count


def _redact_words(value: str) -> tuple[str, int]:
    done = cards.redact(decode_header(value))
    return (Header(done.text, "utf-8", maxlinelen=0).encode() if done.count else value), done.count


def _redact_addresses(value: str) -> tuple[str, int]:
    """The names; an address is who somebody is, and stays."""
    if not cards.find(decode_header(value)):
        return value, 0
    pairs = [(cards.redact(name), address) for name, address in addresses(value)]
    if not pairs:
        return _redact_words(value)
    return ", ".join(formataddr((name.text, address), "utf-8") for name, address in pairs), 1


def _redact_name(part: Message) -> int:
    done = cards.redact(file_name_of(part))
    if done.count:
        del part["content-disposition"]
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", done.text))
        part.del_param("name")
    return done.count


def _redact_margins(part: Message) -> int:
    """What stands before the first and behind the last part: no reader shows it, and it is stored all the same."""
    count = 0
    for margin in ("preamble", "epilogue"):
        done = cards.redact(getattr(part, margin, None) or "")
        if done.count:
            setattr(part, margin, done.text.encode("ascii", "replace").decode())
            count += done.count
    return count
