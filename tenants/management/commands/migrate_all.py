"""The public schema, then every client's."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from kernel.access import system
from tenants import roles, template


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Migrate the public schema, then all shops' schemas."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        self.stdout.write("public schema: up to date")
        try:
            roles.raise_wall(say=self.stdout.write)
        except roles.NoRightToMakeRoles as error:
            raise CommandError(str(error)) from error
        call_command("migrate_tenants", stdout=self.stdout, stderr=self.stderr)
        if not template.is_current():
            self.stderr.write("tenants/template.sql is older than the migrations: run manage.py make_tenant_template")
