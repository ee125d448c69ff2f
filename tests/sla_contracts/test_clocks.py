"""Clocks through the use cases: each step is a row, and the columns are never anything but the fold of the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Person
from sla_contracts import answers, clocks, contracts, timers
from sla_contracts.business_time import Calendar
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock, ClockEvent
from sla_contracts.reading import clocks_of
from tenants.models import Tenant
from tests.sla_contracts.months import Arrival, answer, arrive, close, utc

pytestmark = pytest.mark.django_db
MONDAY = utc("2026-11-02 09:00")  # 10:00 in Rome; chat is open 08–22


def clock(arrival: Arrival, metric: str = "first_response") -> Clock:
    return Clock.objects.filter(conversation=arrival.conversation, metric=metric).latest("started_at")


def kinds(arrival: Arrival, metric: str = "first_response") -> list[str]:
    return list(clock(arrival, metric).events.order_by("id").values_list("kind", flat=True))


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def sound(tenant: Tenant) -> None:
    found = check_clocks(tenant_id=tenant.id)
    assert found.checked
    assert found.wrong == {}


def test_an_arrival_starts_both_clocks_in_one_round_trip(
    acme: Tenant, django_assert_num_queries: Callable[[int], Any]
) -> None:
    first = arrive(acme, MONDAY)
    with django_assert_num_queries(1):
        due = clocks.start_for_arrival(
            tenant_id=acme.id,
            conversation_id=first.work_item,
            work_item_id=None,
            channel="webchat",
            channel_group="chat",
            language="it",
            at=MONDAY,
            cause_id=None,
            seq=1,
        )
    assert due == after(60)
    assert clock(first).due_at == after(60)
    assert clock(first, "resolution").due_at == after(8 * 3600)
    assert clock(first).version == contracts.version_in_force(acme.id, MONDAY)
    sound(acme)


def test_the_same_arrival_twice_is_one_clock(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    again = clocks.start_for_arrival(
        tenant_id=acme.id,
        conversation_id=arrival.conversation,
        work_item_id=arrival.work_item,
        channel="webchat",
        channel_group="chat",
        language="it",
        at=after(30),
        cause_id=None,
        seq=2,
    )
    assert again == after(60), "the first start is kept"
    assert Clock.objects.filter(conversation=arrival.conversation).count() == 2
    assert ClockEvent.objects.filter(clock__conversation=arrival.conversation).count() == 2


def test_without_a_contract_nothing_is_promised(acme: Tenant) -> None:
    arrival = arrive(acme, utc("2025-01-01 10:00"))
    assert not Clock.objects.filter(conversation=arrival.conversation).exists()
    assert clocks.meet(conversation_id=arrival.conversation, metric="first_response", at=MONDAY) is None


def test_exactly_the_target_is_met_and_a_microsecond_more_is_not(acme: Tenant) -> None:
    on_time, late = arrive(acme, MONDAY), arrive(acme, MONDAY)
    answer(on_time, 60)
    answer(late, 60.000001)
    assert (clock(on_time).state, clock(on_time).within_target) == ("met", True)
    assert (clock(late).state, clock(late).within_target) == ("met", False)
    assert kinds(late) == ["started", "breached", "met"]
    assert clock(late).breached_at == after(60)
    sound(acme)


def test_meeting_twice_changes_nothing(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 20)
    assert clocks.meet(conversation_id=arrival.conversation, metric="first_response", at=after(300)) is None
    assert clock(arrival).met_at == after(20)
    assert kinds(arrival) == ["started", "met"]


def test_the_sweep_writes_the_breach_at_its_own_instant(acme: Tenant, northlight: Tenant) -> None:
    mine, theirs, answered = arrive(acme, MONDAY), arrive(northlight, MONDAY), arrive(acme, MONDAY)
    answer(answered, 10)
    assert timers.sweep(after(60)).breaches == 0, "on the instant it can still be met"
    assert timers.sweep(after(75)).breaches == 2
    assert timers.sweep(after(75)).breaches == 0
    for arrival in (mine, theirs):
        event = clock(arrival).events.get(kind="breached")
        assert (event.at, event.cause) == (after(60), "sweep")
        assert (clock(arrival).state, clock(arrival).breached_at) == ("breached", after(60))
    assert kinds(answered) == ["started", "met"]
    sound(acme)
    sound(northlight)


def test_a_sweep_costs_what_is_due_in_batches(acme: Tenant, django_assert_num_queries: Callable[[int], Any]) -> None:
    for _ in range(3):
        arrive(acme, MONDAY)
    arrive(acme, after(3600))
    with django_assert_num_queries(5):  # claim, ledgers, breaches, columns; then a claim that finds nothing
        assert timers.sweep(after(100), batch=3).breaches == 3


def test_a_target_used_up_at_closing_is_broken_at_the_next_opening(northlight: Tenant) -> None:
    friday = utc("2026-11-06 13:00")  # mail 09–18 in Berlin: four hours end exactly at closing
    arrival = arrive(northlight, friday, channel="email")
    assert clock(arrival).due_at == utc("2026-11-06 17:00")
    assert timers.sweep(utc("2026-11-07 12:00")).breaches == 0
    assert timers.sweep(utc("2026-11-09 08:00:01")).breaches == 1
    assert clock(arrival).breached_at == utc("2026-11-09 08:00")
    sound(northlight)


def test_pausing_holds_and_resuming_runs_on_with_a_new_deadline(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 30)
    clocks.pause(conversation_id=arrival.conversation, reason="waiting_customer", at=after(3600))
    held = clock(arrival, "resolution")
    assert (held.state, held.paused_reason, held.elapsed_seconds, held.due_at) == (
        "paused",
        "waiting_customer",
        3600.0,
        None,
    )
    assert clocks.pause(conversation_id=arrival.conversation, reason="again", at=after(3700)) is None
    clocks.resume(conversation_id=arrival.conversation, at=after(7200))
    assert clocks.resume(conversation_id=arrival.conversation, at=after(7300)) is None
    assert clock(arrival, "resolution").due_at == after(8 * 3600 + 3600)
    assert kinds(arrival, "resolution") == ["started", "paused", "resumed"]
    sound(acme)


def test_closing_ends_an_answer_nobody_gave(acme: Tenant) -> None:
    in_time, late = arrive(acme, MONDAY), arrive(acme, MONDAY)
    close(in_time, 40)
    close(late, 70)
    assert clock(in_time).state == "voided"
    assert clock(in_time).events.latest("id").reason == "closed_without_reply"
    assert (clock(late).state, clock(late).within_target) == ("met", False), "closing takes no breach away"
    sound(acme)


def test_voiding_takes_all_clocks_out_once(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 10)
    assert clocks.void(conversation_id=arrival.conversation, reason="spam", at=after(20)) == 2
    assert clocks.void(conversation_id=arrival.conversation, reason="spam", at=after(30)) == 0
    assert {clock(arrival).state, clock(arrival, "resolution").state} == {"voided"}
    sound(acme)


def test_reopening_within_the_window_runs_the_same_clock_on(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 10)
    close(arrival, 3600)
    clocks.reopen(conversation_id=arrival.conversation, at=MONDAY + timedelta(days=2))
    again = clock(arrival, "resolution")
    assert Clock.objects.filter(conversation=arrival.conversation, metric="resolution").count() == 1
    assert (again.state, again.elapsed_seconds, again.due_at) == (
        "running",
        3600.0,
        MONDAY + timedelta(days=2, hours=7),
    )
    assert clocks.reopen(conversation_id=arrival.conversation, at=MONDAY + timedelta(days=2)) is None
    sound(acme)


def test_past_the_window_a_new_clock_starts_under_the_version_then_in_force(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 10)
    close(arrival, 3600)
    first = clock(arrival, "resolution")
    version = contracts.version_in_force(acme.id, MONDAY)
    assert version is not None
    quicker = [{**t, "seconds": 3600} if t["metric"] == "resolution" else t for t in version.terms["targets"]]
    new = contracts.draft(
        tenant=acme, terms={**version.terms, "targets": quicker}, valid_from=MONDAY + timedelta(days=10)
    )
    contracts.sign(version_id=new.id, by_bpo="a", by_client="b")
    clocks.reopen(conversation_id=arrival.conversation, at=MONDAY + timedelta(days=20))
    second = clock(arrival, "resolution")
    assert (second.version_id, second.target_seconds) == (new.id, 3600)
    first.refresh_from_db()
    assert (first.state, first.version_id, first.target_seconds) == ("met", version.id, 28800)
    sound(acme)


def test_a_reply_that_never_left_lets_the_clock_run_on_as_if_it_had_not_stopped(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    answer(arrival, 20)
    answers.run_on(conversation_id=arrival.conversation)
    assert clock(arrival).due_at == after(60)
    assert answers.run_on(conversation_id=arrival.conversation) is None
    timers.sweep(after(600))
    answer(arrival, 700)
    assert (clock(arrival).elapsed_seconds, clock(arrival).within_target, clock(arrival).breached_at) == (
        700.0,
        False,
        after(60),
    )
    sound(acme)


def test_a_new_priority_keeps_what_has_elapsed(acme: Tenant) -> None:
    arrival, late = arrive(acme, MONDAY), arrive(acme, MONDAY)
    assert clocks.retarget(conversation_id=arrival.conversation, priority="high", at=after(10)) == after(30)
    clocks.retarget(conversation_id=late.conversation, priority="high", at=after(45))
    assert clock(late).breached_at == after(45), "never back-dated"
    assert (clock(arrival).target_seconds, clock(arrival).elapsed_seconds) == (30, 10.0)
    sound(acme)


def test_a_step_stamped_before_the_last_row_never_runs_the_ledger_backwards(acme: Tenant) -> None:
    arrival = arrive(acme, MONDAY)
    timers.sweep(after(61))
    answer(arrival, 59)
    assert [event.at for event in clock(arrival).events.order_by("id")] == [MONDAY, after(60), after(60)]
    sound(acme)


def test_the_ledger_is_append_only(acme: Tenant) -> None:
    event = clock(arrive(acme, MONDAY)).events.get()
    for change in (lambda: ClockEvent.objects.filter(pk=event.pk).update(at=after(5)), event.delete):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert ClockEvent.objects.get(pk=event.pk).at == MONDAY


def test_recomputing_finds_a_column_that_lies_in_any_shop_and_mends_it_when_told_to(
    acme: Tenant, northlight: Tenant
) -> None:
    arrive(northlight, MONDAY)
    arrival = arrive(acme, MONDAY)
    out = StringIO()
    call_command("recompute_clocks", "--check", stdout=out)
    assert "agree with their ledger" in out.getvalue()
    Clock.objects.filter(pk=clock(arrival).pk).update(due_at=after(61))
    assert list(check_clocks(tenant_id=acme.id).wrong.values()) == [{"due_at": (after(61), after(60))}]
    assert check_clocks(tenant_id=northlight.id).wrong == {}
    with pytest.raises(CommandError):
        call_command("recompute_clocks", "--check", stderr=StringIO())
    assert clock(arrival).due_at == after(61), "only looked at"
    call_command("recompute_clocks", stdout=out)
    assert f"{clock(arrival).pk}: mended" in out.getvalue()
    assert clock(arrival).due_at == after(60)
    call_command("recompute_clocks", "--check", stdout=out)


def test_screens_get_every_conversation_asked_for(
    acme: Tenant, lucia: Person, django_assert_num_queries: Callable[[int], Any]
) -> None:
    arrival, other = arrive(acme, MONDAY), arrive(acme, MONDAY)
    ids = [arrival.conversation, other.conversation, lucia.id]
    with django_assert_num_queries(1):
        found = clocks_of(ids, after(45), language="it")
    assert found[lucia.id] == []
    first = next(row for row in found[arrival.conversation] if row["metric"] == "first_response")
    assert (first["elapsed_seconds"], first["remaining_seconds"], first["fraction"]) == (45.0, 15.0, 0.75)
    assert (first["at_risk"], first["counting"], first["clause"]) == (True, True, "Chat: prima risposta")
    late = clocks_of(ids, after(90))[arrival.conversation][0]
    assert (late["remaining_seconds"], late["fraction"]) == (-30.0, 1.5)


STEPS = st.tuples(
    st.sampled_from(["meet", "meet_resolution", "pause", "resume", "void", "reopen", "run_on", "retarget", "sweep"]),
    st.integers(min_value=0, max_value=3 * 86_400),
    st.integers(min_value=0, max_value=999_999),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(min_value=0, max_value=60 * 86_400),
    steps=st.lists(STEPS, max_size=9),
    channel=st.sampled_from(["webchat", "email"]),
)
def test_columns_are_the_fold_of_the_ledger_after_any_steps(
    acme: Tenant, start: int, steps: list[tuple[str, int, int]], channel: str
) -> None:
    save = transaction.savepoint()
    try:
        at = utc("2026-09-20 00:00") + timedelta(seconds=start)
        arrival = arrive(acme, at, channel=channel)
        for step, seconds, micros in steps:
            at += timedelta(seconds=seconds, microseconds=micros)
            _take(step, arrival, at)
            found = check_clocks(conversation_ids=[arrival.conversation])
            assert found.checked >= 2
            assert found.wrong == {}
        _breaches_are_at_the_end_of_the_target(arrival)
        connection.check_constraints()
    finally:
        transaction.savepoint_rollback(save)


def _take(step: str, arrival: Arrival, at: datetime) -> None:
    conversation = arrival.conversation
    actions: dict[str, Callable[[], object]] = {
        "meet": lambda: clocks.meet(conversation_id=conversation, metric="first_response", at=at),
        "meet_resolution": lambda: clocks.meet(conversation_id=conversation, metric="resolution", at=at),
        "pause": lambda: clocks.pause(conversation_id=conversation, reason="waiting_customer", at=at),
        "resume": lambda: clocks.resume(conversation_id=conversation, at=at),
        "void": lambda: clocks.void(conversation_id=conversation, reason="merged", metric="first_response", at=at),
        "reopen": lambda: clocks.reopen(conversation_id=conversation, at=at),
        "run_on": lambda: answers.run_on(conversation_id=conversation),
        "retarget": lambda: clocks.retarget(conversation_id=conversation, priority="high", at=at),
        "sweep": lambda: timers.sweep(at).breaches,
    }
    actions[step]()


def _breaches_are_at_the_end_of_the_target(arrival: Arrival) -> None:
    """Of the clocks that ran straight to their breach: open time from start to breach is the target, no more."""
    for one in Clock.objects.filter(conversation=arrival.conversation, breached_at__isnull=False):
        calendar: Calendar = contracts.terms_of(one.version_id).calendars[one.calendar]
        assert one.breached_at is not None
        before = one.events.filter(at__lt=one.breached_at).exclude(kind="started")
        if not before.exists() and not one.events.filter(kind="retargeted").exists():
            assert calendar.elapsed(one.started_at, one.breached_at) == one.target_seconds
