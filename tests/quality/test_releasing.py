"""Drafts on the server, pins, and evaluations that wait for their day; rows of before releases keep their meaning."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from quality import erasing, evaluating, forms, reading, releasing
from quality.models import Evaluation, EvaluationDraft
from routing.models import WorkItem
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.desk.shop import give, write
from tests.quality.test_evaluating import ANSWERS, evaluate, refused, show

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
FORM: dict[str, Any] = {"answers": {"greets": True}, "comments": {"greets": "Warm"}, "summary": "So far", "pins": []}


def hold_back(person: Person, shop: Tenant, agent: Person) -> Evaluation:
    with clock.hold(NOW):
        return evaluate(person, shop, finish(shop, agent=agent), release_on=LATER)


def test_a_held_back_evaluation_is_not_there_for_its_agent_until_its_day(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person
) -> None:
    made = hold_back(sofia, acme, lucia)
    assert (made.released_at, made.release_on) == (None, LATER)
    with pytest.raises(Refusal):
        show(lucia, acme, made)
    assert show(sofia, acme, made)["release_on"] == LATER
    assert reading.evaluations(person=lucia)["results"] == [] and reading.unread_by(lucia, [acme.id]) == 0
    assert [row["id"] for row in reading.evaluations(person=sofia)["results"]] == [made.pk]
    assert releasing.release_due(LATER - timedelta(seconds=1)) == 0
    with clock.hold(LATER):
        assert releasing.release_due() == 1
        assert releasing.release_due() == 0  # repeating changes nothing
    assert show(lucia, acme, made)["released_at"] == LATER
    assert [row["id"] for row in reading.evaluations(person=lucia)["results"]] == [made.pk]
    assert reading.unread_by(lucia, [acme.id]) == 1 and reading.unread_by(lucia, [northlight.id]) == 0
    assert AuditEntry.objects.filter(action="evaluation.released").count() == 1


def test_it_can_be_released_before_its_day_by_a_supervisor(
    acme: Tenant, sofia: Person, lucia: Person, omar: Person
) -> None:
    made = hold_back(sofia, acme, lucia)
    with enter(acme):
        with pytest.raises(Refusal) as caught:
            releasing.release(person=omar, tenant=acme, evaluation_id=made.pk)
        assert caught.value.code == "not_allowed"
        with clock.hold(NOW):
            first = releasing.release(person=sofia, tenant=acme, evaluation_id=made.pk)
            assert first.released_at == NOW
        assert releasing.release(person=sofia, tenant=acme, evaluation_id=made.pk).released_at == NOW
    assert releasing.release_due(LATER) == 0


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_a_release_lies_ahead_and_not_too_far(days: int, acme: Tenant, sofia: Person, lucia: Person) -> None:
    item = finish(acme, agent=lucia)
    with clock.hold(NOW):
        wrong = NOW + timedelta(days=days)
        assert "release_on" in refused("invalid", sofia, acme, item, release_on=wrong).fields
        assert evaluate(sofia, acme, item, release_on=NOW + timedelta(days=92)).released_at is None


def test_a_draft_is_kept_for_its_evaluator_alone_and_goes_with_the_evaluation(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person
) -> None:
    item = finish(acme, agent=lucia)
    place: dict[str, Any] = {"tenant": acme, "conversation_id": item.conversation, "work_item": item.id}
    with enter(acme):
        card = forms.form_of(person=sofia, **place).scorecard_id
        assert not EvaluationDraft.objects.exists()  # looking keeps nothing
        for seconds in (30, 20):
            forms.keep(person=sofia, **place, scorecard=card, form=FORM, seconds=seconds)
        kept = forms.form_of(person=sofia, **place)
        assert (kept.form, kept.seconds) == ({**FORM}, 30)  # time only grows
        other = Person.objects.only("id", "name", "email", "language", "time_zone", "is_active").get(pk=lucia.pk)
        with pytest.raises(Refusal) as caught:
            forms.form_of(person=other, **place)
        assert caught.value.code == "not_allowed"
    made = evaluate(sofia, acme, item, seconds=61)
    with enter(acme):
        assert not EvaluationDraft.objects.exists() and made.seconds == 61
        forms.keep(person=sofia, **place, scorecard=card, form=FORM, seconds=70)  # a late save of another window
        assert not EvaluationDraft.objects.exists()
    with enter(northlight):
        assert not EvaluationDraft.objects.exists()


def test_a_draft_can_be_thrown_away_and_is_bounded(acme: Tenant, sofia: Person, lucia: Person) -> None:
    item = finish(acme, agent=lucia)
    place: dict[str, Any] = {
        "person": sofia, "tenant": acme, "conversation_id": item.conversation, "work_item": item.id,
    }  # fmt: skip
    with enter(acme):
        card = forms.form_of(**place).scorecard_id
        with pytest.raises(Refusal, match="too long"):
            forms.keep(**place, scorecard=card, form={"summary": "x" * 60_001}, seconds=1)
        forms.keep(**place, scorecard=card, form={"summary": "Card 4111 1111 1111 1111"}, seconds=1)
        assert "4111 1111" not in forms.form_of(**place).form["summary"]
        forms.discard(**place)
        assert not EvaluationDraft.objects.exists()


def spoken_of(acme: Tenant, lucia: Person) -> tuple[WorkItem, Any]:
    message = write(acme)
    item = give(message, lucia)
    WorkItem.objects.filter(pk=item.pk).update(state=WorkItem.State.DONE, finished_at=clock.now())
    return WorkItem.objects.get(pk=item.pk), message


def test_quotes_are_pinned_to_answers_and_are_of_the_conversation(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person
) -> None:
    item, message = spoken_of(acme, lucia)
    pin = {"question": "voice", "message": str(message.pk), "quote": "dove si trova"}
    made = evaluate(sofia, acme, item, pins=[pin, {**pin, "question": ""}], coaching="Ask sooner.")
    shown = show(lucia, acme, made)
    assert [(one["question"], one["quote"]) for one in shown["pins"]] == [("voice", pin["quote"]), ("", pin["quote"])]
    assert shown["pins"][0]["at"] == message.created_at.isoformat() and shown["coaching"] == "Ask sooner."
    foreign = write(northlight)
    again, _ = spoken_of(acme, lucia)
    for wrong in (str(foreign.pk), "x"):
        assert "pins[0]" in refused("invalid", sofia, acme, again, pins=[{**pin, "message": wrong}]).fields


def test_erasing_takes_quotes_notes_and_drafts_and_leaves_the_score(acme: Tenant, sofia: Person, lucia: Person) -> None:
    item, message = spoken_of(acme, lucia)
    pin = {"question": "voice", "message": str(message.pk), "quote": "Giulia"}
    made = evaluate(sofia, acme, item, pins=[pin], coaching="Giulia was upset")
    other, _ = spoken_of(acme, lucia)
    place: dict[str, Any] = {"tenant": acme, "conversation_id": other.conversation, "work_item": other.id}
    with enter(acme):
        card = evaluating.scorecard_in_force().pk
        forms.keep(person=sofia, **place, scorecard=card, form=FORM, seconds=1)
        held = erasing.held_about([item.conversation, other.conversation])
        assert [row["quotes"] for row in held] == [["Giulia"], []] and held[1]["summary"] == "So far"
        assert erasing.erase_comments([item.conversation, other.conversation])["evaluation_comments"] == 1
        made.refresh_from_db()
        assert (made.pins, made.coaching, made.comments, made.summary) == ([], "", {}, "")
        assert made.answers == ANSWERS and not EvaluationDraft.objects.exists()


def test_rows_of_before_there_were_releases_are_seen_as_they_were(acme: Tenant, sofia: Person, lucia: Person) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia))
    migration: Any = importlib.import_module("quality.migrations.0004_released").Migration
    with enter(acme):
        Evaluation.objects.filter(pk=made.pk).update(released_at=None)  # as they stood when the column came
    with pytest.raises(Refusal):
        show(lucia, acme, made)
    with enter(acme), connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    shown = show(lucia, acme, made)
    assert shown["released_at"] == made.made_at
    assert (shown["percent"], shown["answers"], shown["origin"], shown["pins"]) == (91.82, ANSWERS, "manual", [])
    assert [row["id"] for row in reading.evaluations(person=lucia)["results"]] == [made.pk]
    assert reading.unread_by(lucia, [acme.id]) == 1
    held = hold_back(sofia, acme, lucia)
    with enter(acme), connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)  # and what waits for its day still waits
        held.refresh_from_db()
        assert held.released_at is None
