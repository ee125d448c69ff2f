"""An agent or the client disputes an evaluation in time, question by question; another person decides, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Membership, Person
from quality import client_reading, contesting, dispute_reading, erasing, evaluating
from quality.models import Evaluation, EvaluationDispute
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.live_stack import LiveStack
from tests.quality.test_evaluating import evaluate, show

# A Friday; the five working days at Acme (Rome) end with the next Friday.
FRIDAY = datetime(2026, 11, 13, 9, tzinfo=UTC)
LAST = datetime(2026, 11, 20, 23, tzinfo=UTC)
REASONS = {"voice": "The shop's own words were used."}
TAKEN = {"voice": {"accepted": True, "answer": 5, "reason": "Indeed."}}
LEFT = {"voice": {"accepted": False, "reason": "They were not."}}


@pytest.fixture
def omar_leads(omar: Person) -> Person:
    Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    return omar


def dispute(person: Person, shop: Tenant, made: Evaluation, reasons: Any = None, at: datetime = FRIDAY) -> Any:
    with clock.hold(at), enter(shop):
        return contesting.dispute(
            person=person, tenant=shop, evaluation_id=made.pk, reasons=REASONS if reasons is None else reasons
        )


def decide(person: Person, shop: Tenant, found: EvaluationDispute, verdicts: Any) -> EvaluationDispute:
    with enter(shop):
        return contesting.decide(person=person, tenant=shop, dispute_id=found.pk, verdicts=verdicts)


def refused(code: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code, caught.value
    return caught.value


def on_friday(person: Person, shop: Tenant, agent: Person) -> Evaluation:
    with clock.hold(FRIDAY):
        return evaluate(person, shop, finish(shop, agent=agent))


def test_what_is_accepted_changes_the_score_and_both_stay_on_record(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, omar_leads: Person
) -> None:
    made = on_friday(sofia, acme, lucia)
    raised = dispute(lucia, acme, made)
    assert show(lucia, acme, made)["dispute_state"] == "open"
    done = decide(omar_leads, acme, raised, TAKEN)
    shown = show(lucia, acme, made)
    # voice earns 2 instead of 1.6 of 22 in all: 20.2 becomes 20.6
    assert (shown["percent"], shown["answers"]["voice"]) == (93.64, 5)
    [history] = shown["disputes"]
    assert (history["before"]["percent"], history["after"]["percent"]) == (91.82, 93.64)
    assert (history["before"]["answers"]["voice"], history["after"]["answers"]["voice"]) == (4, 5)
    assert (history["decided_by"], history["raised_by"]) == (omar_leads.name, lucia.name)
    assert (done.state, shown["dispute_state"]) == ("accepted", "accepted")
    written = AuditEntry.objects.filter(action__startswith="evaluation.dispute").order_by("id")
    assert list(written.values_list("action", flat=True)) == ["evaluation.disputed", "evaluation.dispute_decided"]
    with enter(northlight):
        assert not EvaluationDispute.objects.exists()


def test_what_is_rejected_changes_nothing(acme: Tenant, sofia: Person, lucia: Person, omar_leads: Person) -> None:
    made = on_friday(sofia, acme, lucia)
    assert decide(omar_leads, acme, dispute(lucia, acme, made), LEFT).state == "rejected"
    shown = show(lucia, acme, made)
    assert shown["percent"] == shown["disputes"][0]["after"]["percent"] == 91.82


def test_whoever_evaluated_or_was_evaluated_does_not_decide(
    acme: Tenant, sofia: Person, lucia: Person, omar: Person
) -> None:
    made = on_friday(sofia, acme, lucia)
    raised = dispute(lucia, acme, made)
    refused("own_evaluation", lambda: decide(sofia, acme, raised, TAKEN))
    refused("not_allowed", lambda: decide(omar, acme, raised, TAKEN))
    Membership.objects.create(person=lucia, role=Membership.Role.SUPERVISOR)
    refused("own_work", lambda: decide(lucia, acme, raised, TAKEN))
    Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    assert decide(omar, acme, raised, TAKEN).state == "accepted"
    told = refused("decided_already", lambda: decide(omar, acme, raised, LEFT))
    assert omar.name in told.message and "accepted" in told.message


@pytest.mark.parametrize(
    ("verdicts", "field"),
    [
        ({}, "verdicts.voice"),
        ({"voice": {"accepted": True, "answer": 4, "reason": "Yes"}}, "verdicts.voice.answer"),
        ({"voice": {"accepted": True, "answer": 9, "reason": "Yes"}}, "answers.voice"),
        ({"voice": {"accepted": False, "reason": " "}}, "verdicts.voice.reason"),
        ({**TAKEN, "greets": {"accepted": True, "answer": False, "reason": "Too"}}, "verdicts.greets"),
    ],
)
def test_a_decision_that_does_not_fit_changes_nothing(
    verdicts: Any, field: str, acme: Tenant, sofia: Person, lucia: Person, omar_leads: Person
) -> None:
    made = on_friday(sofia, acme, lucia)
    raised = dispute(lucia, acme, made)
    assert field in refused("invalid", lambda: decide(omar_leads, acme, raised, verdicts)).fields
    assert show(sofia, acme, made)["percent"] == 91.82
    assert decide(omar_leads, acme, raised, TAKEN).state == "accepted"


def test_the_window_is_counted_in_working_days(acme: Tenant, sofia: Person, lucia: Person) -> None:
    made = on_friday(sofia, acme, lucia)
    assert show(lucia, acme, made)["dispute_until"] == LAST
    late = refused("window_over", lambda: dispute(lucia, acme, made, at=LAST + timedelta(seconds=1)))
    assert "5 working days" in late.message
    assert dispute(lucia, acme, made, at=LAST).state == "open"
    other = on_friday(sofia, acme, lucia)
    with enter(acme):
        contesting.change_terms(person=sofia, tenant=acme, dispute_days=1, disputes_a_month=0)
    refused("window_over", lambda: dispute(lucia, acme, other, at=LAST))


def test_only_what_was_released_to_them_is_disputed_once_and_not_after_accepting(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, paolo: Person, carla: Person, dieter: Person
) -> None:
    with clock.hold(FRIDAY):
        held = evaluate(sofia, acme, finish(acme, agent=lucia), release_on=FRIDAY + timedelta(days=1))
    refused("not_found", lambda: dispute(lucia, acme, held))
    refused("not_found", lambda: dispute(carla, acme, held))
    made = on_friday(sofia, acme, lucia)
    for other in (paolo, dieter):
        refused("not_found", lambda other=other: dispute(other, acme, made))
    refused("not_found", lambda: dispute(lucia, northlight, made))
    assert dispute(lucia, acme, made).side == "agent"
    refused("disputed_already", lambda: dispute(lucia, acme, made))
    assert dispute(carla, acme, made).side == "client"  # each side has its own
    accepted = on_friday(sofia, acme, lucia)
    with enter(acme):
        contesting.acknowledge(person=lucia, tenant=acme, evaluation_id=accepted.pk)
        refused("still_disputed", lambda: contesting.acknowledge(person=lucia, tenant=acme, evaluation_id=made.pk))
        refused("not_found", lambda: contesting.acknowledge(person=paolo, tenant=acme, evaluation_id=accepted.pk))
    refused("acknowledged", lambda: dispute(lucia, acme, accepted))


@pytest.mark.parametrize(
    ("reasons", "field"), [({}, "reasons"), ({"voice": " "}, "reasons.voice"), ({"dances": "no"}, "reasons.dances")]
)
def test_a_dispute_says_which_answers_and_why(
    reasons: Any, field: str, acme: Tenant, sofia: Person, lucia: Person
) -> None:
    made = on_friday(sofia, acme, lucia)
    assert field in refused("invalid", lambda: dispute(lucia, acme, made, reasons)).fields
    assert dispute(lucia, acme, made).reasons == REASONS


def test_an_agent_disputes_so_many_a_month(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, paolo: Person
) -> None:
    with enter(acme):
        contesting.change_terms(person=sofia, tenant=acme, dispute_days=20, disputes_a_month=2)
    many = [on_friday(sofia, acme, lucia) for _ in range(4)]
    for made in many[:2]:
        dispute(lucia, acme, made)
    refused("too_many", lambda: dispute(lucia, acme, many[2]))
    assert dispute(paolo, acme, on_friday(sofia, acme, paolo)).state == "open"  # another agent's cap
    assert dispute(lucia, northlight, on_friday(sofia, northlight, lucia)).state == "open"  # another client's
    assert dispute(lucia, acme, many[3], at=datetime(2026, 12, 1, 9, tzinfo=UTC)).state == "open"  # another month


def test_supervisors_see_what_waits_for_a_decision(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, jens: Person, omar_leads: Person
) -> None:
    first = dispute(lucia, acme, on_friday(sofia, acme, lucia))
    second = dispute(jens, northlight, on_friday(sofia, northlight, jens), at=FRIDAY + timedelta(hours=1))
    assert [row["id"] for row in dispute_reading.open_disputes(sofia)] == [first.pk, second.pk]
    assert {row["may_decide"] for row in dispute_reading.open_disputes(sofia)} == {False}
    assert {row["may_decide"] for row in dispute_reading.open_disputes(omar_leads)} == {True}
    decide(omar_leads, acme, first, LEFT)
    assert [row["id"] for row in dispute_reading.open_disputes(sofia)] == [second.pk]


def test_a_client_sees_what_was_released_under_aliases_and_no_legal_name(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, carla: Person, omar_leads: Person
) -> None:
    Person.objects.filter(pk=lucia.pk).update(name="Lucrezia Bianchi")
    Person.objects.filter(pk=sofia.pk).update(name="Sophronia Navarro")
    with clock.hold(FRIDAY):
        evaluate(sofia, acme, finish(acme, agent=lucia), release_on=FRIDAY + timedelta(days=1))
        comments = {"voice": "Lucrezia was stiff; Sophronia Navarro said so"}
        made = evaluate(sofia, acme, finish(acme, agent=lucia), comments=comments, coaching="Dear Lucrezia")
        evaluate(sofia, northlight, finish(northlight, agent=lucia))
    raised = dispute(lucia, acme, made, {"voice": "I, Bianchi, was not"})
    decide(omar_leads, acme, raised, {"voice": {"accepted": False, "reason": "Lucrezia, you were"}})
    with enter(acme):
        listed = client_reading.evaluations(tenant=acme)["results"]
        shown = client_reading.evaluation(tenant=acme, evaluation_id=made.pk)
    assert [row["id"] for row in listed] == [made.pk]
    assert listed[0]["agent_alias"] == shown["agent_alias"] == "Lucia A."
    assert shown["comments"]["voice"] == "Lucia A. was stiff; — said so"
    for name in ("Lucrezia", "Bianchi", "Sophronia", "Navarro", omar_leads.name, "Dear", "Good work"):
        assert name not in str(shown) + str(listed), name


def test_erasing_takes_what_was_said_and_leaves_what_was_decided(
    acme: Tenant, sofia: Person, lucia: Person, omar_leads: Person
) -> None:
    made = on_friday(sofia, acme, lucia)
    decide(omar_leads, acme, dispute(lucia, acme, made), TAKEN)
    with enter(acme):
        said = [row["text"] for row in erasing.said_about([made.conversation_id])]
        assert said == [REASONS["voice"], "Indeed."]
        assert erasing.erase_comments([made.conversation_id])["dispute_words"] == 1
        kept = EvaluationDispute.objects.get()
        assert (kept.reasons, kept.verdicts["voice"]["reason"]) == ({"voice": ""}, "")
        assert (kept.state, kept.verdicts["voice"]["answer"], kept.before["percent"]) == ("accepted", 5, "91.82")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    live_stack: LiveStack, acme: Tenant, sofia: Person, lucia: Person, omar: Person
) -> None:
    one, two = omar, Person.objects.create_user("rosa@bpo.example", "x", name="Rosa R.")
    for person in (one, two):
        Membership.objects.get_or_create(person=person, role=Membership.Role.SUPERVISOR, tenant=None)
    made = evaluate(sofia, acme, finish(acme, agent=lucia))
    with enter(acme):
        raised = contesting.dispute(person=lucia, tenant=acme, evaluation_id=made.pk, reasons=REASONS)
    outcomes: list[str] = []
    together = Barrier(2)

    def run(person: Person, verdicts: Any) -> None:
        together.wait()
        try:
            outcomes.append(str(decide(person, acme, raised, verdicts).state))
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=args) for args in ((one, TAKEN), (two, LEFT))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Membership.objects.filter(person__in=(one, two), role=Membership.Role.SUPERVISOR).delete()
    two.delete()
    assert "decided_already" in outcomes and len(outcomes) == 2
    with enter(acme):
        kept = EvaluationDispute.objects.get(pk=raised.pk)
        percent = Evaluation.objects.get(pk=made.pk).percent
    assert kept.state in outcomes
    assert percent == (Decimal("93.64") if kept.state == "accepted" else Decimal("91.82"))
    assert evaluating.may_evaluate(sofia)
