"""``manage.py open_webhook SLUG NAME``: a signed line for a client's own system; prints what that system needs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.webhook_lines import open_webhook
from kernel.access import system
from kernel.errors import Refusal
from tenants.models import Tenant


class Command(BaseCommand):
    access = system(opens="client", by="row")
    help = "Open a signed webhook line for a client; prints its address and its secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name", help="tells the client's lines apart: a-z, 0-9 and -")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError("There is no such client.")
        try:
            line = open_webhook(person=None, tenant=tenant, name=options["name"])
        except Refusal as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"POST to  /in/{line.token}\nsecret   {line.secret}\nHow to sign: docs/integration.md")
