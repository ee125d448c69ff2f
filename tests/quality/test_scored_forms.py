"""Forms scored by hand, with every kind of question; what must hold of any form; and definitions that are refused."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.defaults import DEFINITION
from quality.scoring import ScoringError, asked_in, needs_comment, score, validate_definition
from tests.quality.test_scoring import card, question

OPTIONS = [
    {"code": code, "text": {"en": code}, "points": points} for code, points in (("all", 4), ("most", 2), ("none", 0))
]
# Weights: tone 1 + 3, facts 4 + 2, speed 2, return 1 + 3, law 2 + 1 (mail only): 18 in a chat, 19 in a mail.
CARD = card(
    tone=[question("greets"), question("warm", "scale", 3, na_allowed=True)],
    facts=[
        question("right", weight=4, critical=True, comment="failed"),
        question("complete", "choice", 2, na_allowed=True, options=OPTIONS),
    ],
    speed=[question("minutes", "number", 2, none_at=30, full_at=10)],
    back=[question("returns"), question("label", weight=3, only_if={"question": "returns", "is": [True]})],
    law=[
        question("identity", weight=2, fatal=True, na_allowed=True, comment="always"),
        question("signed", channels=["email"]),
    ],
)
PERFECT: dict[str, object] = {
    "greets": True, "warm": 5, "right": True, "complete": "all", "minutes": 10, "returns": True, "label": True,
    "identity": True, "signed": True,
}  # fmt: skip
NO, NA = False, "na"
ALL = "100.00"

# channel, what is answered otherwise, per cent, per section (tone, facts, speed, back, law), failed critical, fatal
TABLE: list[tuple[str, dict[str, object], str, str, str, bool]] = [
    ("webchat", {}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # 18/18
    ("webchat", {"greets": NO}, "94.44", "75.00 100.00 100.00 100.00 100.00", "", False),  # 17/18
    ("webchat", {"warm": 4}, "96.67", "85.00 100.00 100.00 100.00 100.00", "", False),  # 17.4/18
    ("webchat", {"warm": 1}, "86.67", "40.00 100.00 100.00 100.00 100.00", "", False),  # 15.6/18
    ("webchat", {"warm": 0}, "83.33", "25.00 100.00 100.00 100.00 100.00", "", False),  # 15/18
    ("webchat", {"warm": NA}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # 15/15
    ("webchat", {"warm": NA, "greets": NO}, "93.33", "0.00 100.00 100.00 100.00 100.00", "", False),  # 14/15
    ("webchat", {"right": NO}, "66.67", "100.00 0.00 100.00 100.00 100.00", "right", False),  # 12/18
    ("webchat", {"complete": "most"}, "94.44", "100.00 83.33 100.00 100.00 100.00", "", False),  # 17/18
    ("webchat", {"complete": "none"}, "88.89", "100.00 66.67 100.00 100.00 100.00", "", False),  # 16/18
    ("webchat", {"complete": NA}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # 16/16
    ("webchat", {"complete": NA, "right": NO}, "75.00", "100.00 0.00 100.00 100.00 100.00", "right", False),  # 12/16
    ("webchat", {"minutes": 30}, "88.89", "100.00 100.00 0.00 100.00 100.00", "", False),  # 16/18
    ("webchat", {"minutes": 20}, "94.44", "100.00 100.00 50.00 100.00 100.00", "", False),  # 17/18
    ("webchat", {"minutes": 15}, "97.22", "100.00 100.00 75.00 100.00 100.00", "", False),  # 17.5/18
    ("webchat", {"minutes": 12.5}, "98.61", "100.00 100.00 87.50 100.00 100.00", "", False),  # 17.75/18
    ("webchat", {"minutes": 29.9}, "88.94", "100.00 100.00 0.50 100.00 100.00", "", False),  # 16.01/18
    ("webchat", {"minutes": 5}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # no more than all
    ("webchat", {"minutes": 45}, "88.89", "100.00 100.00 0.00 100.00 100.00", "", False),  # no less than nothing
    ("webchat", {"returns": NO}, "93.33", "100.00 100.00 100.00 0.00 100.00", "", False),  # label not asked: 14/15
    ("webchat", {"returns": NO, "label": NO}, "93.33", "100.00 100.00 100.00 0.00 100.00", "", False),  # nor counted
    ("webchat", {"label": NO}, "83.33", "100.00 100.00 100.00 25.00 100.00", "", False),  # 15/18
    ("webchat", {"identity": NO}, "0.00", "0.00 0.00 0.00 0.00 0.00", "", True),
    ("webchat", {"identity": NA}, "100.00", "100.00 100.00 100.00 100.00 -", "", False),  # 16/16
    ("webchat", {"identity": NA, "greets": NO}, "93.75", "75.00 100.00 100.00 100.00 -", "", False),  # 15/16
    ("webchat", {"right": NO, "identity": NO}, "0.00", "0.00 0.00 0.00 0.00 0.00", "right", True),
    ("webchat", {"warm": 2, "complete": "most", "minutes": 25}, "76.11", "55.00 83.33 25.00 100.00 100.00", "", False),
    # 1 + 1.2 + 4 + 1 + 0.5 + 4 + 2 = 13.7 of 18
    (
        "webchat", {"greets": NO, "warm": 1, "complete": "none", "minutes": 30, "label": NO},
        "42.22", "15.00 66.67 0.00 25.00 100.00", "", False,
    ),  # 0.6 + 4 + 1 + 2 = 7.6 of 18
    (
        "webchat", {"greets": NO, "warm": 0, "right": NO, "complete": "none", "minutes": 30, "returns": NO},
        "13.33", "0.00 0.00 0.00 0.00 100.00", "right", False,
    ),  # 2 of 15
    ("email", {}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # 19/19
    ("email", {"signed": NO}, "94.74", "100.00 100.00 100.00 100.00 66.67", "", False),  # 18/19
    ("webchat", {"signed": NO}, "100.00", "100.00 100.00 100.00 100.00 100.00", "", False),  # not asked in a chat
    ("email", {"identity": NA, "signed": NO}, "94.12", "100.00 100.00 100.00 100.00 0.00", "", False),  # 16/17
    ("email", {"identity": NO}, "0.00", "0.00 0.00 0.00 0.00 0.00", "", True),
    ("email", {"greets": NO, "signed": NO}, "89.47", "75.00 100.00 100.00 100.00 66.67", "", False),  # 17/19
    ("email", {"returns": NO, "right": NO}, "56.25", "100.00 0.00 100.00 0.00 100.00", "right", False),  # 9/16
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[f"{place}-{row[0]}" for place, row in enumerate(TABLE)])
def test_a_form_scores_what_was_reckoned_by_hand(row: tuple[str, dict[str, object], str, str, str, bool]) -> None:
    channel, changed, percent, sections, critical, fatal = row
    result = score(CARD, PERFECT | changed, channel)
    assert str(result.percent) == percent
    assert ["-" if one is None else str(one) for one in result.per_section.values()] == sections.split()
    assert (" ".join(result.failed_critical), result.fatal) == (critical, fatal)


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 30 and len({str(row[:2]) for row in TABLE}) == len(TABLE)


def test_what_is_asked_follows_answers_and_channel() -> None:
    assert "label" in asked_in(CARD, {"returns": True}) and "label" not in asked_in(CARD, {"returns": False})
    assert "label" not in asked_in(CARD, {"returns": 1})  # 1 is not true
    assert "signed" not in asked_in(CARD, PERFECT, "webchat") and "signed" in asked_in(CARD, PERFECT, "email")


def test_comments_are_needed_where_the_card_says() -> None:
    assert needs_comment(CARD, PERFECT, "webchat") == ["identity"]
    assert needs_comment(CARD, PERFECT | {"right": False}, "webchat") == ["right", "identity"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"complete": "some"}, "answers.complete"), ({"complete": 4}, "answers.complete"),
        ({"minutes": "10"}, "answers.minutes"), ({"minutes": True}, "answers.minutes"),
        ({"minutes": float("nan")}, "answers.minutes"), ({"minutes": float("inf")}, "answers.minutes"),
        ({"minutes": 10**12}, "answers.minutes"), ({"label": None}, "answers.label"),
        ({"minutes": "na"}, "answers.minutes"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_named(changed: dict[str, object], field: str) -> None:
    with pytest.raises(ScoringError) as caught:
        score(CARD, PERFECT | changed, "webchat")
    assert caught.value.field == field


def with_(path: list[str | int], value: object) -> Any:
    definition: Any = deepcopy(CARD)
    place = definition
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return definition


LABEL: list[str | int] = ["sections", 3, "questions", 1]
RETURNS: list[str | int] = ["sections", 3, "questions", 0]
COMPLETE: list[str | int] = ["sections", 1, "questions", 1]
MINUTES: list[str | int] = ["sections", 2, "questions", 0]


@pytest.mark.parametrize(
    ("definition", "field", "said"),
    [
        (with_([*RETURNS, "only_if"], {"question": "label", "is": [True]}), "sections[3].questions[0].only_if",
         "returns → label → returns"),
        (with_([*LABEL, "only_if"], {"question": "label", "is": [True]}), "sections[3].questions[1].only_if",
         "label → label"),
        (with_([*LABEL, "only_if"], {"question": "nobody", "is": [True]}), "sections[3].questions[1].only_if.question",
         "no question"),
        (with_([*LABEL, "only_if"], {"question": "returns", "is": ["maybe"]}),
         "sections[3].questions[1].only_if.is[0]", "no answer"),
        (with_([*LABEL, "only_if"], {"question": "returns", "is": []}), "sections[3].questions[1].only_if.is", "least"),
        (with_([*COMPLETE, "options"], OPTIONS[:1]), "sections[1].questions[1].options", "differ"),
        (with_([*COMPLETE, "options"], [*OPTIONS, OPTIONS[0]]), "sections[1].questions[1].options[3].code", "twice"),
        (with_([*COMPLETE, "options"], [*OPTIONS, {**OPTIONS[0], "code": "na"}]),
         "sections[1].questions[1].options[3].code", "not applicable"),
        (with_([*MINUTES, "full_at"], 30), "sections[2].questions[0].full_at", "differ"),
        (with_([*MINUTES, "none_at"], "x"), "sections[2].questions[0].none_at", "number"),
        (with_([*MINUTES, "comment"], "maybe"), "sections[2].questions[0].comment", "failed or always"),
        (with_([*MINUTES, "channels"], ["email", "email"]), "sections[2].questions[0].channels", "once"),
        (with_([*MINUTES, "guidance"], {"10": {"en": ""}}), "sections[2].questions[0].guidance.10", "language"),
        (card(s=[question("a", na_allowed=True)]), "sections", "always be answered"),
        (card(s=[question("a", channels=["email"]), question("b", na_allowed=True, channels=["webchat"])]), "sections",
         "webchat"),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_score_names_the_place(definition: Any, field: str, said: str) -> None:
    validate_definition(CARD)
    with pytest.raises(ScoringError) as caught:
        validate_definition(definition)
    assert caught.value.field == field and said in caught.value.reason


def test_a_card_of_before_is_still_scored_though_nobody_could_publish_it_now() -> None:
    old = card(s=[question("a", na_allowed=True), question("b", na_allowed=True)])
    assert score(old, {"a": True, "b": "na"}).percent == Decimal(100)
    validate_definition(DEFINITION)


KINDS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "yes_no": ({}, [False, True]),
    "scale": ({"max": 5}, [0, 1, 2, 3, 4, 5]),
    "choice": ({"options": OPTIONS}, ["none", "most", "all"]),
    "number": ({"none_at": 30, "full_at": 10}, [31, 30, 22.5, 10, 9]),
}


@st.composite
def forms(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A card with every kind of question, conditions and channels, and a form filled on it; worst answers first."""
    sections: dict[str, list[dict[str, Any]]] = {}
    answers: dict[str, Any] = {}
    known: dict[str, list[Any]] = {}
    for place in range(draw(st.integers(1, 3))):
        for number in range(draw(st.integers(1, 3))):
            code = f"q{place}{number}"
            kind = draw(st.sampled_from(sorted(KINDS)))
            more: dict[str, Any] = {**KINDS[kind][0], "na_allowed": code != "q00"}
            more |= {name: draw(st.integers(0, 5)) == 0 for name in ("critical", "fatal")}
            if draw(st.booleans()) and known:
                on = draw(st.sampled_from(sorted(known)))
                more["only_if"] = {"question": on, "is": [draw(st.sampled_from(known[on]))]}
            sections.setdefault(f"s{place}", []).append(question(code, kind, draw(st.integers(1, 9)), **more))
            options = KINDS[kind][1]
            answers[code] = draw(st.sampled_from(options if code == "q00" else [*options, "na"]))
            known[code] = options
    return card(**sections), answers


@settings(max_examples=120, derandomize=True, deadline=None)
@given(forms())
def test_any_score_lies_between_nothing_and_all(form: tuple[dict[str, Any], dict[str, Any]]) -> None:
    result = score(*form)
    assert 0 <= result.percent <= 100
    assert all(one is None or 0 <= one <= 100 for one in result.per_section.values())
    assert not result.fatal or result.percent == 0


@settings(max_examples=120, derandomize=True, deadline=None)
@given(forms())
def test_a_better_answer_never_scores_less(form: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Of a question on which no other depends: what is asked stays the same."""
    definition, answers = form
    before = score(definition, answers).percent
    every = [entry for section in definition["sections"] for entry in section["questions"]]
    leading = {entry["only_if"]["question"] for entry in every if entry.get("only_if")}
    for entry in every:
        given_answer, order = answers[entry["code"]], KINDS[entry["kind"]][1]
        if entry["code"] in leading or given_answer == "na":
            continue
        for better in order[order.index(given_answer) + 1 :]:
            assert score(definition, answers | {entry["code"]: better}).percent >= before


@settings(max_examples=120, derandomize=True, deadline=None)
@given(forms())
def test_not_applicable_is_as_if_it_were_not_on_the_form(form: tuple[dict[str, Any], dict[str, Any]]) -> None:
    definition, answers = form
    every = [entry for section in definition["sections"] for entry in section["questions"]]
    leading = {entry["only_if"]["question"] for entry in every if entry.get("only_if")}
    for entry in every:
        if not entry["na_allowed"] or entry["code"] in leading:
            continue
        without = deepcopy(definition)
        for section in without["sections"]:
            section["questions"] = [one for one in section["questions"] if one["code"] != entry["code"]]
        without["sections"] = [section for section in without["sections"] if section["questions"]]
        rest = {code: answer for code, answer in answers.items() if code != entry["code"]}
        assert score(definition, answers | {entry["code"]: "na"}).percent == score(without, rest).percent
