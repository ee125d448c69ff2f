"""Bring every client's schema to this version of the code."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import system
from tenants import migrating


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Migrate the schemas of all shops: SQL computed once, replayed per schema; run again to resume."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lock-timeout", type=int, default=migrating.LOCK_TIMEOUT_MS, help="milliseconds")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            outcome = migrating.migrate_tenants(say=self.stdout.write, lock_timeout_ms=options["lock_timeout"])
        except migrating.AnotherRun as error:
            raise CommandError(str(error)) from error
        for schema, reason in outcome.failed.items():
            self.stderr.write(f"{schema}: {reason}")
        self.stdout.write(f"{len(outcome.done)} schemas migrated in {time.monotonic() - started:.1f} s")
        if outcome.failed:
            raise CommandError(f"{len(outcome.failed)} schemas were not migrated; the others were. Run again.")
