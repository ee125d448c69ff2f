"""Words made to attack whoever reads them, through the doors of shoppers and carriers, on everybody's screens.

Names, addresses, subjects, texts, names of files and payloads that could not be read: all of it is shown as what it
is. Nothing runs, nothing is fetched, and no word becomes an element.
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect

from conversations import receipts
from conversations.handling import close
from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, keep_picture
from tests.browser.test_hostile_mail import watch
from tests.carriers.letters import hostile_html
from tests.conversations.shoppers import line_of, naughty_strings, signed, take_in_hand

SENDERS = 8
MARK = "<img src=x onerror=alert(1)>"
# What a word that became markup would leave: handlers, scripts and frames that no screen of ours has.
_STRANGE = """() => [...document.querySelectorAll("*")].flatMap((each) => [
  ...[...each.attributes].filter((one) => one.name.startsWith("on")).map((one) => `${each.tagName} ${one.name}`),
  ...(["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "XSS"].includes(each.tagName) ? [each.tagName] : []),
  ...["href", "src"].map((name) => each.getAttribute(name) ?? "")
    .filter((to) => /^\\s*((java|vb)script|data:text)/i.test(to)),
])"""


def markup() -> list[str]:
    """The words of the corpora that a browser might take for more than words."""
    return [word for word in (*naughty_strings(), *hostile_html()) if set(word) & {"<", "{", "&"} or ":" in word]


def write_in(stage: Stage, shop: Tenant) -> None:
    """Signed webhooks with hostile fields, then the form with files whose names and contents are hostile."""
    words = markup()
    texts = ["\n".join(words[number::SENDERS])[:9000] for number in range(SENDERS)]
    token = line_of(shop, "relay").token
    for number, text in enumerate(texts):
        one = words[number * 7][:150]
        said = {"id": f"{number}{one}", "from": {"address": f"{number}{one}", "name": MARK + one},
                "subject": MARK + one, "thread": f"{number}{one}", "text": f"{MARK}\n{text}"}  # fmt: skip
        body = json.dumps(said).encode()
        url = f"http://127.0.0.1:{stage.stack.port}/in/{token}"
        assert requests.post(url, data=body, headers=signed(body), timeout=30).status_code == 200, one
    door = stage.stack.http(shop=shop)
    form = {"name": MARK, "email": "form@post.example", "category": "other", "order_number": MARK, "subject": MARK,
            "text": texts[0], "client_key": str(uuid4())}  # fmt: skip
    files = [("files", (f"{MARK}{number}.txt", b"ciao " + MARK.encode(), "text/html")) for number in range(3)]
    answer = door.post("/api/form/messages", data=form, files=files)
    assert answer.status_code == 200, answer.text


def conversations(shop: Tenant) -> list[Conversation]:
    with enter(shop):
        return list(Conversation.objects.order_by("opened_at", "id"))


def look(page: Page, url: str, *, shows: str = "") -> None:
    """Open a page, wait until it shows the words, and require that they are words."""
    page.goto(url)
    expect(page.get_by_text(shows).first if shows else page.get_by_role("main")).to_be_visible()
    assert page.evaluate(_STRANGE) == []


@pytest.fixture
def written(stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person) -> list[Conversation]:
    """All of it at one shop: the first conversation is closed, the last came by the form. At the other, nothing."""
    write_in(stage, acme)
    receipts.quarantine(line=line_of(acme, "relay"), external_id=f"held {MARK}", payload=b"{}", error=f"held {MARK}")
    found = conversations(acme)
    assert len(found) == SENDERS + 1 and conversations(northlight) == []
    take_in_hand(found[0].pk, lucia)
    with enter(acme):
        close(person=lucia, tenant=acme, conversation_id=found[0].pk, contact_reason="other")
    return found


def test_staff_see_words(stage: Stage, acme: Tenant, written: list[Conversation], sofia: Person, omar: Person) -> None:
    page = watch(stage, sofia)
    for conversation in (*written[:3], written[-1]):
        look(page, stage.url(path=f"/c/{acme.id}/{conversation.pk}"), shows="onerror=alert(1)")
    keep_picture(page, "hostile-form")
    for path in ("/floor", "/finished"):
        look(page, stage.url(path=path))
    look(page, stage.url(path=f"/customers?tenant={acme.id}"))
    page.get_by_role("searchbox").fill("<img")
    page.get_by_role("button", name="Find").click()
    results = page.get_by_role("region", name="Found").get_by_role("button")
    expect(results.first).to_be_visible()
    results.first.click()
    expect(page.get_by_text("onerror=alert(1)").first).to_be_visible()
    assert page.evaluate(_STRANGE) == []
    keep_picture(page, "hostile-customer")

    page = watch(stage, omar)
    page.goto(stage.url(path="/held-up"))
    page.get_by_role("button", name=acme.name).click()
    page.get_by_role("button", name="Reason…").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"held {MARK}")
    assert page.evaluate(_STRANGE) == []
    look(page, stage.url(path="/audit"))


def test_the_client_and_the_shopper_see_words(
    stage: Stage, acme: Tenant, written: list[Conversation], carla: Person
) -> None:
    page = watch(stage, carla, acme)
    look(page, stage.url(acme, "/portal/conversations"), shows=written[0].case_number)
    for conversation in (written[0], written[-1]):
        look(page, stage.url(acme, f"/portal/conversations/{conversation.pk}"), shows="onerror=alert(1)")
    keep_picture(page, "hostile-portal")

    visitor = watch(stage, None, acme)
    visitor.goto(stage.url(acme, f"/contact/?name={MARK}&email={MARK}&subject={MARK}#{MARK}"))
    expect(visitor.get_by_role("main")).to_be_visible()
    assert visitor.evaluate(_STRANGE) == []
