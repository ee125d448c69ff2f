"""``manage.py recompute_clocks``: every clock of every shop from its ledger; writes what differs, or only says so.

With ``--check`` nothing is written, and a difference ends it with 1. So does a ledger that cannot be read, always.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import system
from sla_contracts.checking import check_clocks


class Command(BaseCommand):
    access = system(opens="clock", by="rows")
    help = "Recompute every clock from its ledger and write what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if anything differs.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        findings = check_clocks(mend=not check)
        for clock_id, wrong in findings.wrong.items():
            self.stderr.write(f"{clock_id}: {wrong}")
        for clock_id, mended in findings.mended.items():
            self.stdout.write(f"{clock_id}: mended {mended}")
        if findings.wrong:
            raise CommandError(f"{len(findings.wrong)} of {findings.checked} clocks differ from their ledger")
        self.stdout.write(f"{findings.checked} clocks agree with their ledger")
