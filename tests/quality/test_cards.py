"""Scorecards have versions: a draft is edited, publishing says what changes, what was published stays."""

from __future__ import annotations

from copy import deepcopy
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from quality import cards, defaults, evaluating, forms
from quality.models import Scorecard
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.live_stack import LiveStack
from tests.quality.test_evaluating import ANSWERS, evaluate


def begin(person: Person, shop: Tenant, name: str = defaults.NAME, **more: Any) -> Scorecard:
    with enter(shop):
        return cards.draft(person=person, tenant=shop, name=name, **more)


def save(person: Person, shop: Tenant, card: Scorecard, definition: Any, revision: int) -> Scorecard:
    with enter(shop):
        return cards.save(person=person, tenant=shop, card_id=card.pk, definition=definition, revision=revision)


def publish(person: Person, shop: Tenant, card_id: UUID, revision: int) -> Scorecard:
    with enter(shop):
        return cards.publish(person=person, tenant=shop, card_id=card_id, revision=revision)


def show(shop: Tenant, card: Scorecard) -> dict[str, Any]:
    with enter(shop):
        return cards.show(tenant=shop, card_id=card.pk)


def heavier(code: str = "greets", weight: int = 7) -> Any:
    definition: Any = deepcopy(defaults.DEFINITION)
    definition["sections"][0]["questions"][0]["weight"] = weight
    return definition


def refused(code: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def test_a_change_is_the_next_version_and_says_what_it_changes(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person
) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia))
    draft = begin(sofia, acme)
    assert (draft.version, draft.is_draft) == (2, True)
    assert show(acme, draft)["changes"] == [] and begin(sofia, acme).pk == draft.pk
    definition = heavier()
    section = definition["sections"][1]["questions"]
    section[0], section[1] = section[1], section[0]
    definition["sections"][3]["questions"].pop()
    extra = {"code": "thanks", "text": {"en": "Thanks"}, "kind": "yes_no", "weight": 1}
    definition["sections"][0]["questions"].append(extra)
    save(sofia, acme, draft, definition, 0)
    assert show(acme, draft)["changes"] == [
        {"what": "question_removed", "code": "respect", "fields": []},
        {"what": "question_changed", "code": "greets", "fields": ["weight"]},
        {"what": "question_added", "code": "thanks", "fields": []},
        {"what": "reordered", "code": "", "fields": []},
    ]
    with enter(acme):
        assert evaluating.scorecard_in_force().version == 1  # a draft is in nobody's way
    publish(sofia, acme, draft.pk, 1)
    with enter(acme):
        assert evaluating.scorecard_in_force().pk == draft.pk
        listed = cards.cards_of(acme)[0]["versions"]
        assert [(row["version"], row["in_force"], row["used"]) for row in listed] == [(2, True, 0), (1, False, 1)]
        made.refresh_from_db()
        assert made.scorecard.version == 1
    with enter(northlight):
        assert Scorecard.objects.count() == 1
    assert AuditEntry.objects.filter(action="scorecard.published", tenant=acme).count() == 1


def test_what_was_published_never_changes(acme: Tenant, sofia: Person) -> None:
    with enter(acme):
        card = evaluating.scorecard_in_force()
    refused("frozen", lambda: save(sofia, acme, card, heavier(), 0))
    refused("frozen", lambda: publish(sofia, acme, card.pk, 0))
    with enter(acme):
        refused("frozen", lambda: cards.discard(person=sofia, tenant=acme, card_id=card.pk))
    draft = begin(sofia, acme)
    save(sofia, acme, draft, heavier(), 0)
    with enter(acme):
        cards.discard(person=sofia, tenant=acme, card_id=draft.pk)
        assert Scorecard.objects.count() == 1


def test_a_form_keeps_its_version_while_the_card_is_changed(
    acme: Tenant, northlight: Tenant, sofia: Person, omar: Person, lucia: Person
) -> None:
    item = finish(acme, agent=lucia)
    place: dict[str, Any] = {
        "person": sofia,
        "tenant": acme,
        "conversation_id": item.conversation,
        "work_item": item.id,
    }
    with enter(acme):
        first = forms.form_of(**place).scorecard
        forms.keep(**place, scorecard=first.pk, form={"answers": {"greets": True}, "summary": "So far"}, seconds=40)
    draft = begin(omar, acme)
    save(omar, acme, draft, heavier(weight=90), 0)
    publish(omar, acme, draft.pk, 1)
    with enter(acme):
        again = forms.form_of(**place)
        assert (again.scorecard_id, again.form["answers"], again.seconds) == (first.pk, {"greets": True}, 40)
        made = evaluating.evaluate(**place, answers=ANSWERS, comments={}, summary="", scorecard=first.pk)
        assert (made.scorecard.version, str(made.percent)) == (1, "91.82")
    other = finish(acme, agent=lucia)
    assert evaluate(sofia, acme, other).scorecard.version == 2
    with enter(northlight):
        foreign = evaluating.scorecard_in_force().pk
    assert "scorecard" in refused("invalid", lambda: evaluate(sofia, acme, finish(acme, agent=lucia),
                                                              scorecard=foreign)).fields  # fmt: skip


def test_a_draft_that_cannot_score_is_kept_but_not_published(acme: Tenant, sofia: Person) -> None:
    draft = begin(sofia, acme, "Returns")
    loop: Any = {
        "sections": [
            {"code": "s", "title": {"en": "S"}, "questions": [
                {"code": one, "text": {"en": one}, "kind": "yes_no", "weight": 1,
                 "only_if": {"question": other, "is": [True]}}
                for one, other in (("a", "b"), ("b", "a"))
            ]}
        ]
    }  # fmt: skip
    save(sofia, acme, draft, loop, 0)
    fault = show(acme, draft)["fault"]
    assert fault["field"] == "sections[0].questions[0].only_if" and "a → b → a" in fault["reason"]
    assert fault["field"] in refused("invalid", lambda: publish(sofia, acme, draft.pk, 1)).fields
    every: Any = {"sections": [{"code": "s", "title": {"en": "S"}, "questions": [
        {"code": "a", "text": {"en": "a"}, "kind": "yes_no", "weight": 1, "na_allowed": True}]}]}  # fmt: skip
    save(sofia, acme, draft, every, 1)
    assert "not applicable" in show(acme, draft)["fault"]["reason"]
    every["sections"][0]["questions"][0]["na_allowed"] = False
    save(sofia, acme, draft, every, 2)
    assert show(acme, draft)["fault"] is None
    assert publish(sofia, acme, draft.pk, 3).version == 1
    refused("same", lambda: publish(sofia, acme, begin(sofia, acme, "Returns").pk, 0))


def test_a_card_made_for_a_channel_goes_before_the_one_for_all(acme: Tenant, sofia: Person, lucia: Person) -> None:
    draft = begin(sofia, acme, "Letters")
    one = {"code": "only", "text": {"en": "Only"}, "kind": "yes_no", "weight": 1}
    letters = {"channels": ["email"], "sections": [{"code": "all", "title": {"en": "All"}, "questions": [one]}]}
    save(sofia, acme, draft, letters, 0)
    publish(sofia, acme, draft.pk, 1)
    with enter(acme):
        assert evaluating.scorecard_in_force("email").name == "Letters"
        assert evaluating.scorecard_in_force("webchat").name == defaults.NAME
    assert evaluate(sofia, acme, finish(acme, agent=lucia)).scorecard.name == defaults.NAME
    mail = finish(acme, agent=lucia, channel="email")
    assert evaluate(sofia, acme, mail, answers={"only": True}, comments={}).scorecard.name == "Letters"


def test_two_who_edit_one_draft_do_not_overwrite_each_other(acme: Tenant, sofia: Person, omar: Person) -> None:
    draft = begin(sofia, acme)
    save(sofia, acme, draft, heavier(weight=2), 0)
    refused("changed_meanwhile", lambda: save(omar, acme, draft, heavier(weight=3), 0))
    refused("changed_meanwhile", lambda: publish(omar, acme, draft.pk, 0))
    assert show(acme, draft)["definition"]["sections"][0]["questions"][0]["weight"] == 2
    assert publish(omar, acme, draft.pk, 1).is_draft is False


@pytest.mark.parametrize(("who", "code"), [("lucia", "not_allowed"), ("jens", "not_found"), ("carla", "not_found")])
def test_scorecards_are_changed_by_who_leads(
    who: str, code: str, acme: Tenant, sofia: Person, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    refused(code, lambda: begin(person, acme))
    assert begin(sofia, acme).is_draft


def test_two_who_begin_at_once_share_one_draft(live_stack: LiveStack, acme: Tenant, sofia: Person) -> None:
    found: list[UUID] = []

    def run() -> None:
        try:
            found.append(begin(sofia, acme, "At once").pk)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and len(set(found)) == 1
    with enter(acme):
        Scorecard.objects.filter(pk=found[0]).delete()
