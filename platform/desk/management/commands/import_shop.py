"""``manage.py import_shop FILE``: take in a client that another installation exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk import shop_archive
from kernel.access import system
from kernel.errors import Refusal


class Command(BaseCommand):
    access = system(opens="client", by="row")
    help = "Take in a client from an archive made by export_shop: the same ids, row for row, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as source:
                tenant = shop_archive.read(source)
        except (OSError, Refusal) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tenant.name} is here, {tenant.status}; invite its users anew")
