"""Text that the database can hold: what shoppers send is kept as it is, save for what no text may contain."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from typing import Any

from carriers.contract import Incoming, IncomingFile
from conversations.file_types import RUNNABLE_ENDINGS

_SURROGATES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
CUT_MARK = "\n\n[… cut: the whole message is kept with its receipt]"

# Field → most characters, after which it is cut (never a reason to lose a message).
_LIMITS = {
    "external_id": 400,
    "sender_name": 200,
    "subject": 400,
    "language_hint": 8,
    "category": 40,
    "order_number": 60,
}


def clean(text: str) -> str:
    """Without NUL characters and halves of surrogate pairs; line ends as ``\\n``."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii() and _SURROGATES.search(text):
        text = _SURROGATES.sub(_REPLACEMENT, text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def is_blank(text: str) -> bool:
    """Nothing that anybody would see: spaces, line ends, marks of no width."""
    return not any(not each.isspace() and unicodedata.category(each) not in ("Cc", "Cf") for each in text)


def clean_json(value: Any) -> Any:
    """The same for everything inside a JSON value."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_json(inner) for inner in value]
    return value


def clean_incoming(incoming: Incoming, *, max_chars: int) -> Incoming:
    """An incoming message that fits its columns; a text over ``max_chars`` is cut with a mark."""
    changes: dict[str, Any] = {}
    for name in ("external_id", "sender_address", "sender_name", "text", "html", "subject"):
        changes[name] = clean(getattr(incoming, name))
    for name in ("language_hint", "category", "order_number"):
        changes[name] = clean(getattr(incoming, name)).strip()
    for name, most in _LIMITS.items():
        changes[name] = changes[name][:most]
    changes["subject"] = " ".join(changes["subject"].split())
    if len(changes["text"]) > max_chars:
        changes["text"] = changes["text"][:max_chars] + CUT_MARK
    if incoming.headers:
        changes["headers"] = clean_json(dict(incoming.headers))
    if incoming.files:
        changes["files"] = tuple(dataclasses.replace(file, name=file_name(file)) for file in incoming.files)
    return dataclasses.replace(incoming, **changes)


def file_name(file: IncomingFile) -> str:
    """A name that shows what it is: no paths, no invisible characters, none that turn its reading around, one ending.

    An ending that computers run keeps its place only at the end, where the file is refused for it.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFKC", clean(file.name)))[-1]
    spaced = "".join(" " if c.isspace() else c for c in base)
    shown = "".join(c for c in spaced if c.isprintable() and c not in _BLANKS)
    shown = " ".join(_FORBIDDEN.sub("_", shown).split()).strip(" .")
    *inner, last = shown.split(".")
    if inner:
        first, *others = inner
        shown = first + "".join(f"{'_' if part.lower() in RUNNABLE_ENDINGS else '.'}{part}" for part in others)
        shown = f"{shown}.{last}"
    if len(shown) > 150:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[:140]}{dot}{ending[:9]}" if dot else shown[:150]
    if _DEVICE.fullmatch(shown.partition(".")[0]):
        shown = f"_{shown}"
    return shown or "file"


# Letters that are printed as nothing: fillers, selectors, the joiner of graphemes, an empty braille cell.
_BLANKS = {*"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0", *map(chr, range(0xFE00, 0xFE10))}
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])")
