"""The score of an evaluation by table, and what must hold of any scorecard."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.scoring import ScoringError, score, validate_definition

D = Decimal


def question(code: str, kind: str = "yes_no", weight: int = 1, **more: Any) -> dict[str, Any]:
    extra = {"max": 5} if kind == "scale" else {}
    return {"code": code, "text": {"en": code, "es": code}, "kind": kind, "weight": weight} | extra | more


def card(**sections: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sections": [{"code": code, "title": {"en": code, "es": code}, "questions": q} for code, q in sections.items()]
    }


CARD = card(
    tone=[question("greets", weight=1), question("warm", "scale", weight=3, na_allowed=True)],
    facts=[question("right", weight=4, critical=True), question("complete", weight=2, na_allowed=True)],
    law=[question("identity", weight=2, fatal=True, na_allowed=True)],
)
PERFECT = {"greets": True, "warm": 5, "right": True, "complete": True, "identity": True}

TABLE: list[tuple[str, dict[str, object], str, list[str | None], tuple[str, ...], bool]] = [
    ("perfect", {}, "100.00", ["100.00", "100.00", "100.00"], (), False),
    ("a no", {"greets": False}, "91.67", ["75.00", "100.00", "100.00"], (), False),
    ("part of a scale", {"warm": 3}, "90.00", ["70.00", "100.00", "100.00"], (), False),
    ("n/a takes the weight out", {"warm": "na"}, "100.00", ["100.00", "100.00", "100.00"], (), False),
    ("n/a makes the rest heavier", {"warm": "na", "greets": False}, "88.89", ["0.00", "100.00", "100.00"], (), False),
    ("a whole section n/a", {"identity": "na"}, "100.00", ["100.00", "100.00", None], (), False),
    ("critical zeroes its section", {"right": False}, "50.00", ["100.00", "0.00", "100.00"], ("right",), False),
    ("fatal zeroes all", {"identity": False}, "0.00", ["0.00", "0.00", "0.00"], (), True),
]


@pytest.mark.parametrize(
    ("case", "changed", "percent", "sections", "critical", "fatal"), TABLE, ids=[row[0] for row in TABLE]
)
def test_scores(
    case: str,
    changed: dict[str, object],
    percent: str,
    sections: list[str | None],
    critical: tuple[str, ...],
    fatal: bool,
) -> None:
    result = score(CARD, PERFECT | changed)
    assert str(result.percent) == percent
    assert [None if value is None else str(value) for value in result.per_section.values()] == sections
    assert (result.failed_critical, result.fatal) == (critical, fatal)


def test_a_critical_scale_fails_at_zero_only() -> None:
    one = card(s=[question("a", "scale", critical=True), question("b", weight=4)])
    assert score(one, {"a": 1, "b": True}).percent == D("84.00")
    assert score(one, {"a": 0, "b": True}).failed_critical == ("a",)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"smiles": True}, "answers.smiles"),
        ({"greets": None}, "answers.greets"),
        ({"greets": 1}, "answers.greets"),
        ({"greets": "yes"}, "answers.greets"),
        ({"greets": "na"}, "answers.greets"),
        ({"warm": 6}, "answers.warm"),
        ({"warm": -1}, "answers.warm"),
        ({"warm": 2.5}, "answers.warm"),
        ({"warm": True}, "answers.warm"),
    ],
)
def test_a_bad_answer_is_refused_by_its_question(changed: dict[str, object], field: str) -> None:
    with pytest.raises(ScoringError) as caught:
        score(CARD, PERFECT | changed)
    assert caught.value.field == field and caught.value.reason


def test_a_missing_answer_and_an_empty_evaluation_are_refused() -> None:
    with pytest.raises(ScoringError, match=r"answers\.right"):
        score(CARD, {key: value for key, value in PERFECT.items() if key != "right"})
    with pytest.raises(ScoringError, match="nothing to score"):
        score(card(s=[question("a", na_allowed=True)]), {"a": "na"})


def changed(path: list[str | int], value: object) -> dict[str, Any]:
    definition: Any = deepcopy(CARD)
    place = definition
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return dict(definition)


QUESTION: list[str | int] = ["sections", 0, "questions", 1]
BAD: list[tuple[object, str]] = [
    ([], "definition"),
    ({}, "sections"),
    ({"sections": []}, "sections"),
    (changed(["extra"], 1), "definition.extra"),
    (changed(["sections", 1, "questions"], []), "sections[1].questions"),
    (changed(["sections", 1, "code"], "tone"), "sections[1].code"),
    (changed(["sections", 0, "title"], {}), "sections[0].title"),
    (changed([*QUESTION, "code"], "greets"), "sections[0].questions[1].code"),
    (changed(["sections", 1, "questions", 0, "code"], "greets"), "sections[1].questions[0].code"),
    (changed([*QUESTION, "text"], {"en": " "}), "sections[0].questions[1].text"),
    (changed([*QUESTION, "kind"], "stars"), "sections[0].questions[1].kind"),
    (changed([*QUESTION, "max"], 0), "sections[0].questions[1].max"),
    (changed([*QUESTION, "weight"], 0), "sections[0].questions[1].weight"),
    (changed([*QUESTION, "weight"], 1.5), "sections[0].questions[1].weight"),
    (changed([*QUESTION, "weight"], True), "sections[0].questions[1].weight"),
    (changed([*QUESTION, "fatal"], "no"), "sections[0].questions[1].fatal"),
    (changed([*QUESTION, "colour"], 1), "sections[0].questions[1].colour"),
]


@pytest.mark.parametrize(("definition", "field"), BAD, ids=[field for _, field in BAD])
def test_a_bad_definition_is_refused_by_its_field(definition: object, field: str) -> None:
    validate_definition(CARD)
    with pytest.raises(ScoringError) as caught:
        validate_definition(definition)
    assert caught.value.field == field and caught.value.reason


@st.composite
def evaluations(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    sections, answers = {}, {}
    for place in range(draw(st.integers(1, 3))):
        questions = []
        for number in range(draw(st.integers(1, 4))):
            code = f"q{place}{number}"
            kind = draw(st.sampled_from(["yes_no", "scale"]))
            flags = {name: draw(st.integers(0, 5)) == 0 for name in ("critical", "fatal")}
            questions.append(question(code, kind, draw(st.integers(1, 9)), na_allowed=True, **flags))
            value = st.booleans() if kind == "yes_no" else st.integers(0, 5)
            answers[code] = draw(value if code == "q00" else value | st.just("na"))
        sections[f"s{place}"] = questions
    return card(**sections), answers


@settings(max_examples=150)
@given(evaluations())
def test_any_score_is_recomputed_question_by_question(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    definition, answers = case
    points = weights = 0.0
    fatal = False
    for section in definition["sections"]:
        asked = [q for q in section["questions"] if answers[q["code"]] != "na"]
        zero = any(q["critical"] and not answers[q["code"]] for q in asked)
        fatal |= any(q["fatal"] and not answers[q["code"]] for q in asked)
        weights += sum(q["weight"] for q in asked)
        points += 0 if zero else sum(q["weight"] * answers[q["code"]] / q.get("max", 1) for q in asked)
    result = score(definition, answers)
    assert result.fatal == fatal
    assert float(result.percent) == pytest.approx(0 if fatal else 100 * points / weights, abs=0.0051)
    assert 0 <= result.percent <= 100


@settings(max_examples=100)
@given(evaluations())
def test_a_better_answer_never_lowers_the_score(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    definition, answers = case
    before = score(definition, answers).percent
    for section in definition["sections"]:
        for entry in section["questions"]:
            if answers[entry["code"]] != "na":
                best = 5 if entry["kind"] == "scale" else True
                assert score(definition, answers | {entry["code"]: best}).percent >= before
