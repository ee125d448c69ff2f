"""``manage.py restore FOLDER``: a backup into the empty database and the empty media folder of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.keeping.manifest import BackupProblem
from config.keeping.restoring import restore
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Restore a backup, erase again what was erased after it, and check everything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--erasures", default="", help="the file of erasures, or none; else the one beside the backup"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restore(folder=options["folder"], ledger=options["erasures"], say=self.stdout.write)
        except (BackupProblem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        for warning in done.warnings:
            self.stderr.write(warning)
        self.stdout.write(
            f"restored: {done.rows} rows, {done.files} files; {done.erased_again} erasures done again;"
            f" {done.clocks} clocks agree with their ledger"
        )
