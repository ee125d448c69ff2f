"""What is filled, what is left to fill, what a macro may be, what names another brand: all without a database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.bodies import checked_body
from automation.decide import Facts, checked_actions, objections
from automation.faults import Faulty
from automation.filling import VARIABLES, blanks_in, fill, gist, unknown_variables, week_in_words
from automation.guard import Brand, Brands

ACME, NORTH = "acme", "north"
BRANDS = Brands.of(
    [
        Brand(
            ACME,
            ("Acme Shoes", "Acme Calzature S.r.l."),
            ("acme.example", "acme.localhost"),
            ("help@acme.example",),
            "AC",
        ),
        Brand(NORTH, ("Northlight", "Northlight Outdoor GmbH"), ("northlight.example",), ("north@gmail.com",), "NL"),
        Brand("cafe", ("Café Émile",), (), (), "CE"),
        Brand("acme-home", ("Acme",), ("home.acme.example",), (), "AH"),
    ]
)


def found(text: str, owner: str = ACME) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.kind) for one in BRANDS.find(text, owner)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ihr Northlight Team", [("Northlight", "name")]),
        ("NORTHLIGHT'S returns", [("NORTHLIGHT", "name")]),
        ("Northlights Rückgabe", [("Northlights", "name")]),
        ("North\u200blight", [("North\u200blight", "name")]),
        ("Northlight Outdoor GmbH schreibt", [("Northlight Outdoor GmbH", "name")]),
        ("see https://shop.northlight.example/returns", [("shop.northlight.example", "address")]),
        ("write to north@gmail.com", [("north@gmail.com", "address")]),
        ("your case nl-4821 is open", [("nl-4821", "case")]),
        ("a cafe e\u0301mile voucher", [("cafe e\u0301mile", "name")]),
        ("Northlight and NL-1001", [("Northlight", "name"), ("NL-1001", "case")]),
    ],
)
def test_what_is_anothers_is_found_where_it_stands(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Acme Shoes, case AC-4821, https://acme.example/x, help@acme.example",  # its own
        "the north light of a northern window",  # two words
        "someone@gmail.com wrote",  # the provider is nobody's
        "NL-48 is a road, XNL-4821 a part, NL-4821-B another",  # no case numbers
        "Acme Shoes is not the other one",  # another's name inside one's own
        "",
    ],
)
def test_what_is_ones_own_or_nobodys_is_let_through(text: str) -> None:
    assert found(text) == []


def test_a_name_inside_ones_own_is_anothers_where_it_stands_alone() -> None:
    assert found("buy it at Acme Shoes") == []
    assert found("buy it at Acme") == [("Acme", "name")]
    assert found("buy it at Acme Shoes", owner=NORTH) == [("Acme Shoes", "name")]


@given(st.text(max_size=200))
def test_any_text_can_be_checked_and_places_lie_in_it(text: str) -> None:
    for one in BRANDS.find(f"{text} Northlight {text}", ACME):
        assert 0 <= one.start < one.end <= 2 * len(text) + 12
    assert any(one.kind == "name" for one in BRANDS.find(f"{text} Northlight ", ACME)) or ".northlight" in f"{text} "


def test_variables_are_filled_once_and_what_is_missing_is_a_blank() -> None:
    values = {"customer.name": "Ada {{case.number}} [[x]]", "case.number": "AC-1"}
    text = fill("Dear {{customer.name}}, {{ case.number }}: {{order.number}}", values, {"order.number": "order number"})
    assert text == "Dear Ada case.number x, AC-1: [[order number]]"
    assert [what for _, _, what in blanks_in(text)] == ["order number"]


def test_whatever_is_between_brackets_is_left_to_fill() -> None:
    assert [what for _, _, what in blanks_in("[[a]] {{ b }} [[]] [c] {d}")] == ["a", "b", ""]
    assert unknown_variables("{{case.number}} {{customer.iban}}") == ["customer.iban"]
    assert gist("One  more\nSPACE") == gist("one more space ")


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text(max_size=40)))
def test_no_value_makes_a_blank_or_a_variable_of_its_own(values: dict[str, str]) -> None:
    template = "".join(f"{{{{{name}}}}}|" for name in VARIABLES)
    left = {what for _, _, what in blanks_in(fill(template, values, {}))}
    assert left <= set(VARIABLES)


def test_hours_of_a_week_are_said_in_spans() -> None:
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    day = [["09:00", "18:00"]]
    weekly = {
        **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day),
        "sat": [["10:00", "12:00"], ["15:00", "17:00"]],
    }
    assert week_in_words(weekly, names) == "Mon–Fri 09:00–18:00; Sat 10:00–12:00, 15:00–17:00"
    assert week_in_words({}, names) == ""
    assert week_in_words({"sun": day}, names) == "Sun 09:00–18:00"


NOTE = {"do": "note", "text": "Ask the carrier"}
CLOSE = {"do": "close", "reason": "thanks"}


@pytest.mark.parametrize(
    ("actions", "field"),
    [
        ([], "actions"),
        ([CLOSE, NOTE], "actions"),
        ([NOTE] * 7, "actions"),
        ([{"do": "fly"}], "actions.0.do"),
        ([{"do": "note", "text": " "}], "actions.0.text"),
        ([NOTE, {"do": "put_off", "hours": 0}], "actions.1.hours"),
        ([{"do": "put_off", "hours": True}], "actions.0.hours"),
        ([{"do": "transfer", "queue": "", "skill": ""}], "actions.0.queue"),
        ([{"do": "transfer", "queue": "chat", "skill": "product:x"}], "actions.0.queue"),
        ([{"do": "reply", "texts": {}, "wait": True}, {"do": "put_off", "hours": 1}], "actions"),
    ],
)
def test_a_macro_that_cannot_be_run_is_not_kept(actions: list[Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        checked_actions(actions)
    assert list(refused.value.fields) == [field]


def test_a_macro_is_held_up_by_what_the_client_no_longer_has() -> None:
    facts = Facts(frozenset({"thanks"}), frozenset({"chat"}), frozenset())
    kept = checked_actions([NOTE, CLOSE])
    assert objections(kept, facts) == []
    assert objections(checked_actions([{"do": "close", "reason": "gone"}]), facts) == ["reason_gone"]
    assert objections(checked_actions([{"do": "transfer", "queue": "mail"}]), facts) == ["queue_gone"]
    assert objections(checked_actions([{"do": "transfer", "skill": "x"}]), facts) == ["skill_gone"]


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("reply", {"texts": {}}, "texts"),
        ("reply", {"texts": {"it": " "}}, "texts"),
        ("reply", {"texts": {"Italian": "Ciao"}}, "texts"),
        ("reply", {"texts": {"it": "{{customer.iban}}"}}, "texts.it"),
        ("reply", {"texts": {"it": "x" * 6001}}, "texts.it"),
        ("reply", "no body", "texts"),
        ("macro", {"actions": [{"do": "reply", "texts": {"it": ""}}]}, "actions.0.texts"),
        ("procedure", {"steps": []}, "steps"),
        ("bulletin", {"text": ""}, "text"),
        ("bulletin", {"text": "News", "until": "soon"}, "until"),
        ("rules", {"grants": [{"what": "Refund", "up_to": "much"}]}, "grants.0.up_to"),
        ("rules", {"grants": [{"what": "Refund", "up_to": "-1"}]}, "grants.0.up_to"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(kind: str, body: Any, field: str) -> None:
    with pytest.raises(Faulty) as refused:
        checked_body(kind, body)
    assert list(refused.value.fields) == [field]


def test_what_fits_is_kept_in_one_form() -> None:
    reply = checked_body("reply", {"texts": {"it": " Ciao \r\n{{case.number}}", "en": ""}, "more": 1})
    assert reply == {"texts": {"it": "Ciao \n{{case.number}}"}, "as_is": False}
    rules = checked_body("rules", {"grants": [{"what": " Refund  now", "up_to": "12,50"}, {"what": ""}]})
    assert rules["grants"] == [{"what": "Refund now", "up_to": "12.5", "beyond": "lead"}]
    assert checked_body("rules", {"grants": [{"what": "x", "up_to": 100}]})["grants"][0]["up_to"] == "100"
