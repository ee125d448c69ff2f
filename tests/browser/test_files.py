"""Files made to attack whoever opens them, and the chat on other people's pages, in Chromium."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from django.conf import settings
from playwright.sync_api import ConsoleMessage, Page, expect
from playwright.sync_api import Error as PlaywrightError

from carriers.contract import IncomingFile
from conversations import attachments
from conversations.file_links import Viewer, link_to
from conversations.models import Attachment, Message
from kernel.tenancy import enter
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage
from tests.conversations.shoppers import PNG, chat, line_of, say
from tests.live_stack import LiveStack

RAN = "a script of the file ran"
PAGE = f"""<!doctype html><title>mine</title><script>console.log({RAN!r}); document.title = "taken"</script>
<img src=x onerror="console.log({RAN!r})"><iframe srcdoc="<script>parent.console.log({RAN!r})</script>"></iframe>
<form action="http://evil.example/" id=f></form><script>f.submit()</script>
<meta http-equiv="refresh" content="0;url=http://evil.example/"><img src="http://evil.example/p.gif">""".encode()
DRAWING = f"""<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="console.log({RAN!r})">
<script>console.log({RAN!r})</script><image href="http://evil.example/p.gif"/>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:console.log({RAN!r})"/></foreignObject>
</svg>""".encode()


def plant(shop: Tenant, name: str, content: bytes, content_type: str, *, redrawn: bool) -> str:
    """A link to a file as if no door had looked at it: its host is the only wall left."""
    token_holder = str(uuid4())
    message = say(
        shop, chat("ecco", who=token_holder, files=(IncomingFile(name="a.png", content_type="", content=PNG),))
    )
    with enter(shop):
        row = Attachment.objects.get(message=message)
        Attachment.objects.filter(pk=row.pk).update(name=name, content_type=content_type, redrawn=redrawn)
        attachments._place(shop, row.id).write_bytes(content)
    return link_to(shop, row.id, Viewer("shopper", token_holder, str(line_of(shop).id)))


def listen(stage: Stage, page: Page) -> None:
    def hear(said: ConsoleMessage) -> None:
        if RAN in said.text:
            stage.faults.append(said.text)

    page.on("console", hear)


@pytest.fixture
def at_port(live_stack: LiveStack, settings: Any) -> None:
    settings.PORT = str(live_stack.port)


@pytest.mark.parametrize(
    ("name", "content", "content_type", "redrawn"),
    [
        ("page.html", PAGE, "text/html", True),
        ("drawing.svg", DRAWING, "image/svg+xml", True),
        ("photo.png", PAGE, "image/png", True),
        ("drawing.svg", DRAWING, "text/plain", False),
    ],
    ids=["html", "svg", "picture", "download"],
)
def test_a_hostile_file_runs_nothing_at_the_host_of_files(
    stage: Stage, acme: Tenant, at_port: None, name: str, content: bytes, content_type: str, redrawn: bool
) -> None:
    link = plant(acme, name, content, content_type, redrawn=redrawn)
    page = stage.window()
    listen(stage, page)
    home = stage.url(acme)
    page.goto(home)
    with backstage():
        answer = _fetched(stage.stack, link)
    assert (answer.status_code, answer.content) == (200, content)
    # Framed and embedded by a page of the shop itself, then gone to.
    for tag in ("iframe", "object", "embed", "script", "img"):
        page.evaluate(
            """([tag, link]) => new Promise((done) => { const made = document.createElement(tag);
              made.onload = made.onerror = done; setTimeout(done, 400);
              made[tag === "object" ? "data" : "src"] = link; document.body.append(made) })""",
            [tag, link],
        )
    assert page.url == home
    with contextlib.suppress(PlaywrightError):  # a download is no page to go to
        page.goto(link)
    page.wait_for_timeout(300)
    assert stage.faults == []


def _fetched(stack: LiveStack, link: str) -> requests.Response:
    address = urlsplit(link)
    return requests.get(f"http://127.0.0.1:{stack.port}{address.path}", headers={"Host": address.netloc}, timeout=20)


class _Foreign(BaseHTTPRequestHandler):
    """A shop's own site, on a domain of its own: embeds the chat, and puts the page for frames into one."""

    def do_GET(self) -> None:
        chat_at = self.server.chat_at  # type: ignore[attr-defined]
        body = {
            "/script": f"<h1>Scarpe</h1><script src='{chat_at}/widget.js' crossorigin async></script>",
            "/frame": f"<h1>Scarpe</h1><iframe src='{chat_at}/chat/' style='width:500px;height:700px'></iframe>",
        }.get(self.path, "")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><meta charset=utf-8>" + body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def foreign(live_stack: LiveStack, acme: Tenant) -> Iterator[str]:
    """The origin of a site that is not ours, which is the shop's once it was named."""
    server = HTTPServer(("127.0.0.1", 0), _Foreign)
    server.chat_at = live_stack.shop_url(acme, "")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://www.acme-shoes.{settings.DOMAIN}:{server.server_port}"
    server.shutdown()
    server.server_close()
    with backstage():
        Tenant.objects.filter(pk=acme.pk).update(embedding_origins=[])


def allow(shop: Tenant, *origins: str) -> None:
    with backstage():
        Tenant.objects.filter(pk=shop.pk).update(embedding_origins=list(origins))


def forgive(stage: Stage, origin: str) -> None:
    """Asking the foreign site itself is no fault of ours."""
    stage.faults[:] = [fault for fault in stage.faults if not fault.startswith(f"fetched {origin}")]


def test_the_chat_works_on_a_domain_that_the_shop_named_and_on_no_other(
    stage: Stage, acme: Tenant, foreign: str
) -> None:
    allow(acme, foreign)
    page = stage.window()
    page.goto(f"{foreign}/script")
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("textbox", name="Write your message").fill("Where is my order?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent", exact=False).first).to_be_visible()
    with backstage(), enter(acme):
        assert Message.objects.filter(direction="in", text="Where is my order?").count() == 1
    forgive(stage, foreign)

    allow(acme, "https://www.elsewhere.example")
    other = stage.window()
    # What a process remembers of a host is less than a second old.
    other.wait_for_timeout(1000)
    other.goto(f"{foreign}/script")
    other.get_by_role("button", name="Open the chat").click()
    expect(other.get_by_text("This chat is not available at the moment.").or_(
        other.get_by_text("The chat could not be loaded.", exact=False))).to_be_visible()  # fmt: skip
    forgive(stage, foreign)


def test_asvs_3_4_6_the_page_for_frames_is_framed_by_the_shops_own_pages_alone(
    stage: Stage, acme: Tenant, foreign: str
) -> None:
    allow(acme, foreign)
    page = stage.window()
    page.goto(f"{foreign}/frame")
    framed = page.frame_locator("iframe")
    expect(framed.get_by_role("textbox", name="Write your message")).to_be_visible()
    forgive(stage, foreign)

    allow(acme)
    other = stage.window()
    other.wait_for_timeout(1000)
    other.goto(f"{foreign}/frame")
    expect(other.get_by_role("heading", name="Scarpe")).to_be_visible()
    assert all("/chat/" not in frame.url for frame in other.frames)
    forgive(stage, foreign)
