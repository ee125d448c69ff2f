"""What is typed into the search: words, "phrases" and operators, as plain data; or why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from kernel.errors import invalid

OPERATORS = ("from", "client", "is", "tag", "reason", "before", "after", "lang", "channel")
STATES = ("open", "waiting", "client", "closed", "mine", "queued", "vip", "priority")
CHANNELS = {
    "chat": "webchat",
    "webchat": "webchat",
    "mail": "email",
    "email": "email",
    "form": "form",
    "relay": "relay",
}
WORDS_MAX = 12
_TERM = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')
_SAID = ", ".join(f"{name}:" for name in OPERATORS)


@dataclass(slots=True)
class Asked:
    """words and phrases are searched for; everything else narrows down. Several values of one operator: any of them."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    before: date | None = None
    after: date | None = None

    @property
    def says(self) -> bool:
        """Whether it holds words that somebody wrote, or that name somebody."""
        return bool(self.words or self.phrases or self.senders)

    @property
    def narrows(self) -> bool:
        return bool(
            self.clients
            or self.states
            or self.tags
            or self.reasons
            or self.languages
            or self.channels
            or self.before
            or self.after
        )


def read(text: str) -> Asked:
    """The search that was typed; Refusal invalid 400 names the part that cannot be understood."""
    asked = Asked()
    if text.count('"') % 2:
        raise invalid("A phrase needs a second quotation mark.", q="One quotation mark is open.")
    for found in _TERM.finditer(text):
        name, value = found["name"], found["quoted"] if found["quoted"] is not None else found["plain"]
        if name is None or (name.lower() not in OPERATORS and value.startswith("//")):
            _take_words(asked, value, is_phrase=found["quoted"] is not None)
        else:
            _take(asked, name.lower(), value.strip())
    _require_plain(text)
    if len(asked.words) + len(asked.phrases) > WORDS_MAX:
        raise invalid(f"Search for {WORDS_MAX} words at most.", q="Too many words.")
    if asked.before and asked.after and asked.before <= asked.after:
        raise invalid("before: is not later than after:; nothing lies between.", before="Must be later than after:.")
    return asked


def _take_words(asked: Asked, value: str, *, is_phrase: bool) -> None:
    if is_phrase and len(value.split()) > 1:
        asked.phrases.append(" ".join(value.split()))
    elif value.strip():
        asked.words.append(value.strip())


def _take(asked: Asked, name: str, value: str) -> None:
    if name not in OPERATORS:
        raise invalid(f"{name}: is no operator; there are {_SAID}. In quotation marks it is a word.", q=f"{name}:")
    if not value:
        raise invalid(f"{name}: needs something after it.", **{name: "Empty."})
    match name:
        case "from":
            asked.senders.append(value)
        case "client":
            asked.clients.append(value)
        case "is":
            asked.states.append(_one_of(name, value.lower(), STATES))
        case "tag":
            asked.tags.append(value)
        case "reason":
            asked.reasons.append(value.lower())
        case "lang":
            asked.languages.append(value.lower()[:8])
        case "channel":
            asked.channels.append(CHANNELS[_one_of(name, value.lower(), tuple(CHANNELS))])
        case "before":
            asked.before = _day(name, value)
        case "after":
            asked.after = _day(name, value)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        choices = ", ".join(f"{name}:{each}" for each in known)
        raise invalid(f"{name}:{value} is not known; there are {choices}.", **{name: "Not known."})
    return value


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise invalid(f"{name}: takes a day, as in {name}:2026-11-01.", **{name: "A day is year-month-day."}) from error


def _require_plain(text: str) -> None:
    """An operator that stands alone (``from:``) is unfinished, and not the word "from:"."""
    alone = re.search(rf"(?:^|\s)({'|'.join(OPERATORS)}):(?=\s|$)", text, re.IGNORECASE)
    if alone:
        name = alone[1].lower()
        raise invalid(f"{name}: needs something after it.", **{name: "Empty."})
