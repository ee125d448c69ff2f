"""Tokens of a replay: each company's texts carry its own, and one that turns up elsewhere is a leak.

``cnry-<slug>-<12 hex>``; the hex is a digest of the slug, so a token says by itself whose it is.
"""

from __future__ import annotations

import hashlib
import re

TOKEN = re.compile(rb"cnry-([a-z0-9]+(?:-[a-z0-9]+)*?)-([0-9a-f]{12})(?![0-9a-f])", re.IGNORECASE)


def token_of(slug: str) -> str:
    return f"cnry-{slug}-{hashlib.sha256(f'canary:{slug}'.encode()).hexdigest()[:12]}"


def owners_in(content: bytes | str) -> set[str]:
    """Slugs of the shops whose tokens stand in a text."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    found = ((match.group(1).decode().lower(), match.group().decode().lower()) for match in TOKEN.finditer(raw))
    return {slug for slug, token in found if token == token_of(slug)}
