"""A client disputes an item where it opens, an operator answers beside the ledger; both see it without reloading."""

from __future__ import annotations

from playwright.sync_api import expect

from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Person
from sla_contracts.attainment import attainment
from tenants.models import Tenant
from tests.browser.played import last_month, play_last_month
from tests.browser.stage import Stage, backstage, keep_picture


def test_a_dispute_goes_from_the_portal_to_the_desk_and_back(
    stage: Stage, acme: Tenant, lucia: Person, carla: Person, omar: Person
) -> None:
    play_last_month(acme, lucia)
    period = last_month(acme)
    chat = next(one for one in attainment(acme, period)["clauses"] if one["code"] == "chat_first_response")
    with enter(acme):
        case = Conversation.objects.get(pk=chat["ids"]["met"][0])

    portal = stage.window(carla, acme)
    portal.goto(stage.url(acme, f"/portal/?month={period.month}"))
    portal.get_by_role("article").filter(has_text=chat["titles"]["en"]).get_by_role(
        "link", name=f"{chat['met']} on time"
    ).click()
    portal.get_by_role("link").filter(has_text=case.case_number).first.click()
    promise = portal.get_by_role("article").filter(has_text=chat["titles"]["en"])
    promise.get_by_role("button", name="Recompute").click()
    expect(promise.get_by_text("to spare")).to_be_visible()
    expect(promise.get_by_role("link", name="Contract version 1")).to_be_visible()
    promise.get_by_role("button", name="Dispute this").click()
    dialog = portal.get_by_role("dialog")
    dialog.get_by_label("count it as late").check()
    expect(dialog.get_by_role("button", name="Send the dispute")).to_be_disabled()
    dialog.get_by_label("Why").fill("The first reply was about another order")
    keep_picture(portal, "journey-dispute-dialog")
    dialog.get_by_role("button", name="Send the dispute").click()
    expect(promise.get_by_text("The first reply was about another order")).to_be_visible()
    expect(promise.get_by_text("Answer due by")).to_be_visible()
    keep_picture(portal, "journey-dispute-portal")

    desk = stage.window(omar)
    desk.goto(stage.url(path="/disputes"))
    desk.get_by_role("button", name=case.case_number).click()
    expect(desk.get_by_text("The first reply was about another order")).to_be_visible()
    expect(desk.get_by_role("table", name="The ledger and its sum")).to_contain_text("started")
    keep_picture(desk, "journey-dispute-desk")
    desk.get_by_role("button", name="Accept…").click()
    answer = desk.get_by_role("dialog")
    expect(answer).to_contain_text("credited in the next report")
    answer.get_by_label("Reason for the client").fill("Right: the reply was for another case")
    answer.get_by_role("button", name="Accept", exact=True).click()
    expect(desk.get_by_text("Credited in the next report; the month stays.")).to_be_visible()

    expect(promise.get_by_text("Right: the reply was for another case")).to_be_visible()
    expect(promise.get_by_text("The month stays as it was")).to_be_visible()
    portal.goto(stage.url(acme, "/portal/disputes"))
    expect(portal.get_by_role("link").filter(has_text=case.case_number)).to_contain_text("Accepted")
    keep_picture(portal, "journey-disputes")
    with backstage():
        again = next(one for one in attainment(acme, period)["clauses"] if one["code"] == "chat_first_response")
    assert (again["met"], again["breached"]) == (chat["met"], chat["breached"])
