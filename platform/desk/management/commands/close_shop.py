"""``manage.py close_shop SLUG suspend|resume|delete``: the end of a client, step by step."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk import closing
from kernel.access import system
from kernel.errors import Refusal
from tenants.models import Tenant


class Command(BaseCommand):
    access = system(opens="client", by="row")
    help = "Suspend, resume or delete a client (delete: suspended, exported since, and --confirm SLUG)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("act", choices=["suspend", "resume", "delete"])
        parser.add_argument("--confirm", default="", help="the slug once more, for delete")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError("There is no such client.")
        try:
            if options["act"] == "delete":
                closing.delete(person=None, tenant=tenant, confirm=options["confirm"])
            else:
                {"suspend": closing.suspend, "resume": closing.resume}[options["act"]](person=None, tenant=tenant)
        except Refusal as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{tenant.slug}: {options['act']} done")
