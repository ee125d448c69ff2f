"""Canaries: tokens that belong to one shop, and whether a foreign one is in something that left.

A token certifies itself: ``cnry-<slug>-<12 hex>``, the hex being a digest of the slug. Whoever meets one knows whose it
is, in whatever process it was planted. Where a column has no room, the short form ``zq<6 hex>`` stands, which is
known only for shops that were named in this process (``token_of``, ``short_of``, ``know``).
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import gzip
import hashlib
import html
import io
import json
import quopri
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from config.replay import canaries as replay

_SHORT = re.compile(rb"zq[0-9a-f]{6}(?![0-9a-f])", re.IGNORECASE)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}={0,2}(?:\r?\n[A-Za-z0-9+/_-]{2,}={0,2})*")
_HEX = re.compile(rb"(?:636e72792d)(?:[0-9a-f]{2})+", re.IGNORECASE)
_JSON_ESCAPE = re.compile(rb"\\u00([0-9a-fA-F]{2})")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DEPTH = 4
_shorts: dict[str, str] = {}
_planted: list[str] = []


def token_of(shop: Any) -> str:
    """The shop's token; ``shop`` is a tenant row or a slug."""
    slug = _slug(shop)
    know(slug)
    _planted.append(slug)
    return replay.token_of(slug)


def short_of(shop: Any) -> str:
    """Eight letters, for columns that hold no more."""
    slug = _slug(shop)
    know(slug)
    _planted.append(slug)
    return f"zq{_digest('short', slug)[:6]}"


def know(*shops: Any) -> None:
    """Recognise the short tokens of these shops from now on."""
    for shop in shops:
        slug = _slug(shop)
        _shorts[f"zq{_digest('short', slug)[:6]}"] = slug


def anything_planted() -> bool:
    """Whether a token was made since ``forget_planting``: until then a search in depth finds nothing."""
    return bool(_planted)


def forget_planting() -> None:
    _planted.clear()


def fitted(shop: Any, room: int | None, label: str = "") -> str:
    """A token for a column of ``room`` characters (None: any), with a label where it fits; ValueError under 8."""
    token = token_of(shop)
    if room is None or room >= len(token) + 1 + len(label):
        return f"{token} {label}".strip()
    if room >= len(token):
        return token
    if room >= 8:
        return short_of(shop)
    raise ValueError(f"no token fits in {room} characters")


def any_in(blob: Any) -> list[str]:
    """Every token in ``blob`` (str, bytes, JSON, PDF, gzip, ZIP, mail, encoded texts), as ``slug: token``, sorted."""
    return sorted({f"{slug}: {token}" for slug, token in _found(blob)})


def owners_in(blob: Any) -> set[str]:
    """Slugs of the shops whose tokens are in ``blob``."""
    return {slug for slug, _ in _found(blob)}


def foreign(shop: Any, blob: Any) -> list[str]:
    """Tokens in ``blob`` that are not of ``shop`` (a tenant, a slug, several of them, or None for nobody's)."""
    own = _slugs(shop)
    return sorted({f"{slug}: {token}" for slug, token in _found(blob) if slug not in own})


def own_in(shop: Any, blob: Any) -> bool:
    """Whether a token of ``shop`` is in ``blob``."""
    return _slug(shop) in owners_in(blob)


def readings(blob: Any, depth: int = _DEPTH) -> Iterator[bytes]:
    """``blob`` as bytes, and what is wrapped in it: unpacked, decoded, unescaped, typeset."""
    raw = as_bytes(blob)
    seen: set[bytes] = set()
    queue = [(raw, depth)]
    while queue:
        content, left = queue.pop()
        if content in seen:
            continue
        seen.add(content)
        yield content
        if left > 0:
            queue += [(inner, left - 1) for inner in _unwrapped(content)]


def as_bytes(blob: Any) -> bytes:
    if isinstance(blob, (bytes, bytearray, memoryview)):
        return bytes(blob)
    if isinstance(blob, str):
        return blob.encode("utf-8", "surrogatepass")
    return json.dumps(blob, default=str, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _found(blob: Any) -> Iterator[tuple[str, str]]:
    for content in readings(blob):
        for slug in replay.owners_in(content):
            yield slug, replay.token_of(slug)
        for match in _SHORT.finditer(content):
            token = match.group().decode().lower()
            if token in _shorts:
                yield _shorts[token], token


def _unwrapped(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"%PDF"):
        yield from _of_pdf(content)
        return
    if content.startswith(b"\x1f\x8b"):
        yield from _tried(lambda: gzip.decompress(content))
    if content.startswith(b"PK\x03\x04"):
        yield from _of_archive(content)
    if content[:1] == b"\x78":
        yield from _tried(lambda: zlib.decompress(content))
    if b"c\0n\0r\0y" in content or b"z\0q\0" in content or b"\0z\0q" in content:
        yield content.replace(b"\0", b"")
    if b"%" in content:
        yield unquote_to_bytes(content)
    if b"&#" in content or b"&amp;#" in content:
        yield html.unescape(content.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
    if b"\\u00" in content:
        yield _JSON_ESCAPE.sub(lambda found: bytes.fromhex(found.group(1).decode()), content)
    if b"=\n" in content or b"=\r\n" in content or b"=2" in content or b"=6" in content or b"=7" in content:
        yield quopri.decodestring(content)
    if re.match(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}\r?\n", content[:20_000]):
        yield from _of_mail(content)
    yield from (binascii.unhexlify(found) for found in _HEX.findall(content) if len(found) % 2 == 0)
    yield from _of_base64(content)


def _of_base64(content: bytes) -> Iterator[bytes]:
    for found in _BASE64.findall(content):
        plain = re.sub(rb"[\r\n=]", b"", found).replace(b"-", b"+").replace(b"_", b"/")
        # A token behind a prefix of one to three letters (``data:``, ``id-``) stands off the groups of four.
        for shift in range(4):
            part = plain[shift:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                decoded = base64.b64decode(part + b"=" * (-len(part) % 4))
            except binascii.Error:
                continue
            if b"cnry-" in decoded.lower() or b"zq" in decoded.lower() or decoded[:2] in (b"\x1f\x8b", b"PK", b"%P"):
                yield decoded


def _of_mail(content: bytes) -> Iterator[bytes]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items()).encode("utf-8", "surrogatepass")
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload


def _of_archive(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist()[:200]:
                yield name.encode()
                yield archive.read(name)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error):
        return


def _of_pdf(content: bytes) -> Iterator[bytes]:
    """Raw streams for what is not typeset, and the text as a reader sees it; a line break may split a token there."""
    for stream in _PDF_STREAM.findall(content):
        yield from _tried(lambda stream=stream: zlib.decompressobj().decompress(stream, 5_000_000))
    if shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-q", "-", "-"], input=content, capture_output=True, timeout=60)
        text = read.stdout
    else:
        text = _text_by_pdfplumber(content)
    yield text
    # A reader drops the hyphen at which a line was broken.
    squeezed = re.sub(r"[\s\-\N{HYPHEN}\N{SOFT HYPHEN}]+", "", text.decode("utf-8", "replace")).lower()
    for slug in set(_shorts.values()):
        token = replay.token_of(slug)
        if token.replace("-", "") in squeezed:
            yield token.encode()


def _text_by_pdfplumber(content: bytes) -> bytes:
    import pdfplumber

    try:
        with pdfplumber.open(io.BytesIO(content)) as paper:
            return "\n".join(page.extract_text() or "" for page in paper.pages).encode()
    except Exception:
        return b""


def _tried(read: Any) -> Iterator[bytes]:
    try:
        yield read()
    except (OSError, EOFError, zlib.error, ValueError):
        return


def _digest(kind: str, slug: str) -> str:
    return hashlib.sha256(f"{kind}:{slug}".encode()).hexdigest()


def _slug(shop: Any) -> str:
    return str(shop if isinstance(shop, str) else shop.slug).lower()


def _slugs(shop: Any) -> set[str]:
    if shop is None:
        return set()
    if isinstance(shop, Iterable) and not isinstance(shop, str):
        return {_slug(one) for one in shop}
    return {_slug(shop)}


from tests.canaries_planting import Planted, plant  # noqa: E402

__all__ = ["Planted", "any_in", "fitted", "foreign", "know", "own_in", "owners_in", "plant", "short_of", "token_of"]
