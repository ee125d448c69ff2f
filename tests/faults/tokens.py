"""The token of each shop stands in all its texts: a foreign one anywhere is a leak."""

from __future__ import annotations

import re

_TOKEN = re.compile(rb"cnry-([a-z0-9]+(?:-[a-z]+)*)-[0-9a-f]{8}")


def tokens_in(blob: bytes) -> list[str]:
    """The shops whose tokens stand in some bytes, by slug."""
    return sorted({found.decode() for found in _TOKEN.findall(blob)}) if b"cnry-" in blob else []
