"""``console``: what people feel: a message until the other side's screen, a switch, a start, a long conversation.

    python -m tests.bench.console [--rounds 3] [--json FILE]

Real servers and two Chromium processes, the agent's and the shopper's. A message counts from the key that sends it
until the frame that shows it at the other end is painted; the limit beside it is a bare relay of web sockets between
the same two browsers, painted as well. Switching: from the click to the painted frame, both in the cache; limit: a
click on an empty page that changes one word. Start: cold, 8 active conversations, CPU throttled four times, until all
eight stand there and the page answers. Scrolling: 5,000 messages from end to beginning, a frame at a time; limit: as
many pixels of nothing. Checked: every message once, in the order it was sent.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, quantile, show, spread, table
from tests.bench.variants import bench_servers

SHOPS, LONG, MESSAGES, SWITCHES, STARTS = 8, 5000, 40, 24, 3
SLOWER = 4
SCREEN_MS, SWITCH_MS, START_MS, LATE_MS, LATE_SHARE = 150.0, 50.0, 1500.0, 20.0, 0.05
CALLS, QUERIES = 4.0, 12.0
SCRIPT = Path(__file__).with_name("screens.js").read_text(encoding="utf-8")
_LOG = "[role=log]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with bench_servers("cpu") as servers:
        import django

        del servers
        django.setup()
        found = measure(arguments.rounds)
    lines = lines_of(found)
    print(table(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps({**found, "lines": [line.as_json() for line in lines]}, indent=1))


def lines_of(found: dict[str, Any]) -> list[Line]:
    """Goals are of milliseconds and counts; the limit stands beside them."""
    limit = show(found["relay p95"], " ms")
    rows = [
        (f"message → {whose} screen {share}, ms", found[f"{whose} {share}"], limit if share == "p95" else "", SCREEN_MS)
        for whose in ("agent's", "shopper's")
        for share in ("p50", "p95")
    ]
    rows += [
        (
            "switch to a conversation in the cache p95, ms",
            found["switch"],
            show(found["empty switch"], " ms"),
            SWITCH_MS,
        ),
        (f"start with {SHOPS} active, CPU / {SLOWER}, ms", found["start"], "", START_MS),
        (f"frames over {LATE_MS:g} ms, {LONG:,} messages", found["late"], show(found["empty late"]), LATE_SHARE),
        ("frame p50, ms", found["frame"], show(found["empty frame"], " ms"), 17.0),
        ("API calls to open a conversation", found["calls"], "", CALLS),
        ("queries to open a conversation", found["queries"], "", QUERIES),
    ]
    return [Line(name, show(figures), beside, figures, goal) for name, figures, beside, goal in rows]


@dataclass(frozen=True, slots=True)
class Place:
    """What was set up before the browsers came: shops, and the agent's conversations, the first of them long."""

    shops: list[Any]
    conversations: list[str]
    cookie: str
    queries: int


def measure(rounds: int) -> dict[str, Any]:
    from config.replay.programs import ROOT, running_programs

    place = set_place()
    figures: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    note("queries", place.queries)
    unhurried = {"CENTRALITA_RATE_FACTOR": "1000"}
    with (
        running_programs(ROOT / ".run" / "bench", beat=False, environment=unhurried) as port,
        both_ends() as (desk_end, shop_end),
    ):
        ends = Ends(place, port, desk_end, shop_end)
        for _ in range(rounds):
            ends.relay(note)
            ends.start(note)
        ends.open_desk()
        ends.calls(note)
        ends.switch(note, rounds)
        ends.scroll(note, rounds)
        ends.talk(note, rounds)
    check(place)
    return {name: spread(values) for name, values in figures.items()}


def set_place() -> Place:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from config.replay.canaries import token_of
    from kernel import clock
    from routing.models import AgentState
    from tests.bench.stage import set_up
    from tests.conversations.shoppers import chat, say, take_in_hand
    from tests.desk.shop import place as path_of
    from tests.desk.test_opening_costs import lengthen, queries_of

    call_command("migrate_all", verbosity=0)
    stage = set_up(tenants=SHOPS, agents=1, clients_each=SHOPS)
    [agent] = stage.agents
    opened = []
    for number, shop in enumerate(stage.tenants):
        text = f"Hello, conversation {number} here: where is my parcel? {token_of(shop.slug)}"
        message = say(shop, chat(text, who=f"visitor-{number}", language_hint="en"))
        take_in_hand(message.conversation_id, agent)
        opened.append(message)
    lengthen(stage.tenants[0], opened[0], LONG)
    AgentState.objects.update(status="available", last_heartbeat=clock.now())
    client = Client(headers={"host": settings.DESK_HOST})
    client.force_login(agent, backend=settings.AUTHENTICATION_BACKENDS[-1])
    path = path_of(stage.tenants[1], opened[1])
    queries_of(client, path, 1)
    queries = len(queries_of(client, path, 1))
    return Place(stage.tenants, [str(each.conversation_id) for each in opened], stage.cookies[0], queries)


@contextmanager
def both_ends() -> Iterator[tuple[Any, Any]]:
    """Two Chromium processes."""
    from playwright.sync_api import sync_playwright

    from tests.browser.stage import CHROMIUM_FLAGS

    with sync_playwright() as driver, ExitStack() as stack:
        ends = []
        for _ in range(2):
            program = shutil.which("chromium") or "/usr/bin/chromium"
            ends.append(driver.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS))
            stack.callback(ends[-1].close)
        yield ends[0], ends[1]


Note = Callable[[str, float], None]


class Ends:
    """The two browsers and what is done with them."""

    def __init__(self, place: Place, port: int, desk_end: Any, shop_end: Any) -> None:
        self.place, self.port, self.desk_end, self.shop_end = place, port, desk_end, shop_end
        self.desk: Any = None

    def _window(self, browser: Any, cookie: str = "") -> Any:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(60_000)
        context.add_init_script(SCRIPT)
        if cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": self._url("desk")}])
        return context.new_page()

    def _url(self, host: str, path: str = "/") -> str:
        return f"http://{host}.localhost:{self.port}{path}"

    def relay(self, note: Note) -> None:
        """What two browsers need for a word between them, with nothing of ours."""
        from tests.bench.relay import Relay

        with Relay() as relay:
            pages = [self._window(browser) for browser in (self.desk_end, self.shop_end)]
            for page in pages:
                page.goto(f"http://127.0.0.1:{relay.port}/")
                page.evaluate("() => bench.joined")
            taken = []
            for number in range(MESSAGES):
                pages[1].evaluate("(text) => { bench.seen = bench.shows(text) }", f"word {number}.")
                sent = pages[0].evaluate(
                    "(text) => { const at = bench.now(); bench.say(text); return at }", f"word {number}."
                )
                taken.append(pages[1].evaluate("() => bench.seen") - sent)
            for page in pages:
                page.context.close()
        note("relay p50", quantile(taken, 0.5))
        note("relay p95", quantile(taken, 0.95))

    def start(self, note: Note) -> None:
        """A browser that has never been here."""
        for _ in range(STARTS):
            page = self._window(self.desk_end, self.place.cookie)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(self._url("desk"), wait_until="commit")
            count = f"document.querySelectorAll('a[href*=\"/c/\"]').length >= {SHOPS}"
            note("start", page.evaluate(f"async () => (await bench.until(() => {count})) - performance.timeOrigin"))
            page.context.close()

    def open_desk(self) -> None:
        self.desk = self._window(self.desk_end, self.place.cookie)
        self.desk.goto(self._url("desk"))
        self.desk.wait_for_selector('a[href*="/c/"]')

    def calls(self, note: Note) -> None:
        """Each conversation is opened for the first time."""
        for number in range(1, SHOPS):
            asked: list[str] = []

            def hear(request: Any, asked: list[str] = asked) -> None:
                if "/api/" in request.url and "/api/desk/changes" not in request.url:
                    asked.append(request.url)

            self.desk.on("request", hear)
            self._go(number)
            self.desk.wait_for_timeout(800)
            self.desk.remove_listener("request", hear)
            note("calls", len(asked))

    def _go(self, number: int) -> float:
        """Click one in the list; milliseconds until it is painted."""
        taken: float = self.desk.evaluate(
            """async ([id, text]) => {
              const link = document.querySelector(`a[href*="${id}"]`);
              const log = () => document.querySelector("[role=log]")?.textContent ?? "";
              const from = bench.now();
              link.click();
              return (await bench.until(() => log().includes(text))) - from;
            }""",
            [self.place.conversations[number], f"conversation {number} here" if number else f"numero {LONG}"],
        )
        return taken

    def switch(self, note: Note, rounds: int) -> None:
        empty = self._window(self.desk_end)
        empty.set_content("<button>0</button>")
        press = """async (word) => {
          const button = document.querySelector("button"), from = bench.now();
          button.onclick = () => { button.textContent = word };
          button.click();
          return (await bench.until(() => button.textContent === word)) - from;
        }"""
        empty.evaluate(SCRIPT)
        self._go(0)
        for _ in range(rounds):
            taken, bare = [], []
            for step in range(SWITCHES):
                taken.append(self._go((step * 3 + 1) % SHOPS))
                bare.append(empty.evaluate(press, f"{step}"))
                self.desk.wait_for_timeout(50)
            note("switch", quantile(taken, 0.95))
            note("empty switch", quantile(bare, 0.95))
        empty.context.close()

    def scroll(self, note: Note, rounds: int) -> None:
        empty = self._window(self.desk_end)
        empty.set_content(
            '<div role="log" style="height:700px;overflow:auto"><div style="height:300000px"></div></div>'
        )
        empty.evaluate(SCRIPT)
        run = "(step) => bench.scroll(document.querySelector('[role=log]'), step, 1200)"
        self.desk.bring_to_front()
        self._go(1)
        self._go(0)
        for number in range(rounds):
            # First to the beginning, which is fetched and put in on the way; then through what is there.
            for name, page in (("", self.desk), ("empty ", empty)):
                page.bring_to_front()
                frames = page.evaluate(run, (250 if number % 2 else -250) if not name else 250 - 500 * (number % 2))
                note(f"{name}frame", quantile(frames, 0.5))
                note(f"{name}late", sum(frame > LATE_MS for frame in frames) / len(frames))
        self.desk.bring_to_front()
        empty.context.close()

    def talk(self, note: Note, rounds: int) -> None:
        """One shopper's conversation at the last shop, a message in each direction by turns."""
        shop = self.place.shops[-1].slug
        shopper = self._window(self.shop_end)
        shopper.goto(self._url(shop))
        shopper.get_by_role("button", name="Open the chat").click()
        texts = Texts(shop)
        self._send(shopper, shopper.locator("#text"), texts.next(), "Enter")
        if (away := self.desk.get_by_role("button", name="Go available")).count():
            away.click()
        self.desk.get_by_role("button", name="Accept").first.click()
        self.desk.wait_for_function(
            "(text) => document.querySelector('[role=log]')?.textContent.includes(text)", arg=texts.last
        )
        box = self.desk.get_by_role("textbox", name=re.compile("^Write to"))
        for _ in range(rounds):
            taken: dict[str, list[float]] = {"agent's": [], "shopper's": []}
            for _ in range(MESSAGES):
                taken["agent's"].append(
                    self._across(shopper, shopper.locator("#text"), "Enter", self.desk, texts.next())
                )
                taken["shopper's"].append(self._across(self.desk, box, "Control+Enter", shopper, texts.next()))
            for whose, values in taken.items():
                note(f"{whose} p50", quantile(values, 0.5))
                note(f"{whose} p95", quantile(values, 0.95))
        require_once(self.desk, texts)
        require_once(shopper, texts)

    def _across(self, sender: Any, box: Any, key: str, hearer: Any, text: str) -> float:
        hearer.evaluate("(text) => { bench.seen = bench.shows(text) }", text)
        sent = self._send(sender, box, text, key)
        seen: float = hearer.evaluate("() => bench.seen")
        return seen - sent

    def _send(self, page: Any, box: Any, text: str, key: str) -> float:
        box.fill(text)
        box.press(key)
        pressed: float = page.evaluate("() => bench.pressed")
        return pressed


class Texts:
    """Messages that can be told apart."""

    def __init__(self, slug: str) -> None:
        from config.replay.canaries import token_of

        self.token, self.all = token_of(slug), list[str]()

    @property
    def last(self) -> str:
        return self.all[-1]

    def next(self) -> str:
        self.all.append(f"Is it word {len(self.all)}? {self.token}")
        return self.last


def require_once(page: Any, texts: Texts) -> None:
    """RuntimeError unless each text stands there once, in its order."""
    log = page.locator(_LOG)
    log.focus()
    for _ in range(40):
        if texts.all[0] in (shown := log.text_content() or ""):
            break
        page.evaluate("() => document.querySelector('[role=log]')?.scrollTo(0, 0)")
        page.wait_for_timeout(100)
    found = re.findall(r"Is it word (\d+)\?", shown)
    if found != [str(number) for number in range(len(texts.all))]:
        raise RuntimeError(f"{page.url}: {len(found)} of {len(texts.all)} messages, or not in their order")


def check(place: Place) -> None:
    from conversations.models import Message
    from kernel.tenancy import enter

    for shop in place.shops[:-1]:
        with enter(shop):
            if strangers := Message.objects.filter(text__contains="Is it word").count():
                raise RuntimeError(f"{strangers} messages lie in {shop.slug}")


if __name__ == "__main__":
    main()
