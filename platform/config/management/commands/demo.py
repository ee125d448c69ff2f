"""Fill the database with a BPO to look at; what is there already stays."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.demo import describing, opening, papers, past
from kernel import clock
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Two shops, eleven people and two months of conversations (--describe: only print addresses and sign-ins)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--describe", action="store_true", help="print where to go and who to be")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["describe"]:
            self.stdout.write(describing.describe())
            return
        started = time.monotonic()
        now = clock.now()
        shops = opening.open_shops(now=now)
        people = opening.hire_everyone(shops, now=now)
        self._say(f"{len(shops)} shops, {len(people)} people")
        if past.is_played(shops):
            self._say("conversations: already there")
            return
        count = past.play(shops=shops, people=people, until=now, say=self._say)
        self._say(f"{count} conversations of the past two months")
        for shop in shops.values():
            made = papers.evaluate_some(shop=shop, supervisor=people["sofia@bpo.example"])
            number = papers.bill_before_last_month(shop=shop, operator=people["omar@bpo.example"], now=now)
            self._say(f"{shop.name}: {made} evaluations, invoice {number}")
        self._say(f"demo data made in {time.monotonic() - started:.0f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(f"demo: {line}")
        self.stdout.flush()
