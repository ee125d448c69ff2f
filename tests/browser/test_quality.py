"""Quality in browsers: an evaluation by keyboard alone, a dispute that another decides, a scorecard's next version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from kernel.tenancy import enter
from people.models import Membership, Person, PersonSkill, Skill
from quality import plans
from quality.models import Evaluation, EvaluationDraft, Scorecard
from routing import queue
from tenants.models import Tenant
from tests.browser.played import ANSWER, play
from tests.browser.stage import Stage, backstage, keep_picture, violations
from tests.browser.test_supervisor import ANSWERS, fill_by_keys


@pytest.fixture
def picked(stage: Stage, acme: Tenant, lucia: Person, sofia: Person) -> Iterator[None]:
    """One finished conversation, drawn for Sofia."""
    queue.set_status(person=lucia, status="available")
    play(acme, lucia, datetime.now(UTC) - timedelta(minutes=10))
    italian = Skill.objects.get(code="lang:it")
    skill, is_new = PersonSkill.objects.get_or_create(person=sofia, skill=italian, defaults={"level": 4})
    plan = plans.save_plan(
        person=sofia, tenant_id=acme.id, name="Monthly", per_agent=31, channels=[], languages=[], rules=[],
        is_active=True,
    )  # fmt: skip
    plans.draw_now(person=sofia, tenant=acme, plan_id=plan.pk)
    yield
    if is_new:
        with backstage():
            skill.delete()


@pytest.fixture
def omar_leads(omar: Person) -> Iterator[Person]:
    role = Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    yield omar
    with backstage():
        role.delete()


def test_an_evaluation_by_keyboard_alone_and_its_dispute(
    stage: Stage, acme: Tenant, picked: None, lucia: Person, sofia: Person, omar_leads: Person, carla: Person
) -> None:
    page = stage.window(sofia)
    page.goto(stage.url(path="/to-evaluate"))
    first = page.get_by_role("row").filter(has_text="random sample").get_by_role("link")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(ANSWER)).to_be_visible()
    greets, *_ = ANSWERS
    expect(page.get_by_role("radiogroup", name=greets)).to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_text("Choose what was said")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radiogroup", name=greets)).to_be_focused()
    expect(
        page.get_by_role("group").filter(has=page.get_by_role("radiogroup", name=greets)).locator("li").first
    ).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type("Warm from the first line.")
    page.keyboard.press("Escape")
    fill_by_keys(page)
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    with backstage(), enter(acme):
        assert EvaluationDraft.objects.get().form["answers"]["reason"] is False
    # A page opened anew finds the form as it was left.
    page.reload()
    expect(page.get_by_text("Warm from the first line.")).to_be_visible()
    assert violations(page) == []
    keep_picture(page, "quality-evaluate")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"Evaluation shared with {lucia.name}")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    with backstage(), enter(acme):
        made = Evaluation.objects.get()
        assert (made.origin, len(made.pins), made.comments["greets"]) == ("sample", 1, "Warm from the first line.")
        assert made.seconds is not None and not EvaluationDraft.objects.exists()

    agent = stage.window(lucia)
    agent.goto(stage.url(path=f"/evaluations?tenant={acme.id}&evaluation={made.pk}"))
    agent.get_by_role("button", name="Dispute…").click()
    agent.get_by_label("Chooses the right contact reason").check()
    agent.get_by_label("Why: Chooses the right contact reason").fill("It was about an order.")
    keep_picture(agent, "quality-dispute")
    agent.get_by_role("button", name="Send dispute").click()
    expect(agent.get_by_text("Agent · disputed")).to_be_visible()

    page.goto(stage.url(path="/evaluation-disputes"))
    expect(page.get_by_role("row").filter(has_text=lucia.name)).to_contain_text("Somebody else than the evaluator")
    other = stage.window(omar_leads)
    other.goto(stage.url(path="/evaluation-disputes"))
    other.get_by_role("row").filter(has_text=lucia.name).get_by_role("link").click()
    other.get_by_role("button", name="Decide…").click()
    other.get_by_role("radio", name="Yes").check()
    other.get_by_label("Reason: Chooses the right contact reason").fill("It was.")
    keep_picture(other, "quality-decide")
    other.get_by_role("button", name="Decide", exact=True).click()
    expect(other.get_by_text("dispute accepted").first).to_be_visible()
    expect(other.get_by_role("dialog")).to_be_hidden()
    expect(other.get_by_role("region", name="Disputes and their outcome")).to_contain_text("86% before, 91% after")

    client = stage.window(carla, acme)
    client.goto(stage.url(acme, "/portal/evaluations"))
    client.get_by_role("link").filter(has_text="Lucia A.").click()
    expect(client.get_by_text("dispute accepted")).to_be_visible()
    words = client.locator("body").inner_text()
    assert lucia.name not in words and sofia.name not in words


@pytest.fixture
def cards_as_they_were(acme: Tenant) -> Iterator[None]:
    """Scorecards are part of what the stack begins with."""
    yield
    with backstage(), enter(acme):
        Scorecard.objects.filter(version__gt=1).delete()


def test_a_scorecard_gets_its_next_version(stage: Stage, acme: Tenant, cards_as_they_were: None, sofia: Person) -> None:
    page = stage.window(sofia)
    page.goto(stage.url(path=f"/scorecards?tenant={acme.id}"))
    page.get_by_role("button", name="Edit as version 2").click()
    first, second = page.get_by_label("Question 1.1"), page.get_by_label("Question 1.2")
    preview = page.get_by_role("complementary", name="Preview")
    before = second.locator("input").first.input_value()
    first.locator("input").first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(first.locator("input").first).to_have_value(before)
    expect(second.locator("input").first).to_be_focused()
    page.keyboard.press("Control+z")
    expect(second.locator("input").first).to_have_value(before)
    weight = first.get_by_label("Weight")
    weight.fill("0")
    expect(page.get_by_role("alert")).to_contain_text("Section 1, question 1: weight")
    expect(page.get_by_role("button", name="Publish…")).to_be_disabled()
    weight.fill("9")
    expect(page.get_by_role("alert")).to_be_hidden()
    preview.get_by_role("radiogroup").first.focus()
    page.keyboard.press("y")
    expect(preview.get_by_text("100%").first).to_be_visible()
    _make_a_loop(page)
    expect(page.get_by_role("alert")).to_contain_text("leads back to itself")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert violations(page) == []
    keep_picture(page, "quality-scorecard")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Changed: Greets the customer and says who is writing (weight")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is in force")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Version 2")).to_contain_text("in force since")


def _make_a_loop(page: Page) -> None:
    """1.2 asked only if 1.1, then 1.1 only if 1.2."""
    for place, on in (("1.2", "greets"), ("1.1", "voice")):
        group = page.get_by_label(f"Question {place}").first
        group.get_by_text("More", exact=True).click()
        group.get_by_label("Asked only if").select_option(on)
