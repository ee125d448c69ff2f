"""States with their reasons, spells that nobody rewrites, and how much an agent takes at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from routing import queue, reasons
from routing.able import engine_agent, leave_of
from routing.agent_time import ledgers, stays
from routing.capacity import set_capacity, units_by_channel
from routing.engine.policies import POLICIES
from routing.engine.pool import Pool
from routing.engine.types import Agent, Item
from routing.models import AgentState, AgentStateSpell, Offer, StateReason
from routing.queue import Outcome
from routing.room import in_hand as units_in_hand
from routing.spells import change_status
from routing.time_ledger import micros
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, load_of, row

NOON = datetime(2027, 11, 3, 12, tzinfo=UTC)
SECOND = 1_000_000


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _silent_desk(person: Person) -> None:
    AgentState.objects.filter(pk=person.pk).update(last_heartbeat=None)


def test_a_break_has_a_reason_of_the_bpos_own_list(lucia: Person, sofia: Person) -> None:
    at_work(lucia)
    prayer = reasons.add(by=sofia, status="break", name="Prayer  room")
    assert (prayer.code, prayer.name) == ("prayer-room", "Prayer room")
    assert queue.set_status(person=lucia, status="break", reason="prayer-room").reason == "prayer-room"
    for status, reason in (("break", "coaching"), ("available", "lunch"), ("break", "siesta")):
        with pytest.raises(Refusal) as refused:
            queue.set_status(person=lucia, status=status, reason=reason)
        assert refused.value.code == "invalid"
    assert AgentState.objects.get(pk=lucia.pk).reason == "prayer-room"


def test_a_retired_reason_is_offered_to_nobody_and_stays_readable(lucia: Person, sofia: Person) -> None:
    at_work(lucia)
    queue.set_status(person=lucia, status="break", reason="lunch")
    reasons.retire(by=sofia, code="lunch")
    assert "lunch" not in [each.code for each in reasons.in_order()]
    assert AgentState.objects.get(pk=lucia.pk).reason == "lunch"  # who is in it finishes it
    queue.set_status(person=lucia, status="available")
    with pytest.raises(Refusal, match="not offered"):
        queue.set_status(person=lucia, status="break", reason="lunch")
    assert reasons.names("es")["lunch"] == "Comida"
    assert reasons.restore(by=sofia, code="lunch").position > StateReason.objects.get(code="meeting").position
    assert queue.set_status(person=lucia, status="break", reason="lunch").reason == "lunch"


def test_reasons_are_renamed_and_ordered_by_supervisors_alone(lucia: Person, sofia: Person, omar: Person) -> None:
    reasons.rename(by=omar, code="rest", name="Coffee")
    assert reasons.names("es")["rest"] == "Coffee"
    with pytest.raises(Refusal) as refused:
        reasons.rename(by=omar, code="lunch", name="coffee")
    assert refused.value.code == "name_taken"
    with pytest.raises(Refusal, match="has this name"):
        reasons.add(by=sofia, status="training", name="Comida")  # what lunch is called in Spanish
    reasons.rename(by=omar, code="rest", name="")
    assert reasons.names("es")["rest"] == "Descanso"
    reasons.reorder(by=sofia, status="break", codes=["lunch", "rest"])
    assert [each.code for each in reasons.in_order() if each.status == "break"] == ["lunch", "rest", "meeting"]
    for forbidden in (
        lambda: reasons.add(by=lucia, status="break", name="Nap"),
        lambda: reasons.rename(by=lucia, code="rest", name="Nap"),
        lambda: reasons.retire(by=lucia, code="rest"),
        lambda: reasons.restore(by=lucia, code="rest"),
        lambda: reasons.reorder(by=lucia, status="break", codes=[]),
    ):
        with pytest.raises(Refusal) as refused:
            forbidden()
        assert refused.value.code == "not_allowed"


def test_a_state_set_by_a_supervisor_says_who_set_it_until_the_agent_chooses(lucia: Person, sofia: Person) -> None:
    at_work(lucia)
    state = queue.set_status(person=lucia, by=sofia, status="break", reason="lunch")
    assert state.set_by_id == sofia.pk
    entry = AuditEntry.objects.get(action="agent.state_set")
    assert (entry.person_id, entry.detail) == (sofia.pk, {"status": "break", "reason": "lunch"})
    assert queue.set_status(person=lucia, status="available").set_by_id is None
    spells = AgentStateSpell.objects.filter(person=lucia).order_by("pk").values_list("status", "set_by")
    assert list(spells) == [("offline", None), ("available", None), ("break", sofia.pk), ("available", None)]


def test_nobody_is_set_to_work_whose_console_is_closed(lucia: Person, sofia: Person) -> None:
    with pytest.raises(Refusal) as refused:
        queue.set_status(person=lucia, by=sofia, status="available")
    assert refused.value.code == "console_closed"
    at_work(lucia)
    _silent_desk(lucia)
    assert queue.set_status(person=lucia, by=sofia, status="offline").status == "offline"


def test_spells_follow_each_other_without_gap_or_overlap_even_if_clocks_differ(lucia: Person) -> None:
    for seconds, status in ((0, "available"), (30, "break"), (28, "available"), (28, "busy"), (90, "offline")):
        with clock.hold(_at(seconds)):
            queue.set_status(person=lucia, status=status)
    spells = list(AgentStateSpell.objects.filter(person=lucia).order_by("pk"))
    assert all(one.ended_at == other.started_at for one, other in pairwise(spells))
    assert all(spell.ended_at is None or spell.started_at <= spell.ended_at for spell in spells)
    assert spells[-1].ended_at is None


def test_the_database_refuses_what_would_rewrite_the_past(lucia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
    closed, opened = AgentStateSpell.objects.filter(person=lucia).order_by("pk")
    attempts = (
        lambda: AgentStateSpell.objects.filter(pk=closed.pk).update(ended_at=_at(5)),
        lambda: AgentStateSpell.objects.filter(pk=opened.pk).update(status="break"),
        lambda: AgentStateSpell.objects.filter(pk=closed.pk).delete(),
        lambda: AgentStateSpell.objects.create(person=lucia, status="break", started_at=_at(9), ended_at=_at(10)),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert AgentStateSpell.objects.filter(person=lucia).count() == 2


def test_a_channel_has_a_limit_of_its_own_within_the_capacity(acme: Tenant, lucia: Person, sofia: Person) -> None:
    set_capacity(by=sofia, person_id=lucia.pk, capacity=3, channels={"webchat": 1, "email": 3})
    state = AgentState.objects.get(pk=lucia.pk)
    assert (state.channels, state.limits) == (["webchat", "email"], {"webchat": 1})
    assert units_by_channel(state) == {"webchat": 1, "email": 3, "form": 0, "relay": 0}
    at_work(lucia)
    one, other = arrive(acme), arrive(acme)
    assert queue.offer_all([queue.Proposal(one.id, lucia.pk), queue.Proposal(other.id, lucia.pk)]) == {
        one.id: Outcome.MADE,
        other.id: Outcome.FULL,
    }
    mails = [arrive(acme, group="mail") for _ in range(3)]
    made = [queue.offer(work_item_id=mail.id, agent_id=lucia.pk) for mail in mails]
    assert made == [Outcome.MADE, Outcome.MADE, Outcome.FULL]
    with pytest.raises(Refusal) as refused:
        queue.assign(person=sofia, work_item_id=other.id, agent_id=lucia.pk)
    assert refused.value.code == "agent_full"
    assert (row(other).state, load_of(lucia)) == ("waiting", 3)
    queue.assign(person=sofia, work_item_id=one.id, agent_id=lucia.pk)  # offered to her already: it is not one more
    assert row(one).state == "active"


def test_a_limit_counts_the_work_of_every_client_also_where_only_one_is_seen(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    set_capacity(by=sofia, person_id=lucia.pk, capacity=4, channels={"webchat": 1})
    at_work(lucia, paolo)
    theirs = in_hand(arrive(northlight, "en"), lucia)
    ours = in_hand(arrive(acme), paolo)
    with enter(acme), pytest.raises(Refusal) as refused:
        queue.transfer(person=paolo, work_item_id=ours.id, agent_id=lucia.pk)
    assert refused.value.code == "agent_full"
    queue.finish(person=lucia, work_item_id=theirs.id)
    queue.end_wrap_up(person=lucia, work_item_id=theirs.id)
    with enter(acme):
        assert queue.transfer(person=paolo, work_item_id=ours.id, agent_id=lucia.pk).state == "offered"


def test_a_closed_channel_and_no_desk_are_closed(acme: Tenant, lucia: Person, sofia: Person) -> None:
    set_capacity(by=sofia, person_id=lucia.pk, capacity=4, channels={"email": 4})
    at_work(lucia)
    assert queue.offer(work_item_id=arrive(acme).id, agent_id=lucia.pk) == Outcome.UNAVAILABLE
    assert queue.offer(work_item_id=arrive(acme).id, agent_id=sofia.pk) == Outcome.UNAVAILABLE
    with pytest.raises(Refusal) as refused:
        set_capacity(by=sofia, person_id=sofia.pk, capacity=4, channels={})
    assert refused.value.code == "no_desk"


def test_capacity_is_not_set_below_what_is_in_hand_nor_by_agents(acme: Tenant, lucia: Person, sofia: Person) -> None:
    at_work(lucia)
    in_hand(arrive(acme), lucia)
    in_hand(arrive(acme), lucia)
    for by, capacity, channels, code in (
        (sofia, 1, {"webchat": 1}, "in_hand"),
        (sofia, 2, {"webchat": 3}, "invalid"),
        (sofia, 2, {"fax": 1}, "invalid"),
        (sofia, 99, {}, "invalid"),
        (lucia, 4, {"webchat": 4}, "not_allowed"),
    ):
        with pytest.raises(Refusal) as refused:
            set_capacity(by=by, person_id=lucia.pk, capacity=capacity, channels=channels)
        assert refused.value.code == code
    state = set_capacity(by=sofia, person_id=lucia.pk, capacity=2, channels={"webchat": 1, "email": 2})
    assert (state.capacity, state.load) == (2, 2)  # what is in hand stays, and one chat more must wait
    assert AuditEntry.objects.get(action="agent.capacity_set").detail["capacity"] == 2


def test_a_call_bars_all_else_and_waits_for_empty_hands(acme: Tenant, lucia: Person) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(channels=["webchat", "call"])
    at_work(lucia)
    call, chat = arrive(acme, group="chat", channel="call"), arrive(acme)
    assert queue.offer(work_item_id=call.id, agent_id=lucia.pk) == Outcome.MADE
    assert queue.offer(work_item_id=chat.id, agent_id=lucia.pk) == Outcome.FULL
    state = AgentState.objects.get(pk=lucia.pk)
    agent = engine_agent(state, leave_of([lucia.pk], None), held=units_in_hand([state])[lucia.pk])
    assert (agent.load, agent.capacity) == (4, 4)
    queue.decline(person=lucia, work_item_id=call.id)
    assert queue.offer(work_item_id=chat.id, agent_id=lucia.pk) == Outcome.MADE
    other = arrive(acme, group="chat", channel="call")
    assert queue.offer(work_item_id=other.id, agent_id=lucia.pk) == Outcome.FULL


@pytest.mark.parametrize("policy", ["fifo", "index"])
def test_the_engine_keeps_a_channels_limit_and_goes_on_when_it_is_free_again(policy: str) -> None:
    pool = Pool(POLICIES[policy])
    terms = {"skills": {"lang:it": 5}, "tenants": frozenset({"a"}), "channels": frozenset({"chat", "mail"})}
    agent = {"id": "lucia", "capacity": 3, "available": True, "limits": {"chat": 1}, **terms}
    pool.put_agent(Agent(**agent))  # type: ignore[arg-type]
    for number in range(3):
        pool.add_item(Item(f"chat {number}", "a", "chat", "it", entered_at=float(number), due_at=30.0))
    pool.add_item(Item("mail", "a", "mail", "it", entered_at=9.0, due_at=60.0, target=3600.0))
    assert sorted(each.item for each in pool.decide(10.0)) == ["chat 0", "mail"]
    assert pool.decide(11.0) == []
    pool.put_agent(Agent(**agent, load=1, in_hand={"mail": 1}))  # type: ignore[arg-type]
    assert [each.item for each in pool.decide(12.0)] == ["chat 1"]
    pool.put_agent(Agent(**{**agent, "limits": {}}, load=2, in_hand={}))  # type: ignore[arg-type]
    assert [each.item for each in pool.decide(13.0)] == ["chat 2"]


def test_an_agents_time_is_what_was_in_their_hands_and_adds_up(acme: Tenant, lucia: Person, paolo: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia, paolo)
        chat = in_hand(arrive(acme), lucia)
    with clock.hold(_at(60)):
        passed = in_hand(arrive(acme), lucia)
    with clock.hold(_at(120)):
        queue.transfer(person=lucia, work_item_id=passed.id, agent_id=paolo.pk)
        queue.accept(person=paolo, work_item_id=passed.id)
    with clock.hold(_at(180)):
        queue.finish(person=lucia, work_item_id=chat.id)
    with clock.hold(_at(200)):
        queue.end_wrap_up(person=lucia, work_item_id=chat.id)
        queue.set_status(person=lucia, status="break", reason="lunch")
    with clock.hold(_at(230)):
        queue.set_status(person=lucia, status="offline")
    with clock.hold(_at(3600)):
        found = ledgers([lucia.pk, paolo.pk], NOON, _at(3600))
    hers = found[lucia.pk]
    assert hers.shares == {
        ("work", str(chat.id)): 150 * SECOND,
        ("work", str(passed.id)): 30 * SECOND,
        ("wrap_up", str(chat.id)): 20 * SECOND,
        ("break", "lunch"): 30 * SECOND,
    }
    assert hers.presence == sum(hers.shares.values()) == 230 * SECOND
    assert Offer.objects.get(work_item=passed.id, agent=lucia).released_at == _at(120)
    # Paolo's console was last heard of at noon: nothing ran that would have noticed.
    assert found[paolo.pk].shares == {("idle", ""): 30 * SECOND}


def test_an_item_over_two_days_counts_on_both_and_twice_nowhere(acme: Tenant, lucia: Person) -> None:
    midnight = NOON + timedelta(hours=12)
    with clock.hold(NOON):
        at_work(lucia)
        mail = in_hand(arrive(acme, group="mail"), lucia)
    with clock.hold(midnight + timedelta(hours=2)):
        queue.finish(person=lucia, work_item_id=mail.id)
        queue.set_status(person=lucia, status="offline")
    work = ("work", str(mail.id))
    first, second = (
        ledgers([lucia.pk], midnight + timedelta(days=n - 1), midnight + timedelta(days=n))[lucia.pk] for n in (0, 1)
    )
    both = ledgers([lucia.pk], midnight - timedelta(days=1), midnight + timedelta(days=1))[lucia.pk]
    hour = 3600 * SECOND
    assert (first.shares[work], second.shares[work], both.shares[work]) == (12 * hour, 2 * hour, 14 * hour)


def test_an_agent_who_vanished_was_there_until_they_went_offline(acme: Tenant, lucia: Person, sofia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        chat = in_hand(arrive(acme), lucia)
    with clock.hold(_at(45)):
        assert queue.silence() == [lucia.pk]
    with clock.hold(_at(300)):
        assert queue.return_lost_work() == [chat.id]
    with clock.hold(_at(600)):
        found = ledgers([lucia.pk], NOON, _at(600))[lucia.pk]
        last = stays([lucia.pk], NOON, _at(600))[-1]
    assert (found.presence, found.shares) == (45 * SECOND, {("work", str(chat.id)): 45 * SECOND})
    assert (last.status, last.reason, last.until) == ("offline", "silent", _at(600))


def test_a_handed_over_item_is_counted_with_whoever_had_it(acme: Tenant, lucia: Person, paolo: Person) -> None:
    sofia = Person.objects.get(email="sofia@bpo.example")
    with clock.hold(NOON):
        at_work(lucia, paolo)
        chat = in_hand(arrive(acme), lucia)
    with clock.hold(_at(20)):
        queue.heartbeats([lucia.pk, paolo.pk])
        queue.assign(person=sofia, work_item_id=chat.id, agent_id=paolo.pk)
    with clock.hold(_at(25)):
        found = ledgers([lucia.pk, paolo.pk], NOON, _at(25))
    work = ("work", str(chat.id))
    assert found[lucia.pk].shares == {work: 20 * SECOND, ("idle", ""): 5 * SECOND}
    assert found[paolo.pk].shares == {("idle", ""): 20 * SECOND, work: 5 * SECOND}


def test_changing_a_state_keeps_the_spell_of_who_set_it(lucia: Person, sofia: Person) -> None:
    with clock.hold(NOON), transaction.atomic():
        state = AgentState.objects.select_for_update().get(pk=lucia.pk)
        change_status(state, "training", "coaching", NOON, sofia.pk)
    assert stays([lucia.pk], NOON, _at(9))[-1].set_by_id == sofia.pk
    assert micros(stays([lucia.pk], NOON, _at(9))[-1].started_at) == micros(NOON)
