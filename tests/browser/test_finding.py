"""Finding again, by keyboard: search, saved views, tags, the customer beside the conversation, links and following."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from customers.models import Customer, CustomField
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture, overflow, violations
from tests.conversations.shoppers import mail, say
from tests.desk.shop import give, write

SIZES = ((1440, 900), (1280, 720), (390, 844))


def look(page: Page, name: str) -> None:
    """It fits in each size, and axe finds nothing."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0, f"{name} at {width}"
        assert violations(page) == [], f"{name} at {width}"
        keep_picture(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_search_and_a_saved_view_by_keyboard(stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    give(write(acme, "Il pacco è arrivato aperto e mancano i lacci blu"), lucia)
    write(northlight, "Das Paket fehlt")
    page = stage.window(lucia)
    page.goto(stage.url(path="/"))
    expect(page.get_by_role("heading", name="My work")).to_be_attached()
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search everything you may see")
    expect(field).to_be_focused()
    page.keyboard.type("LACCI blu")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 conversation.")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("lacci")
    look(page, "search")
    field = page.get_by_role("searchbox", name="Search everything you may see")
    field.fill("is:flying")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is:flying is not known")).to_be_visible()
    field = page.get_by_role("searchbox", name="Search everything you may see")
    field.fill("is:open client:AC")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 conversation.")).to_be_visible()
    page.get_by_role("button", name="Save as a view").press("Enter")
    page.get_by_label("Name of the view").fill("Acme open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Acme open")).to_contain_text("1")
    page.keyboard.press("Control+k")
    page.keyboard.type("lacci")
    expect(page.get_by_role("option", name="Search everything for")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(stage.url(path="/"))
    expect(page.get_by_role("link", name="Acme open")).to_be_visible()


def test_tags_marks_notes_and_fields_beside_the_conversation(stage: Stage, acme: Tenant, lucia: Person) -> None:
    message = say(acme, mail(who="maria@example.com"))
    other = say(acme, mail(who="m.garcia@work.example"))
    give(message, lucia)
    with backstage(), enter(acme):
        CustomField.objects.create(code="size", label="Shoe size", kind="number")
        number = Conversation.objects.get(pk=other.conversation_id).case_number
    page = stage.window(lucia)
    page.goto(stage.url(path=f"/c/{acme.id}/{message.conversation_id}"))
    side = page.get_by_role("complementary", name="Details")
    adding = side.get_by_role("combobox", name="Add to Tags")
    adding.fill("Ritardo")
    adding.press("Enter")
    expect(side.get_by_role("button", name="Take off Ritardo").first).to_be_visible()
    side.get_by_role("checkbox", name="VIP").check()
    side.get_by_label("Priority by law").select_option("age")
    expect(
        page.get_by_role("banner").get_by_text("VIP").or_(page.locator("header").get_by_text("VIP")).first
    ).to_be_visible()
    size = side.get_by_label("Shoe size")
    size.fill("42,5")
    size.press("Enter")
    expect(page.get_by_text("Some fields do not fit")).to_be_visible()
    size.fill("42.5")
    size.press("Enter")
    side.get_by_label("New note on the customer").fill("Calls after six")
    side.get_by_role("button", name="Keep the note").press("Enter")
    expect(side.get_by_text("Calls after six")).to_be_visible()
    side.get_by_label("Link with case number").fill(number)
    side.get_by_label("Link with case number").press("Enter")
    expect(side.get_by_role("button", name=f"Unlink {number}")).to_be_visible()
    side.get_by_role("button", name="Follow", exact=True).press("Enter")
    expect(side.get_by_role("button", name="Stop following")).to_be_visible()
    expect(page.get_by_role("navigation", name="Followed")).to_be_visible()
    look(page, "beside")
    side.get_by_role("button", name="Merge with another record…").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("garcia")
    dialog.get_by_role("radio").check()
    assert violations(page) == []
    keep_picture(page, "merge-dialog")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(side.get_by_text("Merged with")).to_be_visible()
    expect(side.get_by_text("m.garcia@work.example")).to_be_visible()
    side.get_by_role("button", name="Undo").click()
    expect(side.get_by_text("Merged with")).to_be_hidden()
    with backstage(), enter(acme):
        customer = Customer.objects.get(conversations=message.conversation_id)
        assert (customer.is_vip, customer.legal_priority, customer.fields) == (True, "age", {"size": "42.5"})
