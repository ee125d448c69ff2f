"""Bugs that other help desks shipped, each a test of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_contracts import answers, clocks, contracts, timers
from sla_contracts.business_time import Calendar
from sla_contracts.models import Clock
from sla_contracts.reading import clocks_of
from tenants.models import Tenant
from tests.sla_contracts.months import Arrival, answer, arrive, close, utc

pytestmark = pytest.mark.django_db
FRIDAY = utc("2026-11-06 14:00")  # mail 09–18 in Rome: three hours left


def clock(arrival: Arrival, metric: str) -> Clock:
    return Clock.objects.get(conversation=arrival.conversation, metric=metric)


def agree(tenant: Tenant, calendar: dict[str, object], seconds: int) -> None:
    """From October 2027 on: one first-response target on this calendar."""
    terms = {
        "calendars": {"hours": calendar},
        "hours": {"chat": "hours"},
        "targets": [{"channel_group": "chat", "metric": "first_response", "seconds": seconds, "calendar": "hours"}],
        "clauses": [],
        "languages": ["it"],
    }
    version = contracts.draft(tenant=tenant, terms=terms, valid_from=utc("2027-10-01 00:00"))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def agree_next_response(tenant: Tenant) -> None:
    """From the day before on chats are promised a next answer, too."""
    before = contracts.version_in_force(tenant.id, FRIDAY)
    assert before is not None
    target = {"channel_group": "chat", "metric": "next_response", "seconds": 600, "calendar": "chat_hours"}
    terms = {**before.terms, "targets": [*before.terms["targets"], target]}
    version = contracts.draft(tenant=tenant, terms=terms, valid_from=FRIDAY - timedelta(days=1))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def expect_reply(arrival: Arrival, seconds: float) -> None:
    """The shopper writes again."""
    kind = {"channel": "webchat", "channel_group": "chat", "language": "it", "priority": "normal"}
    at = arrival.at + timedelta(seconds=seconds)
    owed = answers.expect_reply(
        tenant_id=clock(arrival, "resolution").tenant_id,
        conversation_id=arrival.conversation,
        at=at,
        cause_id=None,
        seq=3,
        **kind,
    )
    assert owed


def test_chatwoot_10178_no_clock_runs_on_after_the_matter_is_closed(acme: Tenant) -> None:
    agree_next_response(acme)
    answered, unanswered = arrive(acme, FRIDAY), arrive(acme, FRIDAY)
    answer(answered, 10)
    expect_reply(answered, 20)
    close(answered, 100)
    close(unanswered, 30)
    assert clock(answered, "next_response").state == "voided"
    assert timers.sweep(FRIDAY + timedelta(days=30)).claimed == []
    for rows in clocks_of([answered.conversation, unanswered.conversation], FRIDAY + timedelta(days=30)).values():
        assert all(row["running_since"] is None and not row["counting"] for row in rows)


def test_chatwoot_14009_a_second_interval_a_day_counts(acme: Tenant) -> None:
    day = [["09:00", "14:00"], ["16:00", "20:00"]]
    agree(acme, {"time_zone": "Europe/Madrid", "weekly": {"mon": day}}, 7200)
    arrival = arrive(acme, utc("2027-10-04 11:00"))  # Monday 13:00 in Madrid
    assert clock(arrival, "first_response").due_at == utc("2027-10-04 15:00")


def test_zammad_3180_a_day_that_runs_to_midnight_loses_no_minute(acme: Tenant) -> None:
    week = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    agree(acme, {"time_zone": "Europe/Rome", "weekly": week}, 3600)
    arrival = arrive(acme, utc("2027-10-04 21:30"))
    answer(arrival, 3600)
    assert clock(arrival, "first_response").within_target is True


def test_zammad_3551_a_reply_sent_with_waiting_meets_the_first_response(acme: Tenant) -> None:
    arrival = arrive(acme, FRIDAY)
    at = FRIDAY + timedelta(seconds=30)
    clocks.meet(conversation_id=arrival.conversation, metric="first_response", at=at, seq=2)
    clocks.pause(conversation_id=arrival.conversation, reason="waiting_customer", at=at, seq=2)
    assert (clock(arrival, "first_response").state, clock(arrival, "first_response").within_target) == ("met", True)
    assert clock(arrival, "resolution").state == "paused"


def test_zammad_3140_nothing_escalates_after_the_agent_answered(acme: Tenant) -> None:
    arrival = arrive(acme, FRIDAY)
    answer(arrival, 59)
    assert timers.sweep(FRIDAY + timedelta(minutes=5)).breaches == 0
    assert clock(arrival, "first_response").breached_at is None


def test_zammad_4353_what_was_taken_out_or_promised_no_more_escalates_no_more(acme: Tenant) -> None:
    spam = arrive(acme, FRIDAY)
    timers.sweep(FRIDAY + timedelta(seconds=50))
    clocks.void(conversation_id=spam.conversation, reason="spam", at=FRIDAY + timedelta(seconds=55))
    swept = timers.sweep(FRIDAY + timedelta(days=30))
    assert (swept.read, swept.claimed) == (0, [])
    terms = {**contracts.version_in_force(acme.id, FRIDAY).terms, "targets": [], "clauses": []}  # type: ignore[union-attr]
    version = contracts.draft(tenant=acme, terms=terms, valid_from=FRIDAY + timedelta(days=31))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    arrive(acme, FRIDAY + timedelta(days=32))
    assert timers.sweep(FRIDAY + timedelta(days=60)).claimed == []


def test_osticket_no_warning_while_nobody_is_there(acme: Tenant) -> None:
    night = arrive(acme, utc("2026-11-06 23:00"))  # midnight in Rome; chat opens at 08:00
    assert timers.sweep(utc("2026-11-07 07:00")).claimed == []
    assert clock(night, "first_response").timer_at == utc("2026-11-07 07:00:45")


def test_glpi_10594_a_weekend_in_waiting_is_not_counted_twice(acme: Tenant) -> None:
    arrival = arrive(acme, FRIDAY, channel="email")  # Friday 15:00 in Rome
    clocks.pause(conversation_id=arrival.conversation, reason="waiting_customer", at=FRIDAY + timedelta(hours=1))
    clocks.resume(conversation_id=arrival.conversation, at=utc("2026-11-09 09:00"))  # Monday 10:00
    # 18 hours: one on Friday, eight on Monday, nine on Tuesday.
    assert clock(arrival, "resolution").due_at == utc("2026-11-10 17:00")


def test_frappe_2449_hold_time_moves_the_deadline_and_not_the_start(acme: Tenant) -> None:
    arrival = arrive(acme, FRIDAY)
    clocks.pause(conversation_id=arrival.conversation, reason="waiting_customer", at=FRIDAY + timedelta(minutes=10))
    clocks.resume(conversation_id=arrival.conversation, at=FRIDAY + timedelta(minutes=40))
    found = clock(arrival, "resolution")
    assert found.started_at == FRIDAY
    assert found.elapsed_seconds == 600.0
    calendar = contracts.terms_of(found.version_id).calendars[found.calendar]
    assert found.due_at == calendar.due(FRIDAY + timedelta(minutes=40), 8 * 3600 - 600)


def test_erpnext_47884_a_hold_outside_hours_adds_nothing(acme: Tenant) -> None:
    held, left = arrive(acme, FRIDAY, channel="email"), arrive(acme, FRIDAY, channel="email")
    clocks.pause(conversation_id=held.conversation, reason="waiting_customer", at=utc("2026-11-06 19:00"))
    clocks.resume(conversation_id=held.conversation, at=utc("2026-11-08 19:00"))
    assert clock(held, "resolution").due_at == clock(left, "resolution").due_at


def test_libredesk_seconds_are_kept_and_night_shifts_work(acme: Tenant) -> None:
    week = {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    agree(acme, {"time_zone": "Europe/Rome", "weekly": week}, 3601)
    start = utc("2027-10-04 21:29:59")  # 23:29:59 in Rome
    arrival = arrive(acme, start)
    assert clock(arrival, "first_response").due_at == utc("2027-10-04 22:30:00")


def test_chatwoot_13392_hours_are_honoured(acme: Tenant) -> None:
    night = arrive(acme, utc("2026-11-06 23:00"))  # midnight in Rome; chat opens at 08:00
    assert clock(night, "first_response").due_at == utc("2026-11-07 07:01")
    answer(night, 8 * 3600 + 30)
    assert clock(night, "first_response").within_target is True


def test_genesys_an_amended_contract_changes_no_old_clock(acme: Tenant) -> None:
    arrival = arrive(acme, FRIDAY)
    before = clock(arrival, "first_response")
    agree(acme, Calendar.always().to_json(), 5)
    after = clock(arrival, "first_response")
    assert (after.due_at, after.target_seconds, after.version_id) == (before.due_at, 60, before.version_id)
