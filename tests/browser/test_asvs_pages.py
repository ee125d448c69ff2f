"""ASVS 5.0 in a browser: pages that no message of another window reaches (3.5.5), sockets over TLS alone (4.4.1)."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import queue
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from playwright.sync_api import Page, expect

from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage
from tests.browser.test_files import allow, foreign, forgive  # noqa: F401 (foreign is a fixture)
from tests.live_stack import LiveStack, cookies_of

# Runs before a page's own scripts: notes whoever wants to hear messages of other windows.
LISTEN = """
window.__ears = [];
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, ...more) {
  if (kind === "message" && (this === window || this == null)) window.__ears.push("addEventListener");
  return add.call(this, kind, ...more);
};
let heard = null;
Object.defineProperty(window, "onmessage", {
  get: () => heard,
  set: (ear) => { heard = ear; window.__ears.push("onmessage"); },
});
"""
HOSTILE = """(frame) => {
  for (const said of [{type: "message.added", seq: 99}, {type: "resync"}, "close", '{"type":"hello"}', null, 7, [],
                      {type: "token", token: "x"}, new Array(10000).fill("x").join("")])
    (frame ? document.querySelector("iframe").contentWindow : window).postMessage(said, "*");
}"""


def ears(page: Page) -> list[str]:
    found: list[str] = []
    for frame in page.frames:
        found += frame.evaluate("() => window.__ears ?? ['this page was not watched']")
    return found


def requests_of(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_asvs_3_5_5_no_page_hears_a_message_of_another_window(
    stage: Stage,
    acme: Tenant,
    northlight: Tenant,
    lucia: Person,
    carla: Person,
    foreign: str,  # noqa: F811
) -> None:
    allow(acme, foreign)
    visited = (
        (lucia, None, stage.url(), "You are not taking work"),
        (carla, acme, stage.url(acme, "/portal/"), "What was promised"),
        (None, None, stage.url(acme, "/contact/"), "Order number"),
        (None, None, f"{foreign}/script", "Scarpe"),
        (None, None, f"{foreign}/frame", "Scarpe"),
    )
    for person, shop, url, ready in visited:
        page = stage.window(person, shop)
        page.add_init_script(LISTEN)
        page.goto(url)
        words = page.get_by_text(ready).or_(page.get_by_role("button", name=ready))
        expect(words.filter(visible=True).first).to_be_visible()
        if url.endswith("/script"):
            page.get_by_role("button", name="Open the chat").click()
            expect(page.get_by_role("textbox", name="Write your message")).to_be_visible()
        is_framed = url.endswith("/frame")
        if is_framed:
            writing = page.frame_locator("iframe").get_by_role("textbox", name="Write your message")
            writing.fill("Buongiorno")
        asked = requests_of(page)
        page.evaluate(HOSTILE, is_framed)
        page.wait_for_timeout(200)
        assert ears(page) == [], url
        assert [one for one in asked if "/api/widget" in one or "/api/desk/clients" in one] == []
        if is_framed:
            expect(writing).to_have_value("Buongiorno")
        page.evaluate("() => window.addEventListener('message', () => undefined)")
        assert ears(page) == ["addEventListener"], "the watch itself sees nobody"
    forgive(stage, foreign)


def test_asvs_4_4_1_pages_that_came_by_tls_open_their_sockets_by_tls(
    stage: Stage, live_stack: LiveStack, acme: Tenant, lucia: Person, tmp_path: Path
) -> None:
    with in_front_by_tls(live_stack, tmp_path) as port:
        page = stage.window(ignore_https_errors=True)
        with backstage():
            session = next(iter(cookies_of(lucia).values()))
        desk, shop = (f"{label}.{settings.DOMAIN}:{port}" for label in ("desk", acme.slug))
        page.context.add_cookies(
            [{"name": "__Host-sessionid", "value": session, "url": f"https://{desk}", "secure": True}]
        )
        with page.expect_websocket() as hers:
            page.goto(f"https://{desk}/")
        assert hers.value.url == f"wss://{desk}/ws/desk/"
        expect(page.get_by_text("You are not taking work")).to_be_visible()
        page.goto(f"https://{shop}/")
        page.get_by_role("button", name="Open the chat").click()
        page.get_by_role("textbox", name="Write your message").fill("Buongiorno")
        # The socket is opened once something was written.
        with page.expect_websocket() as theirs:
            page.get_by_role("button", name="Send").click()
        assert theirs.value.url.startswith(f"wss://{shop}/ws/widget/?token=")
        stage.faults[:] = [fault for fault in stage.faults if f":{port}/" not in fault]


@contextlib.contextmanager
def in_front_by_tls(stack: LiveStack, folder: Path) -> Iterator[int]:
    """The port of a proxy that ends TLS in front of a web process that was told so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    with backstage():
        behind = stack.start_second_web(CENTRALITA_SCHEME="https")
    loop, started = asyncio.new_event_loop(), queue.Queue[asyncio.Server]()
    thread = threading.Thread(target=_serve, args=(loop, context, behind, started), daemon=True)
    thread.start()
    try:
        yield started.get(timeout=20).sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        with backstage():
            stack.stop_extras()


def _serve(
    loop: asyncio.AbstractEventLoop, context: ssl.SSLContext, behind: int, started: queue.Queue[asyncio.Server]
) -> None:
    async def relay(near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", behind)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(_pass_on(near, to_far), _pass_on(far, to_near))

    server = loop.run_until_complete(asyncio.start_server(relay, "127.0.0.1", 0, ssl=context))
    started.put(server)
    loop.run_forever()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    target.close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.DOMAIN)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([
                x509.DNSName(f"*.{settings.DOMAIN}"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            ]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "tls.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
