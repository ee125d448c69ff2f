"""``manage.py surface``: all that this product answers, takes, runs, keeps or sends, and who may; for auditors."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.surface import surface
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="nothing", by="open", why="names of code and policies; no row is read")
    help = "List everything that can be asked, runs, is kept or leaves, each with who may use it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        things = surface()
        if options["json"]:
            self.stdout.write(json.dumps([thing.as_json() for thing in things], indent=1))
        else:
            for thing in things:
                access = thing.access
                policy = f"{access.realm}: {', '.join(sorted(access.roles)) or '-'}" if access else "NOT DECLARED"
                opens = f"{access.opens} by {access.by}" if access else ""
                where = f"{thing.door} {thing.method} {thing.name}".strip()
                self.stdout.write(f"{thing.kind:14} {where:95} {policy:45} {opens}")
            counted = Counter(thing.kind for thing in things)
            self.stdout.write(", ".join(f"{number} {kind}s" for kind, number in counted.items()))
        silent = [thing for thing in things if not thing.is_declared]
        if silent:
            raise CommandError(f"{len(silent)} do not say who may use them: {', '.join(t.name for t in silent[:20])}")
