"""``manage.py check_clocks``: recompute every clock from its ledger; exit 1 if any column says something else."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.access import system
from sla_contracts.checking import check_clocks


class Command(BaseCommand):
    access = system(opens="clock", by="rows")
    help = "Recompute every clock from its ledger and report differences."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check_clocks()
        for clock_id, wrong in findings.wrong.items():
            self.stderr.write(f"{clock_id}: {wrong}")
        if findings.wrong:
            raise CommandError(f"{len(findings.wrong)} of {findings.checked} clocks differ from their ledger")
        self.stdout.write(f"{findings.checked} clocks agree with their ledger")
