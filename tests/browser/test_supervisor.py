"""A supervisor looks at the floor, evaluates finished work on the shop's scorecard, and the agent sees the score."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from kernel.tenancy import enter
from people.models import Person
from quality.models import Evaluation
from routing import queue
from tenants.models import Tenant
from tests.browser.played import ANSWER, play
from tests.browser.stage import Stage, backstage, keep_picture
from tests.desk.shop import GERMAN, write

# Question → key, in the order of the shop's first scorecard: Y and N answer, digits rate, X is not applicable.
ANSWERS = {
    "Greets the customer and says who is writing": "y",
    "Speaks in the shop's tone of voice": "4",
    "Writes clearly and without mistakes": "5",
    "Answers what was asked, all of it": "5",
    "Asks for what is missing, and only once": "x",
    "Shows that the customer's trouble is seen": "3",
    "The answer is right": "y",
    "Settles the matter, or says what happens next and when": "4",
    "Chooses the right contact reason": "n",
    "Keeps to the shop's rules (returns, refunds, promises)": "x",
    "Gives personal data only to whom it belongs": "x",
    "Treats the customer with respect": "y",
}
SUMMARY = "Chiara e gentile; il motivo di contatto era un altro."


def fill_by_keys(page: Page) -> None:
    """Each answer moves on to the next question."""
    first = next(iter(ANSWERS))
    page.get_by_role("radiogroup", name=first).focus()
    for question, key in ANSWERS.items():
        expect(page.get_by_role("radiogroup", name=question)).to_be_focused()
        page.keyboard.press(key)


def test_a_supervisor_evaluates_and_the_agent_sees_the_score(
    stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    queue.set_status(person=lucia, status="available")
    played = play(acme, lucia, datetime.now(UTC) - timedelta(minutes=10))
    queue.set_status(person=paolo, status="break", reason="lunch")
    write(northlight, GERMAN)
    stage.stack.start_dispatcher()
    agent = stage.window(lucia)
    agent.goto(stage.url())
    expect(agent.get_by_text("1 done today")).to_be_visible()

    page = stage.window(sofia)
    page.goto(stage.url())
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()
    expect(page.get_by_text("Nothing gives work out at present")).to_be_hidden(timeout=45_000)
    queues = page.get_by_role("region", name="Queues")
    # Waiting, longest wait, answered in time, at risk, in hand, and the last hour: arrived, finished, left.
    row = queues.get_by_role("row").filter(has_text="Acme Shoes").filter(has_text="Chat")
    expect(row.get_by_role("cell")).to_have_text(["0", "–", "100%1 of 1", "0", "0", "1", "1", "0"])
    waiting = queues.get_by_role("row").filter(has_text="Northlight").filter(has_text="Chat")
    expect(waiting.get_by_role("cell").first).to_have_text("1")
    expect(page.get_by_role("region", name="Waiting").get_by_role("row").filter(has_text="German")).to_contain_text(
        "nobody"
    )
    people = page.get_by_role("region", name="Agents")
    expect(people.get_by_role("button").filter(has_text=lucia.name)).to_contain_text("Available")
    expect(people.get_by_role("button").filter(has_text=paolo.name)).to_contain_text("Break · Lunch")
    keep_picture(page, "journey-floor")

    page.get_by_role("link", name="Finished").click()
    listed = page.get_by_role("row").filter(has_text=lucia.name)
    expect(listed).to_contain_text("Where is my order")
    listed.get_by_role("link", name="Evaluate").click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    share = page.get_by_role("button", name="Share with the agent")
    expect(share).to_be_disabled()
    fill_by_keys(page)
    page.get_by_label("Summary for the agent").fill(SUMMARY)
    keep_picture(page, "journey-evaluation")
    share.click()
    expect(page.get_by_text(f"Evaluation shared with {lucia.name}")).to_be_visible()
    with backstage(), enter(acme):
        made = Evaluation.objects.get()
    assert (made.work_item, made.answers["reason"], made.answers["policy"]) == (played.id, False, "na")
    score = re.compile(rf"^{float(made.percent):.1f}".removesuffix(".0").replace(".", r"\.") + "%$")
    expect(listed.get_by_role("link", name=score)).to_be_visible()

    agent.get_by_role("link", name="My scores").click()
    shared = agent.get_by_role("main").get_by_role("link").filter(has_text=f"by {sofia.name}")
    expect(shared).to_contain_text("new")
    shared.click()
    sheet = agent.get_by_role("article")
    expect(sheet.get_by_text(score)).to_have_count(1)
    expect(sheet).to_contain_text(SUMMARY)
    expect(shared).not_to_contain_text("new")
    keep_picture(agent, "journey-score")
    with backstage(), enter(acme):
        assert Evaluation.objects.get().read_at is not None
