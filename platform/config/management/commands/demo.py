"""Fill the database with a BPO to look at; what is there already stays."""

from __future__ import annotations

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.demo import describing, history, opening, pending
from config.demo.past import Stage
from config.demo.playbook import write_playbooks
from kernel import clock, statements
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = (
        "Two shops and the people who serve them (--describe: only print addresses and sign-ins; --history: play the"
        " months before through the product, as far as that is not done; may be ended at any time)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--describe", action="store_true", help="print where to go and who to be")
        what.add_argument("--history", action="store_true", help="play the past months; go on where it was ended")
        parser.add_argument("--nice", type=int, default=0, help="let everything else go first by so much (0 to 19)")
        parser.add_argument("--scale", type=float, default=1.0, help="so many times as many conversations")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["describe"]:
            self.stdout.write(describing.describe())
            return
        if options["nice"]:
            os.nice(options["nice"])
        started = time.monotonic()
        now = clock.now()
        shops = opening.open_shops(now=now)
        people = opening.hire_everyone(shops, now=now)
        write_playbooks(shops)
        written = history.write_script(shops, scale=options["scale"])
        if not options["history"]:
            history.prepare(shops, people, written)
            self._say(f"{len(shops)} shops, {len(people)} people")
            return
        statements.keep_plans()
        made = history.make(shops, people, written, say=self._say)
        for line in pending.prepare(Stage.of(shops, people), written.until):
            self._say(line)
        self._say(f"{made} conversations of the past months played in {time.monotonic() - started:.0f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(f"demo: {line}")
        self.stdout.flush()
