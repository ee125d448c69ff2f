"""Every page at a desk's width and at a telephone's: it fits, and axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from billing import invoicing
from carriers.email import email
from conversations import inbound, outbound, receipts, statuses
from conversations.case_links import link_to
from conversations.models import Conversation, Message
from desk import portal_papers
from desk.planning import Question, ask
from desk.planning_play import play_some
from kernel import clock
from kernel.tenancy import enter
from people.models import Person, PersonSkill, Skill
from quality import cards, contesting, disputing, evaluating, plans
from quality.defaults import DEFINITION, NAME
from quality.models import Scorecard
from routing import queue
from routing.models import WorkItem
from sla_contracts import disputes
from sla_contracts.models import Clock, Dispute
from tenants.models import Line, Tenant
from tests.browser.played import last_month, play, play_last_month, say
from tests.browser.stage import SIZES, Stage, backstage, keep_picture, overflow, violations
from tests.carriers.letters import letter
from tests.conversations.shoppers import line_of
from tests.desk.past_week import MONDAY, TODAY, came, shift
from tests.desk.shop import GERMAN, give, work_of, write

LETTER = """<p>Buongiorno,</p><p>ho ordinato <b>due paia</b> di scarpe (ordine <a href="https://acme.example/10233">10233</a>)
e ne è arrivato uno solo.</p><table border="1"><tr><th>Articolo</th><th>Taglia</th></tr>
<tr><td>Corso</td><td>42</td></tr><tr><td>Lido</td><td>38</td></tr></table><p>Grazie,<br>Anna Bianchi</p>"""


@dataclass(frozen=True)
class Look:
    """A page to look at: whose it is, where, and the words that show it is there."""

    name: str
    who: str
    path: str
    ready: str
    at_shop: bool = False
    act: Callable[[Page], None] | None = None


def open_widget(page: Page) -> None:
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("textbox", name="Write your message").fill("Where is my order? It was due last Tuesday.")


def open_erasing(page: Page) -> None:
    page.get_by_role("button", name="Erase…").click()
    expect(page.get_by_role("dialog")).to_contain_text("What stays, and why")


DESK = [
    Look("sign-in", "", "/sign-in", "For staff."),
    Look("desk", "lucia", "/", "Accept"),
    Look("conversation", "lucia", "{chat}", "Write to"),
    Look("mail", "lucia", "{mail}", "Show as text"),
    Look("scores", "lucia", "/evaluations", "by Sofia S."),
    Look("score", "sofia", "{evaluation}", "Open the conversation"),
    Look("profile", "lucia", "/profile", "Two-step sign-in"),
    Look("floor", "sofia", "/floor", "Northlight"),
    Look("floor-days", "sofia", "/floor/days", "there"),
    Look("floor-time", "sofia", "/floor/time", "By client"),
    Look("floor-reasons", "sofia", "/floor/reasons", "Coaching"),
    Look("finished", "sofia", "/finished", "Evaluate"),
    Look("planning", "sofia", "/planning", "Asked before"),
    Look("what-if", "sofia", "{what_if}", "Hour by hour"),
    Look("train-next", "sofia", "{train_next}", "Saves a month"),
    Look("evaluate", "sofia", "{evaluate}", "Share with the agent"),
    Look("to-evaluate", "sofia", "/to-evaluate", "random sample"),
    Look("evaluation-disputes", "sofia", "/evaluation-disputes", "Somebody else than the evaluator"),
    Look("sampling", "sofia", "{sampling}", "Last draw"),
    Look("scorecards", "sofia", "{scorecards}", "in force since"),
    Look("scorecard", "sofia", "{scorecard}", "Throw draft away"),
    Look("billing", "omar", "/billing", "Make anew"),
    Look("invoice", "omar", "{invoice}", "Issue…"),
    Look("search", "lucia", "/search?q=pacco", "conversation"),
    Look("search-wrong", "lucia", "/search?q=is%3Aflying", "cannot be understood"),
    Look("topics", "sofia", "/topics", "Contact reasons"),
    Look("customers", "sofia", "/customers", "Nobody was erased"),
    Look("record", "sofia", "{record}", "Export everything held"),
    Look("erase", "sofia", "{record}", "Export everything held", act=open_erasing),
    Look("playbook", "sofia", "/playbook", "No saved replies"),
    Look("brand-guard", "sofia", "/playbook/stops", "Messages of the last 30 days"),
    Look("shops", "omar", "/shops", "New client shop"),
    Look("one-shop", "omar", "{shop}", "Pages that may embed the chat"),
    Look("held-up", "omar", "{held_up}", "Messages in doubt"),
    Look("disputes", "omar", "{dispute}", "The ledger and its sum"),
    Look("new-shop", "omar", "/shops/new", "Onboard shop"),
    Look("people", "omar", "/people", "paolo@bpo.example"),
    Look("person", "omar", "{person}", "Grant accreditation…"),
    Look("could-serve", "omar", "/people/could-serve", "Paolo P."),
    Look("audit", "omar", "/audit", "invoice.issued"),
]
SHOP = [
    Look("shop", "", "/", "A person answers", at_shop=True),
    Look("widget", "", "/", "A person answers", at_shop=True, act=open_widget),
    Look("contact", "", "/contact/", "Order number", at_shop=True),
    Look("case", "", "{case}", "AC-", at_shop=True),
    Look("portal-sign-in", "", "/portal/", "Sign in to Acme Shoes's portal", at_shop=True),
    Look("portal", "carla", "/portal/", "What was promised", at_shop=True),
    Look("portal-month", "carla", "/portal/?month={month}", "whole month", at_shop=True),
    Look("portal-list", "carla", "/portal/conversations?month={month}", "AC-", at_shop=True),
    Look("portal-case", "carla", "{portal_case}", "Promises and their ledger", at_shop=True),
    Look("portal-judged", "carla", "{portal_judged}", "Answer due by", at_shop=True),
    Look("portal-disputes", "carla", "/portal/disputes", "Answer due by", at_shop=True),
    Look("portal-evaluations", "carla", "/portal/evaluations", "chosen by hand", at_shop=True),
    Look("portal-evaluation", "carla", "{portal_evaluation}", "Dispute…", at_shop=True),
    Look("portal-reports", "carla", "/portal/reports", "Check the hash", at_shop=True),
    Look("portal-invoices", "carla", "/portal/invoices", "Net", at_shop=True),
]


Places = dict[str, str]


def furnish(acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, omar: Person, carla: Person) -> Places:
    """A desk, a floor, a portal and books with something in them; the addresses that hold an id."""
    past = play_last_month(acme, lucia)
    queue.set_status(person=lucia, status="available")
    done = play(acme, lucia, datetime.now(UTC) - timedelta(minutes=20))
    judged = play(acme, lucia, datetime.now(UTC) - timedelta(minutes=12))
    chat, mail = write(acme), _write_mail(acme)
    for message in (chat, mail):
        give(message, lucia)
    with enter(acme):
        say(acme, lucia, chat.conversation_id)
        customer = Conversation.objects.get(pk=chat.conversation_id).customer_id
        evaluation = _evaluate(acme, sofia, judged.conversation, judged.id)
    write(acme, "Grazie! E se non sono a casa quando arriva il pacco?", conversation=chat.conversation_id)
    offered = work_of(write(acme))
    assert queue.offer(work_item_id=offered.id, agent_id=lucia.pk) == queue.Outcome.MADE
    WorkItem.objects.filter(pk=offered.id).update(offer_expires_at=datetime.now(UTC) + timedelta(minutes=10))
    write(northlight, GERMAN)
    _hold_up(acme, lucia, mail.conversation_id)
    portal_papers.issue_report(person=carla, tenant=acme, month=last_month(acme).month)
    invoicing.issue(person=omar, invoice_id=invoicing.draft(person=omar, tenant=acme, period=last_month(acme)).pk)
    draft = invoicing.draft(person=omar, tenant=northlight, period=last_month(northlight))
    raised = _dispute(acme, carla, past[2].conversation)
    draft_card = _measure_quality(acme, sofia, lucia, evaluation)
    with clock.hold(TODAY):
        changed, trained = _what_ifs(acme, northlight, lucia, sofia)
    return {
        "what_if": f"/planning/{changed}",
        "train_next": f"/planning/{trained}",
        "chat": f"/c/{acme.id}/{chat.conversation_id}",
        "mail": f"/c/{acme.id}/{mail.conversation_id}",
        "evaluation": f"/evaluations?tenant={acme.id}&evaluation={evaluation}",
        "evaluate": f"/evaluate/{acme.id}/{done.conversation}/{done.id}",
        "sampling": f"/sampling?tenant={acme.id}",
        "scorecards": f"/scorecards?tenant={acme.id}",
        "scorecard": f"/scorecards/{acme.id}/{draft_card}",
        "portal_evaluation": f"/portal/evaluations/{evaluation}",
        "record": f"/customers?tenant={acme.id}&customer={customer}",
        "shop": f"/shops/{acme.id}",
        "dispute": f"/disputes?tenant={acme.id}&dispute={raised.id}",
        "portal_judged": f"/portal/conversations/{raised.conversation}#clock-{raised.clock_id}",
        "held_up": f"/held-up?tenant={acme.id}",
        "invoice": f"/billing?invoice={draft.pk}",
        "person": f"/people/{lucia.pk}",
        "case": "/case/" + link_to(acme, chat.conversation_id).rpartition("/")[2],
        "month": last_month(acme).month,
        "portal_case": f"/portal/conversations/{past[2].conversation}",
    }


def _dispute(acme: Tenant, carla: Person, conversation: UUID) -> Dispute:
    first = Clock.objects.get(tenant=acme, conversation=conversation, metric="first_response")
    judged = disputes.judged_by(acme, first)[0]
    return disputing.dispute(
        person=carla,
        tenant=acme,
        clock_id=first.pk,
        clause=judged.counted.clause.code,
        claim=judged.claims[0],
        reason="The first reply spoke of another order; our customer had to ask again.",
    )


def _what_ifs(acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person) -> list[str]:
    """A week of March in which nobody spoke German, played with more volume; and Lucía, who could learn it."""
    shift(lucia, start=8, end=12)
    for number in range(24):
        came(acme, lucia, hour=8 + number / 8, waited=12 * (number % 6))
        came(northlight, None, hour=8.1 + number / 8, waited=240)
    questions = [Question("changes", MONDAY.date(), volume=1.2), Question("training", MONDAY.date())]
    made = [ask(person=sofia, question=question) for question in questions]
    while play_some(60):
        pass
    WorkItem.objects.filter(entered_at__lt=TODAY).delete()  # other pages would look for their conversations
    return [str(row.id) for row in made]


def _hold_up(acme: Tenant, lucia: Person, conversation: Any) -> None:
    """A payload that no try took in, and an answer that came back."""
    error = "KeyError: 'text' in relay.parse"
    receipts.quarantine(line=line_of(acme, "relay"), external_id="broken-1", payload=b"{}", error=error)
    with enter(acme), transaction.atomic():
        message = outbound.reply(
            person=lucia, tenant=acme, conversation_id=conversation, text="Arriva domani.", client_key="h1"
        )
        Message.objects.filter(pk=message.id).update(delivery="sent", external_id="<h1@acme>")
        statuses.report(acme, external_id="<h1@acme>", state="failed", reason="bounce: failed 5.1.1")


def _write_mail(acme: Tenant) -> Any:
    line = Line.objects.select_related("tenant").get(tenant=acme, carrier="email")
    payload = letter("Buongiorno, ho ordinato due paia di scarpe.", to=line.address, html=LETTER)
    receipt = inbound.accept(line=line, external_id=email.external_id(payload), payload=payload)
    with enter(acme):
        message = inbound.take_in(acme, receipt.id)
    assert message is not None
    return message


def _evaluate(acme: Tenant, sofia: Person, conversation: Any, work_item: Any) -> str:
    questions = [question for section in DEFINITION["sections"] for question in section["questions"]]
    answers = {each["code"]: True if each["kind"] == "yes_no" else each["max"] - 1 for each in questions}
    made = evaluating.evaluate(
        person=sofia,
        tenant=acme,
        conversation_id=conversation,
        work_item=work_item,
        answers=answers,
        comments={"language": "Due refusi."},
        summary="Molto bene.",
    )
    return str(made.id)


def _measure_quality(acme: Tenant, sofia: Person, lucia: Person, evaluation: str) -> UUID:
    """A plan that drew, a dispute that waits, and a draft of the next scorecard."""
    PersonSkill.objects.get_or_create(person=sofia, skill=Skill.objects.get(code="lang:it"), defaults={"level": 4})
    plan = plans.save_plan(
        person=sofia, tenant_id=acme.id, name="Monthly", per_agent=31, channels=[], languages=[],
        rules=[{"rule": "breach", "per_agent": 2}], is_active=True,
    )  # fmt: skip
    plans.draw_now(person=sofia, tenant=acme, plan_id=plan.pk)
    with enter(acme):
        contesting.dispute(
            person=lucia, tenant=acme, evaluation_id=UUID(evaluation), reasons={"language": "There was one, not two."}
        )
        return cards.draft(person=sofia, tenant=acme, name=NAME).pk


def see(page: Page, look: Look, url: str) -> None:
    page.goto(url)
    words = page.get_by_text(look.ready)
    named = [page.get_by_role(role, name=look.ready) for role in ("textbox", "button", "link", "heading")]
    for each in named:
        words = words.or_(each)
    expect(words.filter(visible=True).first).to_be_visible()
    if look.act:
        look.act(page)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("looks", [DESK, SHOP], ids=["desk", "shop"])
def test_every_page_fits_and_is_accessible(
    stage: Stage,
    acme: Tenant,
    northlight: Tenant,
    lucia: Person,
    sofia: Person,
    omar: Person,
    carla: Person,
    looks: list[Look],
    theme: str,
) -> None:
    places = furnish(acme, northlight, lucia, sofia, omar, carla)
    people = {"lucia": lucia, "sofia": sofia, "omar": omar, "carla": carla}
    problems: list[str] = []
    windows: dict[tuple[str, bool], Page] = {}
    for look in looks:
        key = (look.who, look.at_shop)
        shop = acme if look.at_shop else None
        if key not in windows:
            windows[key] = stage.window(people.get(look.who), shop, color_scheme=theme, reduced_motion="reduce")
        page = windows[key]
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            if size == "wide":
                see(page, look, stage.url(shop, look.path.format(**places)))
            name = f"{look.name}-{size}-{theme}"
            if beyond := overflow(page):
                problems.append(f"{name}: wider than its window by {beyond} px")
            problems += [f"{name}: {each}" for each in violations(page)]
            keep_picture(page, name)
    with backstage(), enter(acme):
        Scorecard.objects.filter(is_draft=True).delete()  # scorecards are part of what the stack begins with
    assert not problems, "\n".join(problems)
