"""Plans draw at random, rules pick beside it, evaluators get what they understand, and averages are never mixed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Membership, Person, PersonSkill, Skill
from quality import plan_reading, plans, reading
from quality.models import SampleDraw, SamplePick, SamplingPlan
from routing.models import WorkItem
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.quality.test_evaluating import ANSWERS, evaluate

MARCH_10 = datetime(2026, 3, 10, 12, tzinfo=UTC)
END = datetime(2026, 3, 31, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _speaks(sofia: Person) -> None:
    for code in ("it", "de"):
        speak(sofia, code)


def speak(person: Person, code: str) -> None:
    PersonSkill.objects.create(person=person, skill=Skill.objects.get(code=f"lang:{code}"), level=3)


def plan(person: Person, shop: Tenant, per_agent: int = 4, **more: Any) -> SamplingPlan:
    values: dict[str, Any] = {"name": "Monthly", "channels": [], "languages": [], "rules": [], "is_active": True}
    return plans.save_plan(person=person, tenant_id=shop.id, per_agent=per_agent, **{**values, **more})


def work(shop: Tenant, agent: Person, count: int = 10, **more: Any) -> list[WorkItem]:
    return [finish(shop, MARCH_10 - timedelta(hours=place + 1), agent=agent, **more) for place in range(count)]


def draw(shop: Tenant, made: SamplingPlan, at: datetime = END, **more: Any) -> dict[str, int]:
    with clock.hold(at):
        return plans.draw_now(person=None, tenant=shop, plan_id=made.pk, **more)


def picks(shop: Tenant, **narrow: Any) -> list[SamplePick]:
    with enter(shop):
        return list(SamplePick.objects.filter(**narrow).order_by("picked_at", "pk"))


def test_a_draw_fills_each_agents_quota_and_can_be_shown_again(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, paolo: Person
) -> None:
    work(acme, lucia, 12)
    work(acme, paolo, 3)
    work(northlight, lucia, 5)
    made = plan(sofia, acme)
    assert draw(acme, made, seed="one") == {"sample": 7, "rule": 0}
    assert Counter(pick.agent_id for pick in picks(acme)) == {lucia.pk: 4, paolo.pk: 3}
    assert picks(northlight) == []
    with enter(acme):
        kept = SampleDraw.objects.get()
        assert sorted(plans.repeat(kept)) == sorted(str(pick.work_item) for pick in kept.picks.all())
        assert (kept.seed, kept.month, len(kept.candidates)) == ("one", "2026-03", 15)
    assert draw(acme, made) == {"sample": 0, "rule": 0}  # repeating draws nothing more


def test_a_quota_is_drawn_as_the_month_goes(acme: Tenant, sofia: Person, lucia: Person) -> None:
    work(acme, lucia, 20)
    made = plan(sofia, acme, 6)
    assert draw(acme, made, MARCH_10)["sample"] == 2  # 10 of 31 days: 1.9, rounded up
    assert draw(acme, made, MARCH_10 + timedelta(days=1))["sample"] == 1
    assert draw(acme, made, END)["sample"] == 3
    assert len({pick.work_item for pick in picks(acme)}) == 6


def test_a_plan_takes_its_channels_and_strata_get_their_share(acme: Tenant, sofia: Person, lucia: Person) -> None:
    work(acme, lucia, 12)
    work(acme, lucia, 4, channel="email")
    work(acme, lucia, 4, channel="form")
    draw(acme, plan(sofia, acme, 4, channels=["email", "webchat"]))
    with enter(acme):
        channels = Counter(pick.conversation.channel for pick in SamplePick.objects.select_related("conversation"))
    assert channels == {"webchat": 3, "email": 1}


def test_what_rules_pick_is_kept_apart_in_every_average(
    acme: Tenant, sofia: Person, lucia: Person, paolo: Person
) -> None:
    work(acme, lucia, 4)
    [slow] = work(acme, lucia, 1, seconds=2 * 86_400)
    made = plan(sofia, acme, 2, rules=[{"rule": "long_in_hand", "per_agent": 5}], languages=["it"])
    draw(acme, made, seed="x")
    assert [pick.work_item for pick in picks(acme, origin="rule")] == [slow.id]
    with clock.hold(END):
        done = {}
        for pick in [*picks(acme, origin="sample", agent=lucia), *picks(acme, origin="rule")]:
            if pick.work_item in done:
                continue
            item = WorkItem.objects.get(pk=pick.work_item)
            done[item.id] = evaluate(sofia, acme, item, answers={**ANSWERS, "right": pick.origin == "sample"})
        evaluate(sofia, acme, finish(acme, MARCH_10, agent=paolo))
    assert not picks(acme, state="open", agent=lucia)
    with enter(acme):
        found = reading.averages(start=END - timedelta(days=1), end=END + timedelta(days=1), agent_id=lucia.pk)
        paolos = reading.averages(start=END - timedelta(days=1), end=END + timedelta(days=1), agent_id=paolo.pk)
    drawn = {pick.work_item for pick in picks(acme, origin="sample")}
    assert found["sample"]["count"] == 2 and found["rule"]["count"] == (0 if slow.id in drawn else 1)
    assert found["sample"]["percent"] == 91.82 and found["manual"] == {"count": 0, "percent": None}
    assert found["rule"]["percent"] in (None, 62.73)
    assert paolos["manual"]["count"] == 1 and paolos["sample"]["count"] == 0


def test_the_random_sample_does_not_avoid_what_a_rule_picked(acme: Tenant, sofia: Person, lucia: Person) -> None:
    [slow] = work(acme, lucia, 1, seconds=2 * 86_400)
    made = plan(sofia, acme, 1, rules=[{"rule": "long_in_hand", "per_agent": 1}])
    draw(acme, made)
    assert sorted(pick.origin for pick in picks(acme, work_item=slow.id)) == ["rule", "sample"]
    done = evaluate(sofia, acme, slow)
    assert (done.origin, done.picked_by) == ("sample", "")
    assert {pick.state for pick in picks(acme)} == {"done"}


def test_rules_find_broken_promises_what_came_back_and_first_months(acme: Tenant, sofia: Person, lucia: Person) -> None:
    one = finish(acme, MARCH_10, agent=lucia)
    again = WorkItem.objects.get(pk=one.pk)
    again.pk = None
    again.id = WorkItem._meta.pk.get_default()
    again.save(force_insert=True)
    finish(acme, MARCH_10 - timedelta(days=1), agent=lucia)
    rules = [{"rule": code, "per_agent": 9} for code in ("reopened", "first_month", "breach")]
    assert draw(acme, plan(sofia, acme, 0, rules=rules))["rule"] == 2  # accredited since January: no first month
    assert {pick.rule for pick in picks(acme)} == {"reopened"}


def test_erased_customers_are_not_drawn_and_leave_the_list(acme: Tenant, sofia: Person, lucia: Person) -> None:
    items = work(acme, lucia, 3)
    made = plan(sofia, acme, 9)

    def erase(item: WorkItem) -> None:
        with enter(acme):
            Customer.objects.filter(conversations=item.conversation).update(erased_at=END)

    erase(items[0])
    assert draw(acme, made)["sample"] == 2
    assert {pick.work_item for pick in picks(acme)} == {items[1].id, items[2].id}
    erase(items[1])
    with clock.hold(END):
        assert [row["work_item"] for row in plan_reading.to_evaluate(sofia)] == [items[2].id]
    draw(acme, made)
    assert [pick.work_item for pick in picks(acme, state="dropped")] == [items[1].id]


def test_evaluators_get_what_they_understand_and_a_leavers_picks_go_to_others(
    acme: Tenant, northlight: Tenant, sofia: Person, omar: Person, lucia: Person
) -> None:
    made = plan(sofia, acme, 4)
    Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    speak(omar, "en")
    work(acme, lucia, 4)
    draw(acme, made)
    assert {pick.evaluator_id for pick in picks(acme)} == {sofia.pk}  # Omar knows no Italian
    Membership.objects.filter(person=sofia).delete()
    draw(acme, made)
    assert {pick.evaluator_id for pick in picks(acme)} == {None}
    speak(omar, "it")
    draw(acme, made)
    assert {pick.evaluator_id for pick in picks(acme)} == {omar.pk}
    with clock.hold(END):
        assert len(plan_reading.to_evaluate(omar)) == 4
        assert plan_reading.to_evaluate(sofia) == []


def test_quotas_show_progress_and_the_shortfall_to_come(acme: Tenant, sofia: Person, lucia: Person) -> None:
    items = work(acme, lucia, 10)
    made = plan(sofia, acme, 8)
    at = datetime(2026, 3, 15, 11, tzinfo=UTC)  # nearly half of March
    draw(acme, made, at)
    with clock.hold(at):
        evaluate(sofia, acme, WorkItem.objects.get(pk=picks(acme)[0].work_item))
        shown = plan_reading.sampling_of(person=sofia, tenant_id=acme.id)
    [line] = shown["plans"][0]["quotas"]
    assert (line["agent"]["name"], line["quota"], line["done"], line["finished"]) == (lucia.name, 8, 1, len(items))
    assert (line["forecast"], line["shortfall"], line["reason"]) == (2, 6, "pace")
    assert shown["plans"][0]["by_evaluator"][0]["evaluator"]["name"] == sofia.name
    assert shown["averages"]["sample"]["count"] == 1


def test_beat_draws_for_every_active_plan_once(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, jens: Person
) -> None:
    work(acme, lucia, 5)
    work(northlight, jens, 5)
    plan(sofia, acme, 2)
    plan(sofia, northlight, 3)
    plan(sofia, acme, 5, name="Off", is_active=False)
    assert plan_reading.draw_all(END) == 5
    assert plan_reading.draw_all(END) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"per_agent": 201}, "per_agent"),
        ({"rules": [{"rule": "csat", "per_agent": 1}]}, "rules[0]"),
        ({"rules": [{"rule": "breach", "per_agent": 1}] * 2}, "rules"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_refused(more: dict[str, Any], field: str, acme: Tenant, sofia: Person) -> None:
    with pytest.raises(Refusal) as caught:
        plan(sofia, acme, **{"per_agent": 3, **more})
    assert field in caught.value.fields
    assert plan(sofia, acme, 3).name == "Monthly"
    with pytest.raises(Refusal) as caught:
        plan(sofia, acme, 3)
    assert caught.value.code == "name_taken"


@pytest.mark.parametrize(("who", "code"), [("lucia", "not_allowed"), ("jens", "not_found"), ("carla", "not_found")])
def test_plans_are_made_by_who_leads(who: str, code: str, acme: Tenant, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refusal) as caught:
        plan(request.getfixturevalue(who), acme)
    assert caught.value.code == code
