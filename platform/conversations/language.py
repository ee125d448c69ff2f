"""The language of a customer's message, among the languages that the tenant's contract names. Pure; never raises on
text.

The model (py3langid, naive Bayes over byte n-grams) is asked about the allowed languages only; what is known of the
customer weighs in, and decides alone where the text says too little.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MODEL = "data/model.npz.xz"
FEWEST_LETTERS = 12
# More text does not change the answer, only the time it takes.
READ_CHARACTERS = 4_000
SCORED_CHARACTERS = 600
# Log odds that a known language adds; a clear sentence scores 4 and more. The widget's is often just the browser's.
KNOWN_WEIGHT = {"customer": 1.2, "conversation": 1.2, "widget": 0.7}
OTHER_WEIGHT = 0.5
# Scaled log odds beyond which a text is in a language that the contract does not name (Catalan read as Spanish: 5,
# German read as English: 14).
FOREIGN_GAP = 9.0
WORD_WEIGHT, MOST_WORDS = 1.0, 4

QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
# "On Monday … wrote:", "El lunes … escribió:" — whatever follows is the mail that is being answered.
ANSWERED = re.compile(
    r"^[ \t]*(?:on|el|il|am|le|em|no dia)\b[^\n]{0,200}"
    r"\b(?:wrote|escribió|ha scritto|schrieb[^\n]{0,60}|a écrit|escreveu)\s*:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
LETTERS = re.compile(r"[^\W\d_]+")
# A letter of these scripts says as much as a syllable.
DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Words of chats that one of these languages has and its nearest neighbours have not.
TELLING = {
    "es": "hola gracias pedido dónde donde está cuándo quiero tengo llegado y el los mi hasta buenos muy",
    "pt": "olá obrigado obrigada encomenda onde quando quero tenho não chegou e o os meu minha até muito bom",
    "it": "ciao grazie ordine dove quando voglio ho non arrivato il gli mio mia sono buongiorno molto è",
    "fr": "bonjour merci commande où quand je veux ai pas arrivé le les mon ma suis très est vous",
    "en": "hello thanks order where when want have not arrived the my is please you i are",
    "de": "hallo danke bestellung wo wann ich möchte habe nicht angekommen der die das mein meine ist bitte",
}
TELLING_WORDS = {language: frozenset(words.split()) for language, words in TELLING.items()}


@dataclass(frozen=True, slots=True)
class Guess:
    """`language` as written in `allowed`; `confidence` 0 to 1; `why` names what decided, e.g. ``text``,
    ``text and customer``, ``short: widget``, ``short: default``, ``foreign (de): default``."""

    language: str
    confidence: float
    why: str


def detect(text: str, allowed: Sequence[str], known: Mapping[str, str | None] | None = None) -> Guess:
    """Guess among `allowed` (the first is the default). `known` maps a source (customer, conversation, widget; in
    this order of trust, others after) to a language; one that is not allowed is left aside. ValueError if nothing is
    allowed."""
    if not allowed:
        raise ValueError("a tenant's contract names at least one language")
    hints = _hints(allowed, known or {})
    words = LETTERS.findall(clean(text))
    if len(allowed) == 1:
        return Guess(allowed[0], 1.0, "the only language")
    letters = sum(len(word) + 2 * len(DENSE.findall(word)) for word in words)
    if letters < FEWEST_LETTERS:
        return _fall_back("short", allowed, hints)
    sample = " ".join(words)[:SCORED_CHARACTERS]
    scores = _scores(sample)
    best = max((scores[base] for language in allowed if (base := _base(language)) in scores), default=-math.inf)
    top = max(scores, key=lambda language: scores[language])
    if scores[top] - best > FOREIGN_GAP:
        return _fall_back(f"foreign ({top})", allowed, hints)
    return _weigh(allowed, hints, scores, {word.lower() for word in words[:200]})


def clean(text: str) -> str:
    """What the customer wrote: without quoted mail, addresses, links, mentions, numbers and codes."""
    text = text[:READ_CHARACTERS]
    answered = ANSWERED.search(text)
    text = QUOTED.sub(" ", text[: answered.start()] if answered else text)
    return " ".join(word for word in text.split() if not _is_noise(word))


def _is_noise(word: str) -> bool:
    """Links, addresses, mentions, tags, numbers and codes (a script without spaces keeps its words)."""
    link = "://" in word or word.lower().startswith("www.")
    return link or "@" in word or word.startswith("#") or (word.isascii() and any(map(str.isdigit, word)))


def _hints(allowed: Sequence[str], known: Mapping[str, str | None]) -> dict[str, str]:
    """source → allowed language, most trusted first."""
    order = list(KNOWN_WEIGHT)
    sources = sorted(known, key=lambda source: (order.index(source) if source in order else len(order), source))
    hints = {}
    for source in sources:
        language = _match(known[source] or "", allowed)
        if language is not None:
            hints[source] = language
    return hints


def _match(language: str, allowed: Sequence[str]) -> str | None:
    """The allowed language that is the same, or the same but for its region (es-MX is es)."""
    exact = [one for one in allowed if one.lower() == language.lower().replace("_", "-")]
    near = [one for one in allowed if _base(one) == _base(language)]
    return next(iter(exact + near), None)


def _fall_back(reason: str, allowed: Sequence[str], hints: Mapping[str, str]) -> Guess:
    for source, language in hints.items():
        return Guess(language, 0.6, f"{reason}: {source}")
    return Guess(allowed[0], 0.3, f"{reason}: default")


def _weigh(allowed: Sequence[str], hints: Mapping[str, str], scores: Mapping[str, float], words: set[str]) -> Guess:
    floor = min(scores.values())
    odds: dict[str, float] = {}
    for language in allowed:
        telling = len(words & TELLING_WORDS.get(_base(language), frozenset()))
        odds[language] = scores.get(_base(language), floor) + WORD_WEIGHT * min(telling, MOST_WORDS)
    by_text = max(odds, key=lambda language: odds[language])
    for source, language in hints.items():
        odds[language] += KNOWN_WEIGHT.get(source, OTHER_WEIGHT)
    best = max(odds, key=lambda language: odds[language])
    total = sum(math.exp(value - odds[best]) for value in odds.values())
    agreeing = [source for source, language in hints.items() if language == best]
    if best != by_text:
        why = f"unclear text, {' and '.join(agreeing)}"
    else:
        why = " and ".join(["text", *agreeing])
    return Guess(best, round(1 / total, 4), why)


def _scores(sample: str) -> dict[str, float]:
    """Log odds by language, scaled by the root of the length as py3langid does, so that long texts are not certain."""
    encoded = sample.encode("utf8", "replace")
    scale = math.sqrt(len(encoded) or 1)
    return {language: score / scale for language, score in _model().rank(encoded)}


def _base(language: str) -> str:
    return re.split("[-_]", language.lower(), maxsplit=1)[0]


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded at the first long enough text, 0.8 s; a few hundredths of a millisecond a text from then on."""
    return importlib.import_module("py3langid.langid").LanguageIdentifier.from_model_file(MODEL)
