"""Take another installation's client in: the same tenant, with the same ids, row for row, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from kernel.access import declares, system
from kernel.errors import Refusal
from kernel.pauses import allow_pauses
from tenants import rows
from tenants.exporting import FORM, MANIFEST
from tenants.models import Domain, Tenant
from tenants.onboarding import build_schema
from tenants.template import current_keys

_BATCH = 200


def import_tenant(source: IO[bytes]) -> Tenant:
    """The tenant of an archive made by ``export_tenant``. All or nothing.

    Refuses (409) with ``not_an_export``, ``damaged``, ``other_version`` or ``exists``: its id, slug, an address or an
    invoice's number is here already.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked(archive)
            folder = Path(settings.MEDIA_ROOT) / manifest["tenant"]["schema"]
            _require_new(manifest, folder)
            try:
                with transaction.atomic():
                    allow_pauses()
                    tenant = _write(archive, manifest)
                    _write_files(archive, manifest, folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    except zipfile.BadZipFile as error:
        raise Refusal("damaged", 409, "The archive cannot be read; nothing was made.") from error
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise _exists("a row with a name or number of the archive's") from error
        raise Refusal("damaged", 409, "Rows of the archive point at rows that it lacks; nothing was made.") from error
    return tenant


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of an archive whose every part is there and whole."""
    if MANIFEST not in archive.namelist():
        raise Refusal("not_an_export", 409, "This archive holds no manifest; nothing was made.")
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest.get("form") != FORM or manifest["migrations"] != [f"{app}.{name}" for app, name in current_keys()]:
        raise Refusal(
            "other_version", 409, "The archive was made by another version; bring both installations to one version."
        )
    if set(archive.namelist()) != {MANIFEST, *manifest["parts"]}:
        raise Refusal("damaged", 409, "The archive lacks parts, or holds others than it names; nothing was made.")
    for name, told in manifest["parts"].items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            while chunk := entry.read(1024 * 1024):
                digest.update(chunk)
        if digest.hexdigest() != told["sha256"]:
            raise Refusal("damaged", 409, f"{name} in the archive is damaged; nothing was made.")
    return manifest


def _require_new(manifest: dict[str, Any], folder: Path) -> None:
    told = manifest["tenant"]
    known = Tenant.objects.filter(
        models.Q(pk=told["id"]) | models.Q(slug=told["slug"]) | models.Q(schema_name=told["schema"])
    )
    if known.exists():
        raise _exists(f"a client “{told['slug']}”")
    if folder.exists() and any(folder.iterdir()):
        raise _exists(f"a folder of files {folder.name}")


def _write(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Tenant:
    _people(archive)
    _insert(archive, "tenant.jsonl", "public", Tenant)
    tenant = Tenant.objects.get(pk=manifest["tenant"]["id"])
    Domain.objects.create(domain=f"{tenant.slug}.{settings.DOMAIN}", tenant=tenant, is_primary=True)
    build_schema(tenant)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # the schema's text left some immediate
    for model in rows.shop_models():
        _insert(archive, f"shop/{model._meta.db_table}.jsonl", tenant.schema_name, model)
    for model, _ in rows.public_models():
        _insert(archive, f"public/{model._meta.db_table}.jsonl", "public", model)
    with connection.cursor() as cursor:
        for name, last in manifest["sequences"].items():
            sequence = sql.Identifier(tenant.schema_name, name).as_string(None)
            cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, last])
    _advance_series(tenant)
    return tenant


def _insert(archive: zipfile.ZipFile, name: str, schema: str, model: type[models.Model]) -> None:
    """Rows as PostgreSQL wrote them; a public row that is only numbered gets the next number here, in its order."""
    is_kept = schema != "public" or rows.has_own_key(model)
    columns = [field.column for field in model._meta.concrete_fields if is_kept or not field.primary_key]
    names = sql.SQL(", ").join([sql.Identifier(str(column)) for column in columns])
    table = sql.Identifier(schema, model._meta.db_table)
    query = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s::json)"
        " WITH ORDINALITY ORDER BY ordinality"
    ).format(table=table, names=names)
    with connection.cursor() as cursor:
        for batch in _batches(archive, name):
            cursor.execute(query.as_string(None), ["[" + b",".join(batch).decode() + "]"])


def _batches(archive: zipfile.ZipFile, name: str) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    with archive.open(name) as entry:
        for line in entry:
            batch.append(line)
            if len(batch) == _BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _people(archive: zipfile.ZipFile) -> None:
    """Whom rows name: staff as closed accounts, the client's users without a password, to be invited anew."""
    person = cast(Any, apps.get_model(settings.AUTH_USER_MODEL))
    for batch in _batches(archive, "people.jsonl"):
        for told in map(json.loads, batch):
            if person.objects.filter(pk=told["id"]).exists():
                continue
            made = person(
                id=told["id"],
                email=told["email"] if told["is_client"] else f"{told['id']}@imported.invalid",
                name=told["name"],
                language=told["language"],
                time_zone=told["time_zone"],
                is_active=told["is_client"],
            )
            made.set_unusable_password()
            made.save(force_insert=True)


def _advance_series(tenant: Tenant) -> None:
    """The next invoice here must not take a number that came along."""
    invoices, series = apps.get_model("billing.Invoice"), apps.get_model("billing.InvoiceSeries")
    for number in invoices._default_manager.filter(tenant=tenant, number__isnull=False).values_list(
        "number", flat=True
    ):
        code, _, count = str(number).rpartition("-")
        if count.isdigit():
            row, _ = series._default_manager.select_for_update(no_key=True).get_or_create(code=code)
            if row.next_number <= int(count):
                series._default_manager.filter(pk=code).update(next_number=int(count) + 1)


@declares("storage", system(opens="client", by="row", why="the files of an archive, into the client's own folder"))
def _write_files(archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path) -> None:
    for name in manifest["parts"]:
        if not name.startswith("files/"):
            continue
        inside = PurePosixPath(name).relative_to("files")
        if inside.is_absolute() or ".." in inside.parts:
            raise Refusal("damaged", 409, "A file in the archive leads out of its folder; nothing was made.")
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)


def _exists(what: str) -> Refusal:
    return Refusal("exists", 409, f"There is {what} here already; nothing was made.")
