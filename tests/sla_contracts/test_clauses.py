"""Clauses: the formulas of answers, abandonment, what is left out, tiers, bonus and caps."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sla_contracts import clocks, contracts, terms
from sla_contracts.attainment import attainment
from sla_contracts.attainment_math import FORMULAS, Counts, outcome_of, percent, service_level
from sla_contracts.default_terms import default_terms
from sla_contracts.period import Period
from sla_contracts.terms import TermsError
from tenants.models import Tenant
from tests.sla_contracts.months import answer, arrive, leave, utc

NOVEMBER = Period.of_month("2027-11", "Europe/Rome")
LATER = utc("2027-12-03 12:00")
DAY = utc("2027-11-08 09:00")
CHAT_ANSWER = {"code": "chat_answer", "title": {"en": "Chat: answer"}, "metric": "answer", "channel_group": "chat"}


def agreed(*clauses: dict[str, Any], target: int = 20, **more: Any) -> dict[str, Any]:
    """The default terms with an answer target for chats, and these clauses."""
    data = default_terms(time_zone="Europe/Rome", country="IT", languages=["it", "en"])
    promise = {"channel_group": "chat", "metric": "answer", "seconds": target, "calendar": "chat_hours"}
    targets = [*data["targets"], promise]
    return {**data, "targets": targets, "clauses": [*data["clauses"], *clauses], **more}


def sign(tenant: Tenant, *clauses: dict[str, Any], valid_from: str = "2027-10-31 23:00", **more: Any) -> None:
    version = contracts.draft(tenant=tenant, terms=agreed(*clauses, **more), valid_from=utc(valid_from))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def figures(tenant: Tenant, code: str = "chat_answer") -> dict[str, Any]:
    return next(row for row in attainment(tenant, NOVEMBER, now=LATER)["clauses"] if row["code"] == code)


def enter_queue(tenant: Tenant, count: int = 1, at: Any = DAY) -> list[Any]:
    return [arrive(tenant, at, metrics=("answer",)) for _ in range(count)]


@pytest.mark.parametrize(
    ("clause", "field"),
    [
        ({"metric": "first_response", "formula": "of_offered"}, "formula"),
        ({"metric": "abandonment", "formula": "of_offered"}, "formula"),
        ({"formula": "of_all"}, "formula"),
        ({"formula": "less_abandons_under"}, "abandons_under_seconds"),
        ({"formula": "less_abandons_under", "abandons_under_seconds": 0}, "abandons_under_seconds"),
        ({"abandons_under_seconds": 5}, "abandons_under_seconds"),
        ({"exclusions": {}}, "exclusions"),
        ({"exclusions": [{"kind": "rain"}]}, "exclusions[0].kind"),
        ({"exclusions": [{"kind": "spam"}, {"kind": "spam"}]}, "exclusions[1]"),
        ({"exclusions": [{"kind": "short_abandons"}]}, "exclusions[0].seconds"),
        ({"metric": "resolution", "exclusions": [{"kind": "short_abandons", "seconds": 5}]}, "exclusions[0].kind"),
        ({"exclusions": [{"kind": "volume_above_forecast"}]}, "exclusions[0].forecast"),
        ({"exclusions": [{"kind": "volume_above_forecast", "forecast": 5, "percent": -1}]}, "exclusions[0].percent"),
        ({"penalty": {"tiers": []}}, "penalty.tiers"),
        ({"penalty": {"tiers": [{"points": 1, "amount": 5}], "eur_per_point": 3}}, "penalty.tiers"),
        ({"penalty": {"tiers": [{"points": 1}]}}, "penalty.tiers[0]"),
        ({"penalty": {"tiers": [{"points": 1, "amount": 5, "percent": 5}]}}, "penalty.tiers[0]"),
        ({"penalty": {"tiers": [{"points": 1, "percent": 5}]}}, "penalty.tiers[0].percent"),
        ({"penalty": {"tiers": [{"points": 101, "amount": 5}]}}, "penalty.tiers[0].points"),
        ({"penalty": {"tiers": [{"points": 1, "amount": -5}]}}, "penalty.tiers[0].amount"),
        ({"bonus": {"tiers": [{"points": 1, "amount": 5}, {"points": 1, "amount": 6}]}}, "bonus.tiers[1]"),
        ({"bonus": {"eur_per_point": 5, "cap": {}}}, "bonus.cap"),
    ],
)  # fmt: skip
def test_a_clause_that_cannot_be_kept_names_its_field(clause: dict[str, Any], field: str) -> None:
    with pytest.raises(TermsError) as refused:
        terms.validate(agreed({**CHAT_ANSWER, "goal": 0.8, **clause}))
    assert refused.value.field == f"clauses[4].{field}"


def test_giving_up_is_no_target_of_a_conversation() -> None:
    data = agreed()
    data["targets"][-1]["metric"] = "abandonment"
    with pytest.raises(TermsError) as refused:
        terms.validate(data)
    assert refused.value.field == "targets[6].metric"
    with pytest.raises(TermsError) as fee:
        terms.validate(agreed(monthly_fee=-1))
    assert fee.value.field == "monthly_fee"


def test_what_was_signed_before_there_were_formulas_reads_as_before() -> None:
    old = terms.validate(agreed({**CHAT_ANSWER, "goal": 0.8, "penalty": {"eur_per_point": 5}})).clauses[-1]
    assert (old.formula, old.bonus, old.exclusions.reasons) == ("of_offered_less_short_abandons", None, None)
    assert old.penalty is not None
    assert (old.penalty.per_point, old.penalty.cap_points, old.penalty.of(Decimal(3))) == tuple(
        map(Decimal, (5, 100, 15))
    )
    assert terms.validate(agreed()).clauses[0].formula == ""


@pytest.mark.parametrize("formula", FORMULAS)
def test_each_contact_of_the_example_stands_where_its_formula_puts_it(formula: str) -> None:
    """sla.md §2: 1,000 answered, 860 in T; 60 gave up, 20 of them in T, 10 within 5 s."""
    contacts: list[tuple[Any, bool, bool, int]] = [
        ("answered", True, False, 860),
        ("answered", False, False, 140),
        ("abandoned", True, True, 10),
        ("abandoned", True, False, 10),
        ("abandoned", False, False, 40),
    ]
    found = Counter[str]()
    for contact, in_target, is_short, number in contacts:
        found[outcome_of(contact, formula, in_target=in_target, is_short=is_short)] += number
    level = service_level(Counts(1000, 860, 60, 20, 10), formula)
    assert level == Decimal(found["met"]) / Decimal(found["met"] + found["breached"])


WORKED: dict[str, tuple[dict[str, Any], str, dict[str, int]]] = {
    "answered": ({"formula": "of_answered"}, "86.00", {"abandoned": 6}),
    "offered": ({"formula": "of_offered"}, "81.13", {}),
    "default": ({}, "82.69", {"abandoned": 2}),
    "short": ({"formula": "with_short_abandons"}, "83.02", {}),
    "under": ({"formula": "less_abandons_under", "abandons_under_seconds": 5}, "81.90", {"abandoned": 1}),
}


@pytest.mark.django_db
def test_the_worked_example_a_tenth_of_its_size(acme: Tenant) -> None:
    clauses = [{**CHAT_ANSWER, "code": code, "goal": 0.8, **formula} for code, (formula, _, _) in WORKED.items()]
    sign(acme, *clauses)
    contacts = enter_queue(acme, 106)
    for place, one in enumerate(contacts[:100]):
        answer(one, 20 if place < 86 else 20.001)
    for one, seconds in zip(contacts[100:], (5, 20, 21, 60, 600, 5000), strict=True):
        leave(one, seconds)
    found = {row["code"]: row for row in attainment(acme, NOVEMBER, now=LATER)["clauses"]}
    for code, (_, share, excluded) in WORKED.items():
        row = found[code]
        assert (percent(row["share"]), row["excluded"]) == (Decimal(share), excluded), code
        assert row["counted"] == 106 - sum(excluded.values())


@pytest.mark.django_db
def test_still_waiting_is_late_once_past_the_target_and_not_before(acme: Tenant) -> None:
    sign(acme, {**CHAT_ANSWER, "goal": 0.8})
    [waiting] = enter_queue(acme)
    for seconds, expected in ((20, ("running", 0)), (21, ("breached", 1))):
        row = next(
            one
            for one in attainment(acme, NOVEMBER, now=DAY + timedelta(seconds=seconds))["clauses"]
            if one["code"] == "chat_answer"
        )
        assert row[expected[0]] == 1
        assert row["counted"] == expected[1]
    assert figures(acme)["ids"]["breached"] == [str(waiting.conversation)]


@pytest.mark.django_db
def test_abandonment_is_judged_by_who_did_not_give_up(acme: Tenant, northlight: Tenant) -> None:
    kind = {**CHAT_ANSWER, "code": "chat_stayed", "metric": "abandonment", "goal": 0.97}
    sign(acme, {**kind, "exclusions": [{"kind": "short_abandons", "seconds": 5}]})
    contacts = enter_queue(acme, 12)
    for one in contacts[:9]:
        answer(one, 500)
    leave(contacts[9], 5)
    leave(contacts[10], 5.5)
    found = figures(acme, "chat_stayed")
    assert (found["met"], found["breached"], found["running"]) == (9, 1, 1)
    assert found["excluded"] == {"short_abandon": 1}
    assert found["points_off"] == Decimal("7.00")
    assert [row["code"] for row in attainment(northlight, NOVEMBER, now=LATER)["clauses"]].count("chat_stayed") == 0


@pytest.mark.django_db
def test_spam_and_incidents_are_left_out_only_where_the_clause_names_them(acme: Tenant) -> None:
    kind = {"title": {"en": "x"}, "metric": "first_response", "channel_group": "chat", "goal": 0.8}
    sign(
        acme,
        {**kind, "code": "all"},
        {**kind, "code": "spam", "exclusions": [{"kind": "spam"}]},
        {**kind, "code": "none", "exclusions": []},
    )
    spam, incident, merged, answered = [arrive(acme, DAY) for _ in range(4)]
    for one, reason in ((spam, "spam"), (incident, "client_incident"), (merged, "merged")):
        clocks.void(conversation_id=one.conversation, reason=reason, at=DAY + timedelta(seconds=30))
    answer(answered, 10)
    clocks.void(conversation_id=answered.conversation, reason="spam", at=DAY + timedelta(seconds=30))
    assert figures(acme, "all")["excluded"] == {"client_incident": 1, "merged": 1, "spam": 2}
    by_clause = figures(acme, "spam")
    assert (by_clause["excluded"], by_clause["breached"]) == ({"merged": 1, "spam": 2}, 1)
    without = figures(acme, "none")
    assert (without["excluded"], without["met"], without["breached"]) == ({"merged": 1}, 1, 2)


@pytest.mark.django_db
def test_what_comes_beyond_the_forecast_is_left_out_also_across_two_versions(acme: Tenant) -> None:
    limit = [{"kind": "volume_above_forecast", "forecast": 4, "percent": 25}]
    kind = {"title": {"en": "x"}, "metric": "first_response", "channel_group": "chat", "goal": 0.8}
    for start in ("2027-10-31 23:00", "2027-11-15 23:00"):
        sign(acme, {**kind, "code": "few", "exclusions": limit}, valid_from=start)
    spam, *arrivals = [arrive(acme, DAY + timedelta(days=2 * n)) for n in range(8)]
    clocks.void(conversation_id=spam.conversation, reason="merged", at=DAY + timedelta(seconds=1))
    for one in arrivals:
        answer(one, 10)
    parts = [row for row in attainment(acme, NOVEMBER, now=LATER)["clauses"] if row["code"] == "few"]
    assert [(row["met"], row["excluded"]) for row in parts] == [(3, {"merged": 1}), (2, {"above_forecast": 2})]
    assert parts[1]["ids"]["excluded"]["above_forecast"] == [str(one.conversation) for one in arrivals[-2:]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("goal", "met", "penalty", "bonus"),
    [
        (0.75, 3, "0.00", "0.00"),
        (0.76, 3, "0.00", "0.00"),
        (0.77, 3, "120.00", "0.00"),
        (0.849, 3, "120.00", "0.00"),
        (0.85, 3, "600.00", "0.00"),
        (0.8, 0, "720.00", "0.00"),
        (0.74, 3, "0.00", "25.00"),
        (0.8, 4, "0.00", "200.00"),
    ],
)
def test_tiers_bonus_and_caps(goal: float, met: int, penalty: str, bonus: str, acme: Tenant) -> None:
    tiers = [{"points": 2, "percent": 1}, {"points": 10, "percent": 5}, {"points": 20, "amount": 5000}]
    clause = {
        **CHAT_ANSWER,
        "goal": goal,
        "penalty": {"tiers": tiers, "cap": {"percent": 6}},
        "bonus": {"eur_per_point": 25, "cap": {"amount": 200}},
    }
    sign(acme, clause, monthly_fee=12000)
    for place, one in enumerate(enter_queue(acme, 4)):
        answer(one, 10 if place < met else 30)
    found = figures(acme)
    assert (found["penalty"], found["bonus"]) == (Decimal(penalty), Decimal(bonus))
    whole = attainment(acme, NOVEMBER, now=LATER)
    assert (whole["penalty"], whole["bonus"]) == (Decimal(penalty), Decimal(bonus))


@pytest.mark.django_db
def test_below_the_minimum_nothing_is_earned_either(acme: Tenant) -> None:
    sign(acme, {**CHAT_ANSWER, "goal": 0.8, "minimum": 3, "bonus": {"eur_per_point": 25}})
    for one in enter_queue(acme, 2):
        answer(one, 10)
    assert (figures(acme)["judged"], figures(acme)["bonus"]) == (False, Decimal("0.00"))
