"""Attainment from the ledger, checked by hand, by its rules, and against a second implementation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Refusal
from sla_contracts import clocks, contracts
from sla_contracts.attainment import attainment, attainments
from sla_contracts.period import Period
from sla_contracts.trend import trend
from tenants.models import Tenant
from tests.sla_contracts.months import answer, arrive, close, live_month, utc

pytestmark = pytest.mark.django_db
OCTOBER = Period.of_month("2026-10", "Europe/Rome")
LATER = utc("2026-11-05 12:00")
DAY = utc("2026-10-07 09:00")


def clause(tenant: Tenant, code: str = "chat_first_response", **how: Any) -> dict[str, Any]:
    found = attainment(tenant, how.pop("period", OCTOBER), now=how.pop("now", LATER))
    return next(row for row in found["clauses"] if row["code"] == code)


def test_a_month_is_the_calendar_month_of_the_contracts_zone() -> None:
    assert (OCTOBER.start, OCTOBER.end) == (utc("2026-09-30 22:00"), utc("2026-10-31 23:00"))
    assert Period.holding(utc("2026-10-31 23:30"), "Europe/Rome").month == "2026-11"
    assert Period.of_month("2026-01", "UTC").before().month == "2025-12"
    for bad in ("2026-13", "2026-1", "26-01", "2026-00", "", "2026-10-01"):
        with pytest.raises(Refusal):
            Period.of_month(bad, "UTC")


def test_every_outcome_is_counted_where_it_belongs(acme: Tenant, northlight: Tenant) -> None:
    arrivals = [arrive(acme, DAY) for _ in range(6)]
    met, late, never, spam, unanswered, closed_late = arrivals
    answer(met, 60)
    answer(late, 61)
    clocks.void(conversation_id=spam.conversation, reason="spam", at=DAY + timedelta(seconds=5))
    close(unanswered, 30)
    close(closed_late, 90)
    waiting = arrive(acme, utc("2026-10-31 21:30"))  # 22:30 in Rome, closed until 08:00
    for _ in range(4):
        answer(arrive(northlight, DAY), 10)
    found = clause(acme, now=utc("2026-11-01 06:59"))
    assert (found["counted"], found["met"], found["breached"], found["running"]) == (4, 1, 3, 1)
    assert found["excluded"] == {"spam": 1, "closed_without_reply": 1}
    assert found["share"] == Decimal(1) / Decimal(4)
    assert found["ids"]["met"] == [str(met.conversation)]
    assert set(found["ids"]["breached"]) == {str(one.conversation) for one in (late, never, closed_late)}
    assert found["ids"]["running"] == [str(waiting.conversation)]
    assert found["ids"]["excluded"]["spam"] == [str(spam.conversation)]
    assert (clause(northlight)["counted"], clause(northlight)["met"]) == (4, 4)


def test_what_runs_past_its_target_is_late_before_any_sweep_has_seen_it(acme: Tenant) -> None:
    arrive(acme, DAY)
    assert clause(acme, now=DAY + timedelta(seconds=60))["running"] == 1
    assert clause(acme, now=DAY + timedelta(seconds=61))["breached"] == 1


def test_an_item_belongs_to_the_month_in_which_its_clock_started(acme: Tenant) -> None:
    edge = utc("2026-10-31 22:59:59")
    answer(arrive(acme, edge), 50)
    answer(arrive(acme, edge + timedelta(seconds=1)), 50)
    assert clause(acme)["counted"] == 1
    assert clause(acme, period=Period.of_month("2026-11", "Europe/Rome"))["counted"] == 1


def test_the_past_stays_as_the_ledger_had_it_at_the_cut_off(acme: Tenant) -> None:
    arrival = arrive(acme, DAY)
    answer(arrival, 20)
    cut_off = DAY + timedelta(hours=1)
    clocks.void(conversation_id=arrival.conversation, reason="merged", at=DAY + timedelta(hours=2))
    assert clause(acme, now=cut_off)["met"] == 1
    assert clause(acme)["excluded"] == {"merged": 1}


@pytest.mark.parametrize(
    ("met", "late", "points", "penalty", "kept"),
    [
        (4, 1, "0.00", "0.00", True),
        (3, 1, "5.00", "250.00", False),
        (2, 1, "13.33", "666.50", False),
        (0, 3, "80.00", "1000.00", False),
        (0, 0, "0.00", "0.00", None),
    ],
)
def test_points_and_penalty_follow_the_clause(
    met: int, late: int, points: str, penalty: str, kept: bool | None, acme: Tenant
) -> None:
    for seconds in [10] * met + [100] * late:
        answer(arrive(acme, DAY), seconds)
    found = clause(acme)
    assert (found["points_off"], found["penalty"], found["kept"]) == (Decimal(points), Decimal(penalty), kept)
    assert attainment(acme, OCTOBER, now=LATER)["penalty"] == Decimal(penalty)


def test_below_the_minimum_nothing_is_judged(acme: Tenant) -> None:
    version = contracts.version_in_force(acme.id, LATER)
    assert version is not None
    few = [{**row, "minimum": 3} for row in version.terms["clauses"]]
    new = contracts.draft(tenant=acme, terms={**version.terms, "clauses": few}, valid_from=OCTOBER.start)
    contracts.sign(version_id=new.id, by_bpo="a", by_client="b")
    for _ in range(2):
        answer(arrive(acme, DAY), 100)
    found = clause(acme)
    assert (found["counted"], found["judged"], found["kept"], found["penalty"]) == (2, False, None, Decimal("0.00"))
    answer(arrive(acme, DAY), 100)
    assert clause(acme)["judged"] is True


def test_a_breach_by_change_is_left_out(acme: Tenant) -> None:
    arrival = arrive(acme, DAY)
    clocks.retarget(conversation_id=arrival.conversation, priority="high", at=DAY + timedelta(seconds=45))
    answer(arrival, 50)
    found = clause(acme)
    assert (found["counted"], found["excluded"]) == (0, {"target_changed": 1})


def test_a_contract_that_changed_in_the_month_is_judged_in_its_parts(acme: Tenant) -> None:
    version = contracts.version_in_force(acme.id, LATER)
    assert version is not None
    harder = [{**row, "goal": 0.95} for row in version.terms["clauses"]]
    new = contracts.draft(tenant=acme, terms={**version.terms, "clauses": harder}, valid_from=utc("2026-10-14 22:00"))
    contracts.sign(version_id=new.id, by_bpo="a", by_client="b")
    answer(arrive(acme, DAY), 10)
    answer(arrive(acme, utc("2026-10-20 09:00")), 100)
    parts = [
        (row["version"], row["goal"], row["met"], row["breached"])
        for row in attainment(acme, OCTOBER, now=LATER)["clauses"]
        if row["code"] == "chat_first_response"
    ]
    assert parts == [(1, Decimal("0.8"), 1, 0), (2, Decimal("0.95"), 0, 1)]
    assert trend(acme, OCTOBER, now=LATER)[-1]["shares"]["chat_first_response"] == Decimal("0.5")


def test_one_query_for_all_clauses(acme: Tenant, django_assert_num_queries: Callable[[int], Any]) -> None:
    live_month(acme, OCTOBER.start, 10)
    attainment(acme, OCTOBER, now=LATER)
    with django_assert_num_queries(2):  # the versions, then the items
        attainment(acme, OCTOBER, now=LATER)


def test_months_side_by_side_say_what_each_says_alone(
    acme: Tenant, django_assert_num_queries: Callable[[int], Any]
) -> None:
    months = [OCTOBER.before(), OCTOBER, Period.of_month("2026-11", "Europe/Rome")]
    for month in months:
        live_month(acme, month.start, 8, seed=int(month.month[-2:]), slow=0.4)
    alone = [attainment(acme, month, now=LATER) for month in months]
    with django_assert_num_queries(2):
        assert attainments(acme, months, now=LATER) == alone
