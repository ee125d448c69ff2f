"""The score of an evaluation: a pure function of the scorecard's definition (``quality.definitions``) and the answers.

A yes earns the weight, a scale (0 to max) its part of it, a choice its points' part of the most points, a number its
place between ``none_at`` and ``full_at``. *Not applicable* (the answer "na") takes the weight out, and so does a
question that is not asked: in another channel, or under a condition that does not hold. A failed critical question (one
that earns nothing) zeroes its section, a failed fatal one the whole; the weights stay in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from quality.definitions import (
    NOT_APPLICABLE,
    Definition,
    Question,
    ScoringError,
    as_number,
    can_answer,
    is_number,
    read_definition,
    validate_definition,
)

__all__ = ["NOT_APPLICABLE", "Score", "ScoringError", "asked_in", "needs_comment", "score", "validate_definition"]


@dataclass(frozen=True, slots=True)
class Score:
    """Per cents with two decimals (half up); a section without an applicable question has None."""

    percent: Decimal
    per_section: dict[str, Decimal | None]
    failed_critical: tuple[str, ...]
    fatal: bool


def score(definition: object, answers: Mapping[str, object], channel: str = "") -> Score:
    """Score answers (code → True/False, 0…max, an option's code, a number, or "na").

    channel: of the conversation; empty asks the questions of every channel. Answers to questions that are not asked
    count for nothing. Raises ScoringError for a bad definition or answer.
    """
    whole = read_definition(definition)
    asked = _asked(whole, answers, channel)
    earned, possible = Fraction(0), 0
    per_section: dict[str, Decimal | None] = {}
    failed_critical: list[str] = []
    fatal = False
    for section in whole.sections:
        shares = {question: _share(question, answers) for question in section.questions if question.code in asked}
        counted = {question: share for question, share in shares.items() if share is not None}
        weight = sum(question.weight for question in counted)
        points = sum((question.weight * share for question, share in counted.items()), Fraction(0))
        failed = [question.code for question, share in counted.items() if question.critical and share == 0]
        points = Fraction(0) if failed else points
        failed_critical += failed
        fatal = fatal or any(question.fatal and share == 0 for question, share in counted.items())
        per_section[section.code] = _percent(points, weight) if weight else None
        earned, possible = earned + points, possible + weight
    if not possible:
        raise ScoringError("answers", "every question is not applicable, so there is nothing to score")
    percent = _percent(Fraction(0) if fatal else earned, possible)
    if fatal:
        per_section = {code: None if value is None else Decimal("0.00") for code, value in per_section.items()}
    return Score(percent, per_section, tuple(failed_critical), fatal)


def asked_in(definition: object, answers: Mapping[str, object], channel: str = "") -> list[str]:
    """The codes of the questions that are asked in this channel, given these answers, in their order."""
    whole = read_definition(definition)
    asked = _asked(whole, answers, channel)
    return [question.code for question in whole.questions() if question.code in asked]


def needs_comment(definition: object, answers: Mapping[str, object], channel: str = "") -> list[str]:
    """The codes of the asked questions whose answer must be explained."""
    whole = read_definition(definition)
    asked = _asked(whole, answers, channel)
    return [
        question.code
        for question in whole.questions()
        if question.code in asked
        and (question.comment == "always" or (question.comment == "failed" and _share(question, answers) == 0))
    ]


def _asked(whole: Definition, answers: Mapping[str, object], channel: str) -> set[str]:
    known = {question.code: question for question in whole.questions()}
    for code in answers:
        if code not in known:
            raise ScoringError(f"answers.{code}", "is no question of this scorecard")

    def is_asked(question: Question) -> bool:
        if channel and question.channels and channel not in question.channels:
            return False
        if question.only_if is None:
            return True
        on = known[question.only_if.question]
        return is_asked(on) and question.only_if.holds(answers.get(on.code))

    return {code for code, question in known.items() if is_asked(question)}


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
    if not can_answer(question, answer):
        raise ScoringError(field, _wanted(question))
    if question.kind == "choice":
        options = dict(question.options)
        return Fraction(options[str(answer)], max(options.values()))
    if question.kind == "number":
        place = (as_number(field, answer) - question.none_at) / (question.full_at - question.none_at)
        return min(max(place, Fraction(0)), Fraction(1))
    assert isinstance(answer, int) and is_number(int(answer))
    return Fraction(int(answer), question.max)


def _wanted(question: Question) -> str:
    return {
        "yes_no": "must be yes or no (true or false)",
        "scale": f"must be a whole number from 0 to {question.max}",
        "choice": f"must be one of {', '.join(code for code, _ in question.options)}",
        "number": "must be a number",
    }[question.kind]


def _percent(points: Fraction, weight: int) -> Decimal:
    hundredths = points * 10_000 / weight
    return (Decimal(hundredths.numerator) / hundredths.denominator).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)
