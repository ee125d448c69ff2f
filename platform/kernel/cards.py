"""Payment card numbers in text: found however they are written, and taken out down to the last four digits.

A number counts as a card's when its prefix and length are those of a card scheme (ISO/IEC 7812-1) and its check digit
is right (Luhn, the same standard, annex B). Digits of any script count. Between them may stand spaces, dashes, dots,
invisible characters and, in HTML, tags and entities. PCI DSS 4.0, 3.4.1: no more than the last four may be kept here.
"""

from __future__ import annotations

import html as html_escapes
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

WINDOW_DIGITS = 19
_SHORTEST = 12

# What separates groups of one number: seen (at most this many), or not seen (any number).
_SEEN = set("-.·•∙⋅‐‑‒–—―−﹣-.﹒。_,/|:*~")
_PLAIN = set("-.·•∙⋅‐‑‒–—―−﹣-.﹒。")
_SEEN_MAX = 6
# People write cards' numbers like this; nobody writes anything else so.
_CANONICAL = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (4, 4, 4, 3))
_NAMED = re.compile(
    r"\b(card|visa|master ?card|maestro|amex|tarjeta|carta|karte\w*|kreditkart\w*|carte|cart[ãa]o|pan|cvv|cvc)\b", re.I
)
_NAMED_WITHIN = 60
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}[ ]?\d{2}(?:[ ]?[A-Z0-9]){11,30}(?![^\W_])", re.I)
# ISO 13616 registry: country → characters.
_IBAN_SIZES = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_A_DIGIT = "[\\d²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽❶-❾➀-➈➊-➒]"
_MAYBE = re.compile(rf"{_A_DIGIT}(?:[\W_\u3164\u115f\u1160\uffa0]{{0,200}}{_A_DIGIT}){{{_SHORTEST - 1}}}")
_FILLERS = set("\u3164\u115f\u1160\uffa0\u2800")
_TAG = re.compile(r"<!--.*?(?:-->|$)|<[a-zA-Z/!?][^<>]*>", re.S)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?")


@dataclass(frozen=True, slots=True)
class Redacted:
    """text: without the numbers; count: how many were taken out."""

    text: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A card number in a text: ``text[start:end]``, its digits in ASCII."""

    start: int
    end: int
    digits: str


@dataclass(slots=True)
class _Group:
    """Digits that touch each other (or are parted by nothing that is seen), and what parts them from the last ones."""

    start: int
    end: int
    digits: str
    gap: str = ""
    follows: bool = False


def mark(digits: str) -> str:
    """What stands where a number was."""
    return f"[card number removed ••••{digits[-4:]}]"


def redact(text: str, *, fragments: Collection[str] = ()) -> Redacted:
    """``text`` without card numbers.

    fragments: digits of a number that was split over several texts, its whole digits after ``:``
    (``"41111111:4111111111111111"``); a run that is one of them is taken out too.
    """
    if not fragments and not _MAYBE.search(text):
        return Redacted(text)
    groups = _groups(text, [])
    return _take_out(text, [*_choose(groups, text), *_find_fragments(groups, fragments)])


def redact_html(source: str, *, fragments: Collection[str] = ()) -> Redacted:
    """The same for HTML: tags and entities between the digits hide nothing; the tags stay."""
    inner = 0

    def inside(found: re.Match[str]) -> str:
        nonlocal inner
        done = redact(found[0])
        inner += done.count
        return done.text

    source = _TAG.sub(inside, source) if "<" in source else source
    if not fragments and not _MAYBE.search(html_escapes.unescape(_TAG.sub("", source))):
        return Redacted(source, inner)
    hidden = [(found.start(), found.end(), "") for found in _TAG.finditer(source)]
    hidden += [(found.start(), found.end(), html_escapes.unescape(found[0])) for found in _ENTITY.finditer(source)]
    groups = _groups(source, sorted(hidden))
    spans = [*_choose(groups, source), *_find_fragments(groups, fragments)]
    done = _take_out(source, spans, lambda start, end: "".join(_TAG.findall(source, start, end)))
    return Redacted(done.text, done.count + inner)


def find(text: str) -> list[Found]:
    """The card numbers of a text, from left to right; they do not overlap."""
    return _choose(_groups(text, []), text) if _MAYBE.search(text) else []


def digits_of(text: str) -> str:
    """The digits of a text, whatever their script, in ASCII."""
    return "".join(_digit(char) for char in text)


def is_card(digits: str) -> bool:
    """Whether these ASCII digits can be a card's number: scheme, length and check digit."""
    return _scheme(digits) != "" and _luhn(digits)


def _scheme(digits: str) -> str:
    """``sure``, ``named`` (only beside a word such as "card"), or nothing."""
    size = len(digits)
    if not _SHORTEST <= size <= WINDOW_DIGITS:
        return ""
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return {16: "sure", 19: "sure", 13: "named"}.get(size, "")
    if two in (34, 37):
        return "sure" if size == 15 else ""
    if 300 <= three <= 305 or three == 309 or two in (36, 38, 39):
        return {14: "sure", 16: "sure", 19: "sure"}.get(size, "")
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204 or four in (5067, 9792):
        return "sure" if size == 16 else ""
    if four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763):
        return "sure" if size in (16, 19) else "named"
    if four == 6011 or 644 <= three <= 659 or two == 62 or 3528 <= four <= 3589:
        # 17 and 18 digits are two telephone numbers more often than a card.
        return {16: "sure", 19: "sure", 17: "named", 18: "named"}.get(size, "")
    return "named" if two in (60, 81, 82) and size == 16 else ""


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _groups(text: str, hidden: list[tuple[int, int, str]]) -> list[_Group]:
    """Groups of digits; ``hidden`` stretches read as what is given for them (a tag: nothing)."""
    groups: list[_Group] = []
    gap: str | None = None
    for start, end, char in _characters(text, hidden):
        digit = _digit(char)
        if digit:
            if groups and gap == "":
                groups[-1].digits += digit
                groups[-1].end = end
            else:
                groups.append(_Group(start, end, digit, gap or "", follows=gap is not None))
            gap = ""
        elif gap is not None and not _is_unseen(char):
            is_gap = (char in _SEEN or char.isspace()) and len(gap) < _SEEN_MAX and (gap + char).count("\n") < 2
            gap = gap + char if is_gap else None
    return groups


def _characters(text: str, hidden: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    at = 0
    for start, end, shown in [*hidden, (len(text), len(text), "")]:
        if start < at:
            continue
        for place in range(at, start):
            yield place, place + 1, text[place]
        for char in shown:
            yield start, end, char
        at = end


def _digit(char: str) -> str:
    if "0" <= char <= "9":
        return char
    if char.isascii():
        return ""
    value = unicodedata.digit(char, None)
    return "" if value is None else str(value)


def _is_unseen(char: str) -> bool:
    """Zero-width, soft hyphen, direction marks, combining marks and the like: they part nothing."""
    if char.isascii():
        return char < " " and not char.isspace()
    return char in _FILLERS or unicodedata.category(char) in ("Cf", "Mn", "Me")


def _choose(groups: list[_Group], text: str) -> list[Found]:
    """Longest spans of groups first, from left to right."""
    if sum(len(group.digits) for group in groups) < _SHORTEST:
        return []
    ibans = [(at.start(), at.start() + size) for at in _IBAN.finditer(text) if (size := _iban_size(at[0]))]
    found: list[Found] = []
    first = 0
    while first < len(groups):
        last = _last_of_card(groups, first, text, ibans)
        if last is None:
            first += 1
            continue
        digits = "".join(group.digits for group in groups[first : last + 1])
        found.append(Found(groups[first].start, groups[last].end, digits))
        first = last + 1
    return found


def _last_of_card(groups: list[_Group], first: int, text: str, ibans: list[tuple[int, int]]) -> int | None:
    digits, best = "", None
    for last in range(first, len(groups)):
        if last > first and not groups[last].follows:
            break
        digits += groups[last].digits
        if len(digits) > WINDOW_DIGITS:
            break
        if is_card(digits) and _is_written_as_one(groups, first, last, digits, text):
            start, end = groups[first].start, groups[last].end
            if not any(start < iban_end and iban_start < end for iban_start, iban_end in ibans):
                best = last
    return best


def _is_written_as_one(groups: list[_Group], first: int, last: int, digits: str, text: str) -> bool:
    """Whether people write a card's number like this, and not a telephone number, a date or a list."""
    start = groups[first].start
    if _scheme(digits) == "named" and not _NAMED.search(text[max(0, start - _NAMED_WITHIN) : start]):
        return False
    if text[max(0, start - 2) : start].rstrip(" ").endswith("+") and len(digits) <= 15:
        return False  # E.164: at most 15 digits after the plus
    sizes = tuple(len(group.digits) for group in groups[first : last + 1])
    if sizes in _CANONICAL:
        return True
    if len(sizes) > 1 and set(sizes) != {1}:
        return _stands_alone(groups, first, last)
    return not _is_part_of_name(groups, first, last)


def _stands_alone(groups: list[_Group], first: int, last: int) -> bool:
    """No digits directly before or behind, and nothing odd between: grouped like this, anything longer is a list."""
    if groups[first].follows or (last + 1 < len(groups) and groups[last + 1].follows):
        return False
    gaps = "".join(group.gap for group in groups[first + 1 : last + 1])
    return all(char in _PLAIN or char.isspace() for char in gaps)


def _is_part_of_name(groups: list[_Group], first: int, last: int) -> bool:
    """``302-4111111111111111-7`` is one number of somebody's: more of it stands before or behind, without a space."""
    before = groups[first].follows and not any(char.isspace() for char in groups[first].gap)
    behind = last + 1 < len(groups) and groups[last + 1].follows
    return before or (behind and not any(char.isspace() for char in groups[last + 1].gap))


def _iban_size(written: str) -> int:
    """How many characters of this are an IBAN: its country's length, and mod 97 of the rearranged number is 1; or 0."""
    places = [place for place, char in enumerate(written) if not char.isspace()]
    compact = "".join(written.split()).upper()
    size = _IBAN_SIZES.get(compact[:2], 0)
    if not 0 < size <= len(compact):
        return 0
    moved = compact[4:size] + compact[:4]
    if int("".join(str(int(char, 36)) for char in moved)) % 97 != 1:
        return 0
    return places[size - 1] + 1


def _find_fragments(groups: list[_Group], fragments: Collection[str]) -> list[Found]:
    found: list[Found] = []
    for fragment in fragments:
        wanted, _, whole = fragment.partition(":")
        first = 0
        while first < len(groups):
            digits, last = groups[first].digits, first
            while len(digits) < len(wanted) and last + 1 < len(groups) and groups[last + 1].follows:
                last += 1
                digits += groups[last].digits
            if digits == wanted:
                found.append(Found(groups[first].start, groups[last].end, whole or wanted))
                first = last
            first += 1
    return found


def _take_out(text: str, spans: list[Found], keep: Callable[[int, int], str] = lambda start, end: "") -> Redacted:
    if not spans:
        return Redacted(text)
    parts: list[str] = []
    at, count = 0, 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < at:
            continue
        parts += [text[at : span.start], mark(span.digits), keep(span.start, span.end)]
        at, count = span.end, count + 1
    return Redacted("".join([*parts, text[at:]]), count)
