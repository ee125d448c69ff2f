"""The parts of a mail: MIME as it should be and as it is met, within bounds of size, depth and time."""

from __future__ import annotations

import binascii
import mimetypes
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32

from carriers.contract import IncomingFile
from carriers.email_text import as_bytes, decode, decode_base64, decode_header

PARTS_MAX = 200
HEADER_MAX = 16_000
HEADERS_MAX = 500
# Each line is compared with each boundary that is open around it.
WORK_MAX = 12_000_000
LINES_MAX = 600_000

_TEXTS = frozenset({"text/plain", "text/enriched", "text/richtext"})
# Proofs and doubles that say nothing to an agent.
_SILENT = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/x-amp-html"}
)
_ENCODING = re.compile(r"[a-z0-9-]+")


class TooComplex(Exception):
    """A structure that would take too long, or that never ends."""


@dataclass(slots=True)
class Parts:
    """What a mail holds: texts and HTML bodies in their order, and files."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)


class _Bounded(Compat32):
    """Headers are cut as they are read: the parsers of their parameters take quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name[:200], value[:HEADER_MAX]

    def header_fetch_parse(self, name: str, value: str) -> str:
        """As it came: 8-bit names of files are decoded by us, not replaced."""
        return value


_POLICY = _Bounded()


def read(payload: bytes) -> Message:
    """The mail as a tree; TooComplex when reading it would take too long."""
    lowered = payload.lower()
    lines = payload.count(b"\n") + payload.count(b"\r") - payload.count(b"\r\n")
    depth = lowered.count(b"boundary") + lowered.count(b"message/")
    if depth > PARTS_MAX or lines > LINES_MAX or lines * (depth + 1) > WORK_MAX:
        raise TooComplex("too many lines or parts")
    try:
        return BytesParser(policy=_POLICY).parsebytes(payload)
    except (RecursionError, MessageError, ValueError, TypeError, LookupError, AssertionError) as error:
        raise TooComplex(f"unreadable structure ({type(error).__name__})") from error


def headers_of(payload: bytes) -> Message:
    """The headers alone, for a look before the whole is read; never raises."""
    head = payload[: HEADER_MAX * 8]
    end = min((at for at in (head.find(b"\n\n"), head.find(b"\n\r\n")) if at >= 0), default=len(head))
    try:
        return BytesParser(policy=_POLICY).parsebytes(head[:end], headersonly=True)
    except Exception:  # whatever it is, it has no headers
        return Message()


def raw_values(message: Message, *names: str) -> list[str]:
    """The raw values of these headers, each name's occurrences in their order."""
    pairs = [(name.lower(), str(value)) for name, value in list(message.raw_items())[:HEADERS_MAX]]
    return [value for wanted in names for name, value in pairs if name == wanted.lower()]


def raw_value(message: Message, name: str) -> str:
    """The first raw value that is not empty, or empty."""
    return next((value for value in raw_values(message, name) if value.strip()), "")


def parts_of(message: Message) -> Parts:
    """Sort the leaves into texts, HTML bodies and files."""
    parts = Parts()
    for leaf in _leaves(message):
        kind = _kind(leaf)
        name = file_name_of(leaf)
        if kind in _SILENT:
            continue
        if name or _is_attached(leaf) or not (kind in _TEXTS or kind == "text/html"):
            content = _as_file(leaf)
            if content:
                parts.files.append(IncomingFile(name=name or _name_for(kind), content_type=kind, content=content))
        elif kind == "text/html":
            parts.htmls.append(text_of(leaf))
        else:
            parts.texts.append(text_of(leaf))
    return parts


def text_of(leaf: Message) -> str:
    """A leaf's text, decoded as well as can be."""
    return decode(content_of(leaf), _parameter(leaf, "charset"))


def content_of(leaf: Message) -> bytes:
    """A leaf's bytes; an encoding that nobody knows, or that lies, leaves them as they are."""
    payload = leaf.get_payload()
    raw = as_bytes(payload) if isinstance(payload, str) else b""
    found = _ENCODING.search(raw_value(leaf, "content-transfer-encoding").lower())
    encoding = found[0] if found else ""
    try:
        if encoding == "quoted-printable":
            return quopri.decodestring(raw)
        if encoding == "base64":
            return decode_base64(raw)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _decode_uu(raw)
    except (binascii.Error, ValueError):
        pass
    return raw


def is_leaf(part: Message) -> bool:
    return not part.is_multipart() or _kind(part).startswith("message/")


def _leaves(message: Message) -> Iterator[Message]:
    """Depth first, in the order of the mail; forwarded mails are leaves."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > PARTS_MAX:
            raise TooComplex("too many parts")
        if is_leaf(part):
            yield part
        else:
            waiting.extend(reversed(_children(part)))


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _kind(part: Message) -> str:
    try:
        kind = part.get_content_type()
    except Exception:  # a header that cannot be taken apart
        return "text/plain"
    # A multipart without a usable boundary was read as one text.
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except Exception:  # RFC 2231 pieces that do not fit together
        return ""
    return str(value[2] if isinstance(value, tuple) else value or "")


def _is_attached(part: Message) -> bool:
    return raw_value(part, "content-disposition").strip().lower().startswith("attachment")


def file_name_of(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # RFC 2231 pieces that do not fit together
        name = ""
    return decode_header(str(name))[:400]


def _name_for(kind: str) -> str:
    if kind == "message/rfc822":
        return "message.eml"
    known = "image/jpeg" if kind == "image/jpg" else kind
    return f"{kind.partition('/')[0] or 'file'}{mimetypes.guess_extension(known) or '.bin'}"


def _as_file(leaf: Message) -> bytes:
    if not leaf.is_multipart():
        return content_of(leaf)
    inner = _children(leaf)
    try:
        return b"\n".join(child.as_bytes() for child in inner)
    except Exception:  # the generator fails on what the parser let pass
        return b"\n".join(as_bytes(str(value)) for child in inner for value in child.values())


def _decode_uu(raw: bytes) -> bytes:
    lines = raw.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    decoded = []
    for line in lines[start + 1 :]:
        if line.strip() in (b"end", b"`"):
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders leave the length wrong; the line's own length says how much there is.
            size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            decoded.append(binascii.a2b_uu(line[:size]))
    return b"".join(decoded)
