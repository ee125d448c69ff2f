"""What is new in an answer: the letter answered, quoted below it, is cut away (the receipt keeps the whole)."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from mailparser_reply.parser import EmailMessage

from carriers.email_clean import is_readable, normalise

LANGUAGES = ("en", "es", "it", "de", "fr")
_SEARCHED = 20_000
# The patterns take cubic time in the length of a line; a header of a quote is never this long.
_LINE_MAX = 160
_LONG_LINE = re.compile(rf"^[^\n]{{{_LINE_MAX},}}$", re.MULTILINE)
_BLANKS = re.compile(r"[^\S\n]+$|^[^\S\n]+|[^\S\n]{2,}", re.MULTILINE)
# Clients in languages that mail-parser-reply does not know, and shapes that it misses.
_MORE_HEADERS = re.compile(
    r"^(?:> ?)*(?:El|Em|A|On|Le|Il|Am)\s[^\n]{5,120}\n?[^\n]{0,80}"
    r"(?:escribió|escreveu|wrote|a écrit|ha scritto|schrieb[^\n:]{0,80})\s?:\s*$"
    r"|^-{2,} ?(?:Original Message|Mensaje original|Messaggio originale|Ursprüngliche Nachricht|Message d'origine"
    r"|Mensagem original|Originalnachricht) ?-{2,}$"
    r"|^_{20,}\n(?:From|De|Da|Von|Expéditeur) ?:",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTE_ID = re.compile(r"divrplyfwdmsg|appendonsend|isforwardcontent|yahoo_quoted", re.IGNORECASE)
_QUOTE_CLASS = re.compile(
    r"\b(?:gmail_quote|gmail_extra|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra)",
    re.IGNORECASE,
)
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})


def cut_text(text: str) -> str:
    """The text above the first quoted letter; the whole text when nothing stands above it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    end = _first_header(text)
    above = _drop_quoted_end(text[:end]) if end is not None else _drop_quoted_end(text)
    return above or text


def cut_html(html: str) -> str:
    """The same for HTML, where mail programs mark what they quote; the whole when nothing else is left.

    The result must still be cleaned.
    """
    if not is_readable(html):
        return html
    cutter = _Cutter()
    cutter.feed(normalise(html))
    cutter.close()
    return "".join(cutter.kept) if cutter.has_words and cutter.has_cut else html


def _first_header(text: str) -> int | None:
    # Masked and blank-free lines keep their length, so that positions in both texts are the same.
    searched = _LONG_LINE.sub(lambda line: "x" * len(line[0]), text[:_SEARCHED])
    if _BLANKS.search(searched):
        searched = _BLANKS.sub(lambda blanks: " " * len(blanks[0]), searched)
    starts = [found.start() for pattern in (_headers(), _MORE_HEADERS) if (found := pattern.search(searched))]
    return min(starts, default=None)


@lru_cache(maxsize=1)
def _headers() -> re.Pattern[str]:
    pattern: re.Pattern[str] = EmailMessage(text="", languages=list(LANGUAGES)).HEADER_REGEX
    return pattern


def _drop_quoted_end(text: str) -> str:
    """Without the lines at its end that begin with ``>``."""
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith(">")):
        lines.pop()
    return "\n".join(lines).rstrip()


class _Cutter(HTMLParser):
    """Copies well-formed HTML without the elements that hold a quoted letter."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self.has_words = False
        self.has_cut = False
        self._open: list[str] = []
        self._cut_at: int | None = None
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._cut_at is None and not self._ended and _is_quote(tag, dict(attrs)):
            self.has_cut = True
            self._ended = _ends_letter(dict(attrs))
            self._cut_at = len(self._open)
        if tag not in _VOID:
            self._open.append(tag)
        if not self._is_cutting:
            self.kept.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            return
        self._open.pop()
        was_cutting = self._cut_at is not None
        if self._cut_at is not None and len(self._open) <= self._cut_at:
            self._cut_at = None
        if not was_cutting:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._is_cutting:
            self.kept.append(escape(data, quote=False))
            self.has_words = self.has_words or bool(data.strip())

    @property
    def _is_cutting(self) -> bool:
        return self._cut_at is not None or self._ended


def _is_quote(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
        return True
    return bool(_QUOTE_CLASS.search(attributes.get("class") or "") or _QUOTE_ID.search(attributes.get("id") or ""))


def _ends_letter(attributes: dict[str, str | None]) -> bool:
    """Outlook puts a mark above the quote and the quote beside it: everything after the mark is old."""
    return bool(_QUOTE_ID.search(attributes.get("id") or ""))
