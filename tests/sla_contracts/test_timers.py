"""Warnings and breaches: exact, once, told to who should know, and not outside hours."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from desk.at_risk import at_risk
from kernel import clock, live
from people.models import Person
from sla_contracts import answers, clocks, contracts, timers
from sla_contracts.business_time import Calendar
from sla_contracts.checking import check_clocks
from sla_contracts.clock_timers import EVENTS
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Clock
from sla_contracts.tasks import sweep_clocks
from tenants.models import Tenant
from tests.routing.floor import arrive as enqueue
from tests.routing.floor import at_work, in_hand
from tests.sla_contracts.months import Arrival, answer, arrive, utc

pytestmark = pytest.mark.django_db
MONDAY = utc("2026-11-16 09:00")  # 10:00 in Rome and Berlin
INSTANT = timedelta(microseconds=1)


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def clock_of(arrival: Arrival, metric: str = "first_response") -> Clock:
    return Clock.objects.get(conversation=arrival.conversation, metric=metric)


def timer(arrival: Arrival, metric: str = "first_response") -> tuple[str, datetime | None]:
    found = clock_of(arrival, metric)
    return found.timer_event, found.timer_at


def events(swept: timers.Swept) -> list[str]:
    return [event for _, event in swept.claimed]


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What rang at browsers: (audience, event), read where it leaves."""
    found: list[tuple[str, dict[str, Any]]] = []
    sound = live._publish

    def listen(channel: str, frame: bytes) -> None:
        if channel == live.CHANNEL:
            head, _, body = frame.partition(b"\n")
            found.extend((audience, json.loads(body)) for audience in head.decode().split(","))
        sound(channel, frame)

    monkeypatch.setattr(live, "_publish", listen)
    return found


def test_each_event_comes_at_its_own_instant_and_once(acme: Tenant, northlight: Tenant) -> None:
    one = arrive(acme, MONDAY)
    assert timer(one) == ("at_risk", after(45))
    for seconds, event, following in (
        (45, "at_risk", ("nearly", after(54))),
        (54, "nearly", ("breach", after(60))),
        (60, "breach", ("", None)),
    ):
        assert events(timers.sweep(after(seconds))) == []
        assert events(timers.sweep(after(seconds) + INSTANT)) == [event]
        assert events(timers.sweep(after(seconds) + INSTANT)) == []
        assert timer(one) == following
    assert clock_of(one).events.get(kind="breached").at == after(60)
    assert Clock.objects.filter(tenant=northlight).count() == 0
    assert check_clocks(tenant_id=acme.id).wrong == {}


def test_a_sweeper_that_was_away_finds_all_events_and_the_breach_at_its_instant(acme: Tenant) -> None:
    one = arrive(acme, MONDAY)
    assert events(timers.sweep(after(4000))) == ["at_risk", "nearly", "breach"]
    assert (clock_of(one).breached_at, clock_of(one).warned) == (after(60), 3)


def test_warnings_are_in_open_time(northlight: Tenant) -> None:
    friday = utc("2026-11-06 14:00")  # mail in Berlin, 09–18: three of four hours left this week
    one = arrive(northlight, friday, channel="email")
    assert timer(one) == ("at_risk", utc("2026-11-06 17:00"))
    timers.sweep(utc("2026-11-07 00:00"))
    assert timer(one) == ("nearly", utc("2026-11-09 08:36"))
    timers.sweep(utc("2026-11-09 08:40"))
    assert timer(one) == ("breach", utc("2026-11-09 09:00"))


def test_a_pause_stops_the_timer_and_going_on_sets_it_anew(acme: Tenant) -> None:
    one = arrive(acme, MONDAY)
    clocks.pause(conversation_id=one.conversation, reason="waiting_customer", at=after(3600))
    assert timer(one, "resolution") == ("", None)
    clocks.resume(conversation_id=one.conversation, at=after(7200))
    assert timer(one, "resolution") == ("at_risk", after(7200 + 5 * 3600))
    assert timer(one) == ("at_risk", after(45)), "the other clock was left alone"


def test_a_stop_ends_the_timer_and_a_reply_that_never_left_sets_it_again(acme: Tenant) -> None:
    one = arrive(acme, MONDAY)
    timers.sweep(after(50))
    answer(one, 52)
    assert timer(one) == ("", None)
    answers.run_on(conversation_id=one.conversation)
    assert timer(one) == ("nearly", after(54)), "the first warning was given already"
    clocks.void(conversation_id=one.conversation, reason="spam", at=after(55))
    assert (timer(one), timer(one, "resolution")) == (("", None), ("", None))


def test_another_target_moves_the_timer_and_gives_no_warning_again(acme: Tenant) -> None:
    one, late = arrive(acme, MONDAY), arrive(acme, MONDAY)
    clocks.retarget(conversation_id=one.conversation, priority="high", at=after(10))
    assert timer(one) == ("at_risk", after(22.5))
    timers.sweep(after(23))
    clocks.retarget(conversation_id=one.conversation, priority="normal", at=after(24))
    assert timer(one) == ("nearly", after(54))
    clocks.retarget(conversation_id=late.conversation, priority="high", at=after(40))
    assert events(timers.sweep(after(41))) == ["breach"]
    assert clock_of(late).events.filter(kind="breached").count() == 0, "the change itself broke it"
    assert clock_of(late).breached_at == after(40)
    assert check_clocks(tenant_id=acme.id).wrong == {}


def test_the_sweep_reads_only_what_is_due_by_one_index(
    acme: Tenant, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(5):
        arrive(acme, after(600))
    with django_assert_num_queries(1):
        assert timers.sweep(after(60)).read == 0
    arrive(acme, MONDAY)
    assert timers.sweep(after(46)).read == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM sla_contracts_clock WHERE timer_at < now() ORDER BY timer_at LIMIT 200"
            " FOR NO KEY UPDATE SKIP LOCKED"
        )
        assert any("clock_timer" in row[0] for row in cursor.fetchall())


def held_by(agent: Person, tenant: Tenant, at: datetime, **more: Any) -> Arrival:
    """A chat with clocks, in this agent's hands."""
    at_work(agent)
    one = arrive(tenant, at, **more)
    with clock.hold(at):
        in_hand(enqueue(tenant, "it", conversation_id=one.conversation), agent)
    return one


def test_the_agent_the_floor_and_for_a_breach_the_supervisors_are_told_once(
    acme: Tenant, lucia: Person, paolo: Person, sofia: Person, frames: list[Any], committed: Callable[[], Any]
) -> None:
    one = held_by(paolo, acme, MONDAY)
    for seconds, event, told in ((46, "at_risk", 1), (55, "nearly", 1), (61, "breach", 2)):
        frames.clear()
        timers.sweep(after(seconds))
        for _ in range(2):
            with committed():
                timers.tell_due(after(seconds))
        warned = [(to, frame) for to, frame in frames if frame["type"] == "clock.warned"]
        assert {frame["event"] for _, frame in warned} == {event}
        assert Counter(to for to, _ in warned)[str(live.person_feed(paolo.id))] == 1
        assert len({to for to, _ in warned}) >= told
        assert str(live.person_feed(lucia.id)) not in {to for to, _ in warned}
        moved = {str(live.floor_feed()), str(live.portal_feed(acme.id))}
        assert Counter(to for to, frame in frames if frame["type"] == "floor.changed") == dict.fromkeys(moved, 1)
        assert (str(live.person_feed(sofia.id)) in {to for to, _ in warned}) is (event == "breach")
        mine = next(frame for to, frame in warned if to == str(live.person_feed(paolo.id)))
        assert mine["conversation"] == str(one.conversation)
        assert mine["n"] > 0
        assert EVENTS[clock_of(one).told] == event


def test_whose_grant_has_ended_is_told_nothing(
    acme: Tenant, paolo: Person, frames: list[Any], committed: Callable[[], Any]
) -> None:
    held_by(paolo, acme, MONDAY)
    paolo.accreditations.filter(tenant=acme).update(valid_until=after(30))
    timers.sweep(after(46))
    with committed():
        timers.tell_due(after(46))
    assert [frame for to, frame in frames if to == str(live.person_feed(paolo.id))] == []


def around_the_clock(tenant: Tenant, **more: Any) -> None:
    """The clock of a chat runs day and night, while somebody is there from 08:00 to 22:00 only."""
    terms = default_terms(time_zone=tenant.time_zone, country=tenant.country, languages=tenant.languages)
    terms["calendars"]["always"] = Calendar.always(tenant.time_zone).to_json()
    for target in terms["targets"]:
        target["calendar"] = "always"
    version = contracts.draft(tenant=tenant, terms={**terms, **more}, valid_from=MONDAY - timedelta(days=2))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def test_a_warning_outside_hours_waits_for_opening_unless_it_is_urgent(
    acme: Tenant, paolo: Person, frames: list[Any], committed: Callable[[], Any]
) -> None:
    around_the_clock(acme)
    night, opening = utc("2026-11-16 23:00"), utc("2026-11-17 07:00")
    calm, urgent = held_by(paolo, acme, night), held_by(paolo, acme, night, priority="urgent")
    timers.sweep(night + timedelta(seconds=46))
    for at, told in ((night + timedelta(seconds=47), {urgent}), (opening, {calm, urgent})):
        with committed():
            timers.tell_due(at)
        warned = {frame["conversation"] for _, frame in frames if frame["type"] == "clock.warned"}
        assert warned == {str(one.conversation) for one in told}


def test_a_contract_may_keep_a_breach_to_the_floor(
    acme: Tenant, paolo: Person, sofia: Person, frames: list[Any], committed: Callable[[], Any]
) -> None:
    around_the_clock(acme, on_breach="floor")
    held_by(paolo, acme, MONDAY)
    timers.sweep(after(61))
    with committed():
        timers.tell_due(after(61))
    audiences = {to for to, frame in frames if frame["type"] == "clock.warned"}
    assert audiences == {str(live.person_feed(paolo.id))}


def test_what_was_stopped_before_its_hour_had_come_is_not_told(
    acme: Tenant, paolo: Person, frames: list[Any], committed: Callable[[], Any]
) -> None:
    around_the_clock(acme)
    night = utc("2026-11-16 23:00")
    one = held_by(paolo, acme, night)
    timers.sweep(night + timedelta(seconds=46))
    answer(one, 50)
    with committed():
        timers.tell_due(utc("2026-11-17 07:00"))
    assert [frame for _, frame in frames if frame["type"] == "clock.warned"] == []


def test_the_task_sweeps_and_tells_within_five_seconds(
    acme: Tenant, paolo: Person, settings: Any, frames: list[Any], committed: Callable[[], Any]
) -> None:
    every = settings.CELERY_BEAT_SCHEDULE["sweep-clocks"]["schedule"]
    one = held_by(paolo, acme, MONDAY)
    with clock.hold(after(45 + every + 1.5)), committed():
        sweep_clocks()
    assert every + 1.5 < 5
    assert clock_of(one).told == 1


def test_the_floor_lists_what_is_at_risk_and_what_is_broken(
    acme: Tenant,
    northlight: Tenant,
    paolo: Person,
    sofia: Person,
    lucia: Person,
    desk_client: Callable[[Person], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = clock.now()
    around = Calendar.always("UTC").to_json()
    for tenant in (acme, northlight):
        terms = default_terms(time_zone=tenant.time_zone, country=tenant.country, languages=tenant.languages)
        terms["calendars"] = {"chat_hours": around, "mail_hours": around}
        version = contracts.draft(tenant=tenant, terms=terms, valid_from=now - timedelta(minutes=30))
        contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    at_work(paolo)
    broken = arrive(acme, now - timedelta(seconds=70))
    in_hand(enqueue(acme, "it", conversation_id=broken.conversation), paolo)
    soon, calm = arrive(northlight, now - timedelta(seconds=48)), arrive(northlight, now)
    for waiting in (soon, calm):
        enqueue(northlight, "en", conversation_id=waiting.conversation)
    arrive(acme, now - timedelta(seconds=75))  # broken, and left by its shopper: no work of it is open
    timers.sweep(now - timedelta(seconds=5))
    floor = desk_client(sofia).get("/api/desk/floor").json()
    found = [(row["conversation"], row["event"], row["agent"]) for row in floor["risks"]]
    assert found == [(str(broken.conversation), "breach", paolo.name), (str(soon.conversation), "at_risk", "")]
    assert str(calm.conversation) not in {row["conversation"] for row in floor["risks"]}
    counted = {(row["tenant"]["id"], row["queue"]["channel_group"]): row["at_risk"] for row in floor["queues"]}
    assert counted[str(acme.id), "chat"] == counted[str(northlight.id), "chat"] == 1
    assert desk_client(lucia).get("/api/desk/floor").status_code == 403
    monkeypatch.setattr("desk.at_risk.SHOWN", 1)
    risks = at_risk([acme.id, northlight.id], now)
    assert [row["conversation"] for row in risks.shown] == [broken.conversation], "the worst is shown"
    assert risks.counted == {(acme.id, "chat"): 1, (northlight.id, "chat"): 1}, "and all are counted"
