"""Write the schema of both doors' APIs, from which the front end's types are generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator

from kernel.access import system

URLS = {"desk": "config.urls_desk", "shop": "config.urls_tenant"}
FOLDER = Path(settings.ROOT) / "frontend" / "openapi"


def schema_of(door: str) -> str:
    """The API of the desk's host, or of a shop's, as the text of its file; the same for the same code."""
    generator = SchemaGenerator(urlconf=URLS[door])  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


class Command(BaseCommand):
    access = system(opens="nothing", by="open", why="the shape of the API, from the code")
    help = "Write frontend/openapi/desk.json and shop.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        for door in URLS:
            path = options["into"] / f"{door}.json"
            path.write_text(schema_of(door), encoding="utf-8")
            self.stdout.write(f"{path}")
