"""Finding again, by keyboard: search, saved views and tags."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, keep_picture, overflow, violations
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
    expect(page.get_by_role("link").filter(has_text="Giulia Bianchi").first).to_be_visible()
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
    expect(page.get_by_role("combobox", name="Go to, search, do")).to_be_focused()
    page.keyboard.type("lacci")
    expect(page.get_by_role("option", name="Search everything for")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(stage.url(path="/"))
    expect(page.get_by_role("link", name="Acme open")).to_be_visible()


def test_a_tag_is_put_on_by_keyboard(stage: Stage, acme: Tenant, lucia: Person) -> None:
    message = say(acme, mail(who="maria@example.com"))
    give(message, lucia)
    page = stage.window(lucia)
    page.goto(stage.url(path=f"/c/{acme.id}/{message.conversation_id}"))
    side = page.get_by_role("complementary", name="Customer and shop")
    adding = side.get_by_role("combobox", name="Add to Tags")
    adding.fill("Ritardo")
    adding.press("Enter")
    expect(side.get_by_role("button", name="Take off Ritardo").first).to_be_visible()
