"""Chromium over the live stack: windows for people and shoppers, and what went wrong in any of them."""

from __future__ import annotations

import asyncio.events
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, Dialog, Page, Playwright, Request, expect, sync_playwright

from people.models import Person
from tenants.models import Tenant
from tests.live_stack import LiveStack, cookies_of

PATIENCE_MS = 15_000
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
AXE = settings.ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP *.{settings.DOMAIN} 127.0.0.1",
]
# ``blob:``, ``data:`` and ``about:`` name nobody on the net.
_ON_THE_NET = ("http", "https", "ws", "wss", "ftp")


@contextmanager
def backstage() -> Iterator[None]:
    """Use cases and queries between two steps in a browser: Django refuses them where an event loop runs."""
    loop = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    try:
        yield
    finally:
        asyncio.events._set_running_loop(loop)


class Stage:
    """Windows of one test. ``faults``: exceptions in a page, dialogs, and requests to anybody but the stack."""

    def __init__(self, stack: LiveStack) -> None:
        self.stack = stack
        self.faults: list[str] = []
        self._driver: Playwright | None = None
        self._browser: Browser | None = None

    def window(
        self, person: Person | None = None, shop: Tenant | None = None, *, size: str = "wide", **context: Any
    ) -> Page:
        """A browser of its own; signed in at the desk, or at the shop's host, if a person is given."""
        width, height = SIZES[size]
        terms = {"locale": "en-GB", "timezone_id": "Europe/Madrid", **context}
        made = self._open_browser().new_context(viewport={"width": width, "height": height}, **terms)
        made.set_default_timeout(PATIENCE_MS)
        if person is not None:
            with backstage():
                cookies = cookies_of(person)
            url = self.url(shop)
            made.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        page = made.new_page()
        self._watch(page)
        return page

    def url(self, shop: Tenant | None = None, path: str = "/") -> str:
        return self.stack.desk_url(path) if shop is None else self.stack.shop_url(shop, path)

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._driver is not None:
            self._driver.stop()

    def _open_browser(self) -> Browser:
        """Started by the first window: until then the test and its fixtures use the database as ever."""
        if self._browser is None:
            expect.set_options(timeout=PATIENCE_MS)
            self._driver = sync_playwright().start()
            program = shutil.which("chromium") or "/usr/bin/chromium"
            self._browser = self._driver.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        return self._browser

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"exception at {page.url}: {error}"))
        page.on("dialog", self._dismiss)
        page.on("popup", lambda popup: self.faults.append(f"window: {popup.url}"))
        page.on("request", self._note_stranger)
        page.on("requestfailed", self._forget_blocked)

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_stranger(self, request: Request) -> None:
        address = urlsplit(request.url)
        at_home = f"{address.hostname}".endswith(f".{settings.DOMAIN}") and address.port == self.stack.port
        if address.scheme in _ON_THE_NET and not at_home:
            self.faults.append(_fetched(request))

    def _forget_blocked(self, request: Request) -> None:
        """Chromium tells of what a policy stopped, too; that never left."""
        if request.failure == "csp" and _fetched(request) in self.faults:
            self.faults.remove(_fetched(request))


def _fetched(request: Request) -> str:
    return f"fetched {request.url[:200]}"


def keep_picture(page: Page, name: str) -> None:
    """A screenshot into the folder named by CENTRALITA_SHOTS, if there is one."""
    folder = os.environ.get("CENTRALITA_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical, one line per element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the document is wider than its window."""
    wider: int = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return max(0, wider)
