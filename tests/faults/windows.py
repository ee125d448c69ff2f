"""Visitors with a real browser: what stands in the widget's own list is what the checker reads."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, async_playwright

from tests.faults.checker import key_of
from tests.faults.shoppers import Shopper

LOOK_SECONDS = 2.0
_SHOWN = """all => all.map(each => ({text: each.querySelector('.bubble')?.textContent ?? '',
 pending: each.classList.contains('pending')}))"""


def has_browser() -> bool:
    return shutil.which("chromium") is not None


@dataclass
class Window(Shopper):
    port: int = 0
    page: Page | None = None

    async def run(self) -> None:
        flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.localhost 127.0.0.1"]
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            self.page = await browser.new_page(locale="en-GB")
            self.page.set_default_timeout(8000)
            try:
                await self._live(self.page)
            finally:
                with contextlib.suppress(BrowserError):
                    await browser.close()

    async def _live(self, page: Page) -> None:
        while not await self._open(page):
            await asyncio.sleep(2)
            if not self.pace.listening:
                return
        while self.pace.listening:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(BrowserError):
                await self.look(page)
                if (
                    self.pace.chance.random() < LOOK_SECONDS / max(LOOK_SECONDS, self.pace.think)
                    and self.pace.may_say()
                ):
                    await self._say(page)
        with contextlib.suppress(BrowserError):
            await self.look(page, "dom_at_end")

    async def _open(self, page: Page) -> bool:
        try:
            await page.goto(f"http://{self.shop.host}:{self.port}/")
            await page.get_by_role("button", name="Open the chat").click()
            await page.get_by_role("textbox", name="Write your message").wait_for()
        except BrowserError:
            return False
        return True

    async def _say(self, page: Page) -> None:
        key, text = self.next_said()
        self.note("say", key=key, text=text, channel="webchat")
        await page.get_by_role("textbox", name="Write your message").fill(text)
        await page.get_by_role("button", name="Send", exact=True).click()

    async def look(self, page: Page, what: str = "dom") -> None:
        """What stands on the screen now: keys in their order, without what is still on its way."""
        shown: list[dict[str, Any]] = await page.locator(".messages .message").evaluate_all(_SHOWN)
        self.note_tokens("the page", " ".join(each["text"] for each in shown).encode())
        keys = [key_of(each["text"]) for each in shown if not each["pending"]]
        self.note(what, keys=[key for key in keys if key], pending=sum(each["pending"] for each in shown))
