"""The score of an evaluation: a pure function of the scorecard's definition and the answers.

    {"sections": [{"code": "tone", "title": {"en": "Tone", "es": "Tono"},
      "questions": [{"code": "greets", "text": {"en": "Greets", "es": "Saluda"}, "kind": "yes_no" | "scale", "max": 5,
                     "weight": 2, "na_allowed": false, "critical": false, "fatal": false}]}]}

A yes earns the weight, a scale (0 to max) its part of it. *Not applicable* (the answer "na") takes the weight out. A
failed critical question (no, or 0 on a scale) zeroes its section, a failed fatal one the whole; the weights stay in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

NOT_APPLICABLE = "na"
KINDS = ("yes_no", "scale")
QUESTION_KEYS = {"code", "text", "kind", "max", "weight", "na_allowed", "critical", "fatal"}


class ScoringError(ValueError):
    """A definition or answer that cannot be scored. `field` is a path such as ``sections[0].questions[1].weight``
    or ``answers.greets``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Score:
    """Per cents with two decimals (half up); a section whose questions are all not applicable has None."""

    percent: Decimal
    per_section: dict[str, Decimal | None]
    failed_critical: tuple[str, ...]
    fatal: bool


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


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    questions: tuple[Question, ...]


def validate_definition(definition: object) -> None:
    """Raise ScoringError(field, reason) unless the definition can be scored by."""
    _read(definition)


def score(definition: object, answers: Mapping[str, object]) -> Score:
    """Score answers (code → True/False, 0…max, or "na"). Raises ScoringError for a bad definition or answer."""
    sections = _read(definition)
    known = {question.code for section in sections for question in section.questions}
    for code in answers:
        if code not in known:
            raise ScoringError(f"answers.{code}", "is no question of this scorecard")
    earned, possible = Fraction(0), 0
    per_section: dict[str, Decimal | None] = {}
    failed_critical: list[str] = []
    fatal = False
    for section in sections:
        shares = {question: _share(question, answers) for question in section.questions}
        asked = {question: share for question, share in shares.items() if share is not None}
        weight = sum(question.weight for question in asked)
        points = sum((question.weight * share for question, share in asked.items()), Fraction(0))
        failed = [question.code for question, share in asked.items() if question.critical and share == 0]
        points = Fraction(0) if failed else points
        failed_critical += failed
        fatal = fatal or any(question.fatal and share == 0 for question, share in asked.items())
        per_section[section.code] = _percent(points, weight) if weight else None
        earned, possible = earned + points, possible + weight
    if not possible:
        raise ScoringError("answers", "every question is not applicable, so there is nothing to score")
    percent = _percent(Fraction(0) if fatal else earned, possible)
    if fatal:
        per_section = {code: None if value is None else Decimal("0.00") for code, value in per_section.items()}
    return Score(percent, per_section, tuple(failed_critical), fatal)


def _share(question: Question, answers: Mapping[str, object]) -> Fraction | None:
    """The part of the weight that was earned, 0 to 1; None for not applicable."""
    field = f"answers.{question.code}"
    answer = answers.get(question.code)
    if answer is None:
        raise ScoringError(field, "is missing")
    if answer == NOT_APPLICABLE:
        if not question.na_allowed:
            raise ScoringError(field, "must be answered: not applicable is not allowed here")
        return None
    if question.kind == "yes_no":
        if not isinstance(answer, bool):
            raise ScoringError(field, "must be yes or no (true or false)")
        return Fraction(int(answer))
    if not isinstance(answer, int) or isinstance(answer, bool) or not 0 <= answer <= question.max:
        raise ScoringError(field, f"must be a whole number from 0 to {question.max}")
    return Fraction(answer, question.max)


def _percent(points: Fraction, weight: int) -> Decimal:
    hundredths = points * 10_000 / weight
    return (Decimal(hundredths.numerator) / hundredths.denominator).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


def _read(definition: object) -> tuple[Section, ...]:
    entry = _mapping("definition", definition, {"sections"})
    sections = []
    codes: set[str] = set()
    for path, raw in _entries("sections", entry.get("sections")):
        section = _mapping(path, raw, {"code", "title", "questions"})
        code = _code(path, section, codes)
        _texts(f"{path}.title", section.get("title"))
        sections.append((code, path, section.get("questions")))
    found: set[str] = set()
    return tuple(
        Section(code, tuple(_question(here, raw, found) for here, raw in _entries(f"{path}.questions", questions)))
        for code, path, questions in sections
    )


def _question(path: str, raw: object, codes: set[str]) -> Question:
    entry = _mapping(path, raw, QUESTION_KEYS)
    code = _code(path, entry, codes)
    _texts(f"{path}.text", entry.get("text"))
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ScoringError(f"{path}.kind", f"must be one of {', '.join(KINDS)}")
    top = _whole(f"{path}.max", entry.get("max")) if kind == "scale" else 1
    weight = _whole(f"{path}.weight", entry.get("weight"))
    flags = {}
    for name in ("na_allowed", "critical", "fatal"):
        flag = entry.get(name, False)
        if not isinstance(flag, bool):
            raise ScoringError(f"{path}.{name}", "must be true or false")
        flags[name] = flag
    return Question(path, code, kind, top, weight, flags["na_allowed"], flags["critical"], flags["fatal"])


def _entries(path: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, list) or not value:
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


def _whole(path: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ScoringError(path, "must be a whole number from 1")
    return value
