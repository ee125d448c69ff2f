"""A supervisor evaluates finished work; the agent, and no other agent, sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import Any

import msgspec
import pytest
import redis
from django.conf import settings
from django.db import connection

from kernel import clock, live
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.tenancy import WrongTenant, enter
from people.models import AuditEntry, Membership, Person
from quality import defaults, evaluating, reading
from quality.models import Evaluation, Scorecard
from routing.models import AgentState, WorkItem
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.live_stack import LiveStack

ANSWERS: dict[str, object] = {
    "greets": True, "voice": 4, "language": 5, "reads": 5, "asks": "na", "empathy": 3,
    "right": True, "settles": 4, "reason": True, "policy": True, "identity": "na", "respect": True,
}  # fmt: skip


def evaluate(person: Person, tenant: Tenant, item: WorkItem, **more: Any) -> Evaluation:
    asked: dict[str, Any] = {
        "conversation_id": item.conversation,
        "work_item": item.id,
        "answers": ANSWERS,
        "comments": {"voice": "A little stiff."},
        "summary": "Good work.",
    }
    with enter(tenant):
        return evaluating.evaluate(person=person, tenant=tenant, **{**asked, **more})


def refused(code: str, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        evaluate(*args, **more)
    assert caught.value.code == code
    return caught.value


def show(person: Person, tenant: Tenant, evaluation: Evaluation) -> dict[str, Any]:
    with enter(tenant):
        return reading.evaluation(person=person, tenant=tenant, evaluation_id=evaluation.pk)


def test_an_evaluation_is_scored_kept_and_written_down(acme: Tenant, sofia: Person, lucia: Person) -> None:
    item = finish(acme, agent=lucia)
    made = evaluate(sofia, acme, item)
    # 1 + 1.6 + 2 of 5 · 3 + 1.2 of 5 · 4 + 2.4 of 7 · 1 + 2 + 2 of 5
    assert made.percent == Decimal("91.82")
    assert (made.agent_id, made.evaluator_id, made.fatal) == (lucia.pk, sofia.pk, False)
    entry = AuditEntry.objects.get(action="evaluation.made")
    assert (entry.person, entry.tenant, entry.object_id) == (sofia, acme, str(made.pk))
    assert entry.detail == {"agent": str(lucia.pk), "work_item": str(item.id), "conversation": str(item.conversation)}


def test_a_fatal_answer_zeroes_the_whole(acme: Tenant, sofia: Person, lucia: Person) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia), answers={**ANSWERS, "respect": False})
    assert (made.percent, made.fatal) == (Decimal(0), True)
    assert {section["percent"] for section in show(lucia, acme, made)["sections"]} == {0.0}


def test_the_agents_desk_is_told(acme: Tenant, sofia: Person, lucia: Person, committed: Callable[[], Any]) -> None:
    before = AgentState.objects.get(pk=lucia.pk).feed_seq
    valkey: Any = redis.Redis.from_url(settings.VALKEY_URL)
    with valkey.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(live.CHANNEL)
        heard.get_message(timeout=5)
        with committed():
            made = evaluate(sofia, acme, finish(acme, agent=lucia))
        told = _first_for(heard, live.person_feed(lucia.pk), "evaluation.shared")
    assert AgentState.objects.get(pk=lucia.pk).feed_seq == before + 1
    assert told == {"type": "evaluation.shared", "n": before + 1, "tenant": str(acme.id), "evaluation": str(made.pk)}


def _first_for(heard: Any, audience: str, kind: str) -> dict[str, Any]:
    ends_at = time.monotonic() + 10
    while time.monotonic() < ends_at:
        message = heard.get_message(timeout=1)
        if message is None:
            continue
        head, _, frame = message["data"].partition(b"\n")
        told: dict[str, Any] = msgspec.json.decode(frame)
        if audience in head.decode().split(",") and told["type"] == kind:
            return told
    raise AssertionError("nobody was told")


@pytest.mark.parametrize("who", ["lucia", "omar", "carla"])
def test_only_a_supervisor_evaluates(who: str, acme: Tenant, sofia: Person, paolo: Person) -> None:
    item = finish(acme, agent=paolo)
    refused("not_allowed", Person.objects.get(email__startswith=f"{who}@"), acme, item)
    assert evaluate(sofia, acme, item).pk is not None


def test_nobody_evaluates_their_own_work(acme: Tenant, sofia: Person, lucia: Person) -> None:
    Membership.objects.create(person=lucia, role=Membership.Role.SUPERVISOR)
    refused("own_work", lucia, acme, finish(acme, agent=lucia))
    assert evaluate(lucia, acme, finish(acme, agent=sofia)).pk is not None


def test_only_finished_work_of_that_conversation_is_evaluated(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person
) -> None:
    refused("not_finished", sofia, acme, finish(acme, agent=lucia, state="wrap_up"))
    refused("not_finished", sofia, acme, finish(acme, state="abandoned", outcome="abandoned"))
    item, other = finish(acme, agent=lucia), finish(acme, agent=lucia)
    refused("not_found", sofia, acme, item, conversation_id=other.conversation)
    refused("not_found", sofia, acme, item, work_item=new_id())
    refused("not_found", sofia, northlight, item)
    assert not AuditEntry.objects.filter(action="evaluation.made").exists()
    with pytest.raises(WrongTenant):
        evaluating.evaluate(
            person=sofia, tenant=acme, conversation_id=item.conversation, work_item=item.id,
            answers=ANSWERS, comments={}, summary="",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"answers": {**ANSWERS, "voice": 6}}, "answers.voice"),
        ({"answers": {key: value for key, value in ANSWERS.items() if key != "right"}}, "answers.right"),
        ({"answers": {**ANSWERS, "dances": True}}, "answers.dances"),
        ({"answers": {**ANSWERS, "greets": "na"}}, "answers.greets"),
        ({"comments": {"dances": "no"}}, "comments.dances"),
        ({"comments": {"voice": 7}}, "comments.voice"),
        ({"summary": "x" * 4001}, "summary"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    more: dict[str, Any], field: str, acme: Tenant, sofia: Person, lucia: Person
) -> None:
    item = finish(acme, agent=lucia)
    assert field in refused("invalid", sofia, acme, item, **more).fields
    assert evaluate(sofia, acme, item).pk is not None


def test_one_evaluation_per_evaluator_and_item(acme: Tenant, sofia: Person, lucia: Person, omar: Person) -> None:
    item = finish(acme, agent=lucia)
    evaluate(sofia, acme, item)
    refused("already_evaluated", sofia, acme, item)
    Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    assert evaluate(omar, acme, item).pk is not None


def test_parallel_evaluations_of_one_evaluator_leave_one(
    live_stack: LiveStack, acme: Tenant, sofia: Person, lucia: Person
) -> None:
    item = finish(acme, agent=lucia)
    outcomes: list[str] = []

    def run() -> None:
        try:
            evaluate(sofia, acme, item)
            outcomes.append("made")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_evaluated", "already_evaluated", "made"]


def test_an_evaluation_keeps_the_scorecard_it_was_made_on(acme: Tenant, sofia: Person, lucia: Person) -> None:
    first = evaluate(sofia, acme, finish(acme, agent=lucia))
    one = {"code": "only", "text": {"en": "Only"}, "kind": "yes_no", "weight": 1}
    with enter(acme):
        Scorecard.objects.create(
            name=defaults.NAME,
            version=2,
            valid_from=clock.now(),
            definition={"sections": [{"code": "all", "title": {"en": "All"}, "questions": [one]}]},
        )
    second = evaluate(sofia, acme, finish(acme, agent=lucia), answers={"only": True}, comments={})
    assert (show(sofia, acme, first)["scorecard"]["version"], show(sofia, acme, first)["percent"]) == (1, 91.82)
    assert (second.scorecard.version, second.percent) == (2, Decimal(100))


def test_an_agent_sees_their_own_and_no_others(acme: Tenant, sofia: Person, lucia: Person, paolo: Person) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia))
    shown = show(lucia, acme, made)
    assert (shown["summary"], shown["comments"]) == ("Good work.", {"voice": "A little stiff."})
    assert shown["answers"] == ANSWERS
    assert [section["percent"] for section in shown["sections"]] == [92.0, 84.0, 91.43, 100.0]
    with pytest.raises(Refusal, match="not yours"):
        show(paolo, acme, made)
    assert [row["id"] for row in reading.evaluations(person=lucia)["results"]] == [made.pk]
    assert reading.evaluations(person=paolo)["results"] == []
    assert [row["id"] for row in reading.evaluations(person=sofia)["results"]] == [made.pk]


def test_the_list_goes_over_clients_newest_first_in_pages(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, jens: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    made = []
    for hour, (shop, agent) in enumerate([(acme, lucia), (northlight, lucia), (northlight, jens), (acme, lucia)]):
        with clock.hold(datetime(2026, 3, 1, hour, tzinfo=UTC)):
            made.append(evaluate(sofia, shop, finish(shop, agent=agent)).pk)
    first = reading.evaluations(person=sofia)
    second = reading.evaluations(person=sofia, page=first["next"])
    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None

    def ids(**asked: Any) -> list[Any]:
        return [row["id"] for row in reading.evaluations(**asked)["results"]]

    assert ids(person=sofia, tenant_id=northlight.id) == [made[2], made[1]]
    assert ids(person=sofia, agent_id=jens.pk) == [made[2]]
    assert ids(person=sofia, since=datetime(2026, 3, 1, 3, tzinfo=UTC)) == [made[3]]
    assert ids(person=sofia, until=datetime(2026, 3, 1, 1, tzinfo=UTC)) == [made[0]]
    assert ids(person=jens) == [made[2]]
    assert ids(person=jens, agent_id=lucia.pk) == []


def test_only_the_agent_marks_it_read_and_once(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, paolo: Person
) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia))
    assert reading.unread_by(lucia, [acme.id, northlight.id]) == 1
    assert reading.unread_by(lucia, [northlight.id]) == reading.unread_by(paolo, [acme.id]) == 0
    for other in (sofia, paolo):
        with enter(acme), pytest.raises(Refusal):
            evaluating.read(person=other, tenant=acme, evaluation_id=made.pk)
    opened = datetime(2026, 12, 1, tzinfo=UTC)
    for at in (opened, datetime(2026, 12, 2, tzinfo=UTC)):
        with clock.hold(at), enter(acme):
            assert evaluating.read(person=lucia, tenant=acme, evaluation_id=made.pk).read_at == opened
    assert reading.unread_by(lucia, [acme.id]) == 0
    assert AuditEntry.objects.filter(action="evaluation.read").count() == 1


def test_a_new_shop_has_a_scorecard_in_every_language_of_papers(acme: Tenant, northlight: Tenant) -> None:
    for shop in (acme, northlight):
        with enter(shop):
            assert Scorecard.objects.count() == 1
            assert defaults.create(shop) == evaluating.scorecard_in_force()
    for section in defaults.DEFINITION["sections"]:
        for texts in [section["title"], *(question["text"] for question in section["questions"])]:
            assert set(texts) == {"en", "es", "it", "de", "fr", "pt"}
