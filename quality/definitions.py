"""A scorecard's definition, read and checked; pure.

    {"channels": ["email"],
     "sections": [{"code": "tone", "title": {"en": "Tone", "es": "Tono"}, "questions": [
       {"code": "greets", "text": {"en": "Greets", "es": "Saluda"}, "kind": "yes_no", "weight": 2,
        "na_allowed": false, "critical": false, "fatal": false, "comment": "" | "failed" | "always",
        "guidance": {"": {"en": "…"}, "true": {"en": "…"}}, "channels": ["webchat"],
        "only_if": {"question": "other", "is": [true, "na"]}},
       {…, "kind": "scale", "max": 5},
       {…, "kind": "choice", "options": [{"code": "sent", "text": {…}, "points": 3}, …]},
       {…, "kind": "number", "none_at": 300, "full_at": 60}]}]}

``channels`` narrows the whole scorecard, or one question of it; absent or empty is all channels. ``guidance`` is a text
for the question (key "") and for each of its answers. ``only_if``: asked only where that question is asked and was
answered so. A number earns nothing at ``none_at`` and all at ``full_at``, evenly between, whichever is the greater.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

NOT_APPLICABLE = "na"
KINDS = ("yes_no", "scale", "choice", "number")
COMMENTS = ("", "failed", "always")
MOST_SECTIONS, MOST_QUESTIONS, MOST_OPTIONS, MOST_CHARS, MOST = 30, 100, 20, 1000, 1000
_QUESTION_KEYS = {
    "code", "text", "kind", "max", "weight", "na_allowed", "critical", "fatal", "comment", "guidance", "channels",
    "only_if", "options", "none_at", "full_at",
}  # fmt: skip


class ScoringError(ValueError):
    """A definition or answer that cannot be scored. `field` is a path such as ``sections[0].questions[1].weight``
    or ``answers.greets``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Condition:
    question: str
    answers: tuple[object, ...]

    def holds(self, answer: object) -> bool:
        """1 is not true, and 0 is not false."""
        return any(type(answer) is type(wanted) and answer == wanted for wanted in self.answers)


@dataclass(frozen=True, slots=True)
class Question:
    path: str
    code: str
    kind: str
    max: int
    weight: int
    na_allowed: bool
    critical: bool
    fatal: bool
    comment: str
    channels: tuple[str, ...]
    only_if: Condition | None
    # Option → points.
    options: tuple[tuple[str, int], ...]
    none_at: Fraction
    full_at: Fraction


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    sections: tuple[Section, ...]
    channels: tuple[str, ...]

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions


def validate_definition(definition: object) -> None:
    """Raise ScoringError(field, reason) unless the definition can be scored by and, filled in any way, has a score."""
    found = read_definition(definition)
    questions = list(found.questions())
    if len(found.sections) > MOST_SECTIONS or len(questions) > MOST_QUESTIONS:
        raise ScoringError("sections", f"must be at most {MOST_SECTIONS}, with {MOST_QUESTIONS} questions in all")
    if not any(_counts_always(question) for question in questions):
        raise ScoringError(
            "sections",
            "every question may be not applicable or left out, so a form could have nothing to score; let one always"
            " be answered",
        )
    named = found.channels or tuple({channel for question in questions for channel in question.channels})
    for channel in sorted(named):
        if not any(_counts_always(question, channel) for question in questions):
            raise ScoringError("sections", f"nothing must be answered for {channel}, so a form could have no score")


def _counts_always(question: Question, channel: str = "") -> bool:
    fits = channel in question.channels if channel and question.channels else True
    return fits and not question.na_allowed and question.only_if is None


def read_definition(definition: object) -> Definition:
    """The definition in its parts; raises ScoringError."""
    entry = _mapping("definition", definition, {"sections", "channels"})
    channels = _names("channels", entry.get("channels", []))
    sections = []
    codes: set[str] = set()
    for path, raw in _entries("sections", entry.get("sections")):
        section = _mapping(path, raw, {"code", "title", "questions"})
        code = _code(path, section, codes)
        _texts(f"{path}.title", section.get("title"))
        sections.append((code, path, section.get("questions")))
    found: set[str] = set()
    made = tuple(
        Section(code, tuple(_question(here, raw, found) for here, raw in _entries(f"{path}.questions", questions)))
        for code, path, questions in sections
    )
    whole = Definition(made, channels)
    _check_conditions(whole)
    return whole


def _question(path: str, raw: object, codes: set[str]) -> Question:
    entry = _mapping(path, raw, _QUESTION_KEYS)
    code = _code(path, entry, codes)
    _texts(f"{path}.text", entry.get("text"))
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ScoringError(f"{path}.kind", f"must be one of {', '.join(KINDS)}")
    comment = entry.get("comment", "")
    if comment not in COMMENTS:
        raise ScoringError(f"{path}.comment", "must be empty, failed or always")
    _guidance(path, entry.get("guidance", {}))
    none_at, full_at = _span(path, entry) if kind == "number" else (Fraction(0), Fraction(1))
    return Question(
        path=path,
        code=code,
        kind=kind,
        max=_whole(f"{path}.max", entry.get("max")) if kind == "scale" else 1,
        weight=_whole(f"{path}.weight", entry.get("weight")),
        **{name: _flag(f"{path}.{name}", entry.get(name, False)) for name in ("na_allowed", "critical", "fatal")},
        comment=str(comment),
        channels=_names(f"{path}.channels", entry.get("channels", [])),
        only_if=_condition(f"{path}.only_if", entry.get("only_if")),
        options=_options(path, entry.get("options")) if kind == "choice" else (),
        none_at=none_at,
        full_at=full_at,
    )


def _options(path: str, given: object) -> tuple[tuple[str, int], ...]:
    codes: set[str] = set()
    options = []
    for here, raw in _entries(f"{path}.options", given):
        option = _mapping(here, raw, {"code", "text", "points"})
        code = _code(here, option, codes)
        if code == NOT_APPLICABLE:
            raise ScoringError(f"{here}.code", f"{NOT_APPLICABLE!r} means not applicable; choose another")
        _texts(f"{here}.text", option.get("text"))
        options.append((code, _whole(f"{here}.points", option.get("points"), least=0)))
    if len(options) > MOST_OPTIONS:
        raise ScoringError(f"{path}.options", f"must be at most {MOST_OPTIONS}")
    if len({points for _, points in options}) < 2:
        raise ScoringError(f"{path}.options", "must differ in points, or the answer says nothing")
    return tuple(options)


def _span(path: str, entry: Mapping[str, object]) -> tuple[Fraction, Fraction]:
    none_at, full_at = (as_number(f"{path}.{name}", entry.get(name)) for name in ("none_at", "full_at"))
    if none_at == full_at:
        raise ScoringError(f"{path}.full_at", "must differ from the number that earns nothing")
    return none_at, full_at


def _condition(path: str, given: object) -> Condition | None:
    if given is None:
        return None
    entry = _mapping(path, given, {"question", "is"})
    question, answers = entry.get("question"), entry.get("is")
    if not isinstance(question, str) or not question:
        raise ScoringError(f"{path}.question", "must name a question")
    if not isinstance(answers, list) or not answers:
        raise ScoringError(f"{path}.is", "must be a list with at least one answer")
    return Condition(question, tuple(answers))


def _check_conditions(definition: Definition) -> None:
    """Every condition names a question and an answer that there are; none leads back to itself."""
    known = {question.code: question for question in definition.questions()}
    for question in known.values():
        if question.only_if is None:
            continue
        here = f"{question.path}.only_if"
        asked = known.get(question.only_if.question)
        if asked is None:
            raise ScoringError(f"{here}.question", f"{question.only_if.question!r} is no question of this scorecard")
        for place, answer in enumerate(question.only_if.answers):
            if not can_answer(asked, answer):
                raise ScoringError(f"{here}.is[{place}]", f"is no answer to {asked.code!r}")
    for question in known.values():
        _refuse_loop(question, known)


def _refuse_loop(start: Question, known: Mapping[str, Question]) -> None:
    way = [start.code]
    question = start
    while question.only_if is not None:
        question = known[question.only_if.question]
        if question.code in way:
            loop = [*way[way.index(question.code) :], question.code]
            raise ScoringError(f"{start.path}.only_if", f"leads back to itself: {' → '.join(loop)}")
        way.append(question.code)


def can_answer(question: Question, answer: object) -> bool:
    """Whether the question can be answered so."""
    if answer == NOT_APPLICABLE:
        return question.na_allowed
    if question.kind == "yes_no":
        return isinstance(answer, bool)
    if question.kind == "choice":
        return isinstance(answer, str) and answer in dict(question.options)
    if question.kind == "scale":
        return isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer <= question.max
    return is_number(answer)


def is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and abs(value) <= 1_000_000_000


def as_number(path: str, value: object) -> Fraction:
    """Exactly what was written: 0.1 is a tenth."""
    if not is_number(value):
        raise ScoringError(path, "must be a number")
    return Fraction(str(value))


def _guidance(path: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise ScoringError(f"{path}.guidance", "must be an object")
    for answer, texts in given.items():
        if texts:
            _texts(f"{path}.guidance.{answer}", texts)


def _names(path: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        raise ScoringError(path, "must be a list of channels")
    if len(set(given)) != len(given):
        raise ScoringError(path, "must name each channel once")
    return tuple(given)


def _flag(path: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ScoringError(path, "must be true or false")
    return value


def _entries(path: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or not value:
        raise ScoringError(path, "must be a list with at least one entry")
    for place, entry in enumerate(value):
        yield f"{path}[{place}]", entry


def _mapping(path: str, value: object, keys: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ScoringError(path, "must be an object")
    for key in value:
        if key not in keys:
            raise ScoringError(f"{path}.{key}", "is not a known key")
    return value


def _code(path: str, entry: Mapping[str, object], taken: set[str]) -> str:
    code = entry.get("code")
    if not isinstance(code, str) or not code:
        raise ScoringError(f"{path}.code", "must be a text")
    if code in taken:
        raise ScoringError(f"{path}.code", f"{code!r} appears twice")
    taken.add(code)
    return code


def _texts(path: str, value: object) -> None:
    texts = value if isinstance(value, Mapping) else {}
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise ScoringError(path, "must hold a text in at least one language")
    if any(len(text) > MOST_CHARS for text in texts.values()):
        raise ScoringError(path, f"must be at most {MOST_CHARS} characters")


def _whole(path: str, value: object, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
        raise ScoringError(path, f"must be a whole number from {least} to {MOST}")
    return value
