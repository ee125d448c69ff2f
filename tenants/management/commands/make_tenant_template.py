"""Write tenants/template.sql anew, or check that it is what the migrations give."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from kernel.access import system
from tenants import template


class Command(BaseCommand):
    access = system(opens="nothing", by="open", why="the tables of a schema, from the code")
    help = "Write the SQL template of a client's schema from the migrations (--check: only compare)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        if "tenants_tenant" not in connection.introspection.table_names():
            # A throw-away database: indexes of a client's schema are over functions of the public one.
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        text = template.compute_template()
        if options["check"]:
            if not template.PATH.exists() or template.PATH.read_text(encoding="utf-8") != text:
                raise CommandError("tenants/template.sql is out of date: run manage.py make_tenant_template")
            return
        template.PATH.write_text(text, encoding="utf-8")
        template.template_sql.cache_clear()
        self.stdout.write(f"{template.PATH.name}: {len(text.splitlines())} lines")
