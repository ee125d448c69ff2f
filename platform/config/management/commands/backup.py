"""``manage.py backup --to FOLDER``: the database as of one instant and all files, in a folder with a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.keeping.backing_up import back_up
from config.keeping.manifest import BackupProblem
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Back up the database and the files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUPS_ROOT, help="folder of the backups")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = back_up(into=options["to"], say=self.stdout.write)
        except (BackupProblem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"backup made: {made}")
