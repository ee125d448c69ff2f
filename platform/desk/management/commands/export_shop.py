"""``manage.py export_shop SLUG --to FILE``: a client's schema, public rows, files and papers in one archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk import shop_archive
from kernel.access import declares, system
from tenants.models import Tenant


class Command(BaseCommand):
    access = system(opens="client", by="row")
    help = "Export a client into an archive that another installation can take in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to", type=Path, required=True, help="the archive to write")

    @declares("storage", system(opens="client", by="row", why="an archive, where the machine's owner names it"))
    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).exclude(status=Tenant.Status.DELETED).first()
        if tenant is None:
            raise CommandError("There is no such client.")
        if options["to"].exists():
            raise CommandError(f"{options['to']} exists already; name a new file.")
        with options["to"].open("w+b") as out:
            digest = shop_archive.write(person=None, tenant=tenant, out=out)
        self.stdout.write(f"{options['to']}  sha256 {digest}")
