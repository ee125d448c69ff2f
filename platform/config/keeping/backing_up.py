"""Make a backup: the database as of one instant, and every file that its rows name, in a folder with a manifest.

Files are written before the rows that name them and removed only by an erasure, so the files copied after the instant
hold all that the rows of the instant name, save for what was erased meanwhile.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from config.keeping import database, manifest, programs
from config.keeping.manifest import DATABASE, MEDIA, BackupProblem
from conversations.models import Attachment
from kernel import clock
from kernel.access import declares, system
from kernel.pauses import allow_pauses
from kernel.tenancy import enter
from tenants import erasure_ledger
from tenants.models import ErasureEntry, Tenant

Say = Callable[[str], object]
_SLACK = 64 * 1024 * 1024
_DRAFT = ".draft-"


def back_up(*, into: Path, say: Say = lambda line: None, free: Callable[[Path], int] | None = None) -> Path:
    """Make ``into/<time>``; the folder appears under its name only once it is whole. Raises BackupProblem."""
    into.mkdir(parents=True, exist_ok=True)
    _sweep_drafts(into)
    started = clock.now()
    name = f"{started:%Y%m%d-%H%M%S}"
    if (into / name).exists():
        raise BackupProblem(f"{into / name} exists already; wait a second and run again.")
    _require_room(into, free or (lambda path: shutil.disk_usage(path).free))
    erasure_ledger.export()
    _keep_ledger_beside(into)
    draft = into / f"{_DRAFT}{name}-{uuid4().hex[:8]}"
    draft.mkdir(mode=0o700)
    try:
        told = _fill(draft, say)
        manifest.write(draft, {**told, "made_at": started})
        draft.rename(into / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return into / name


def _fill(draft: Path, say: Say) -> dict[str, Any]:
    with _instant() as (snapshot, at):
        say("database: dumping")
        programs.run(
            "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}",
            *(f"--exclude-table-data={name}" for name in database.WITHOUT_ROWS), output=draft / DATABASE,
        )  # fmt: skip
        rows = database.count_rows()
        told = {
            "form": manifest.FORM,
            "as_of": at,
            "product": manifest.product(),
            "migrations": manifest.migrations(),
            "postgres": database.server_version(),
            "database_bytes": database.size(),
            "key": manifest.key_fingerprint(),
            "rows": rows,
            "tenants": [
                {"id": row.id, "slug": row.slug, "schema": row.schema_name} for row in Tenant.objects.order_by("slug")
            ],
            "erasures": ErasureEntry.objects.count(),
        }
        named = _files_named()
    say("files: copying")
    copied = _copy_files(draft / MEDIA)
    told["files"] = copied
    told["missing_files"] = _still_missing(named, copied)
    told["parts"] = {DATABASE: manifest.part(draft / DATABASE), MEDIA: manifest.part(draft / MEDIA)}
    return told


@contextmanager
def _instant() -> Iterator[tuple[str, str]]:
    """One view of the whole database for this connection and for pg_dump: its snapshot and its time."""
    if connection.in_atomic_block:
        raise BackupProblem("A backup needs a connection that stands in no transaction.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        allow_pauses()
        cursor.execute("SELECT pg_export_snapshot(), now()::text")
        snapshot, at = cursor.fetchone()
        yield snapshot, at


def _files_named() -> dict[str, str]:
    """``schema/id`` of each file that a row names → its tenant's id."""
    named: dict[str, str] = {}
    for tenant in Tenant.objects.exclude(status=Tenant.Status.DELETED).order_by("slug"):
        with enter(tenant):
            ids = list(Attachment.objects.order_by("id").values_list("id", flat=True))
        named |= {f"{tenant.schema_name}/{file_id}": str(tenant.id) for file_id in ids}
    return named


@declares("storage", system(opens="attachment", by="rows", why="a backup, in a folder of the machine's owner"))
def _copy_files(into: Path) -> dict[str, str]:
    """Put the media folder into one archive; path → hash. What is being written at this moment is left out."""
    root = Path(settings.MEDIA_ROOT)
    copied: dict[str, str] = {}
    with tarfile.open(into, "w") as archive:
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            name = path.relative_to(root).as_posix()
            try:
                if path.is_symlink() or not path.is_file() or path.suffix == ".part":
                    continue
                with path.open("rb") as file:
                    copied[name] = _add(archive, name, file)
            except FileNotFoundError:  # erased at this moment
                copied.pop(name, None)
    return copied


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> str:
    content = file.read()  # at most ATTACHMENT_MAX_BYTES
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(content), 0o600
    archive.addfile(told, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def _still_missing(named: dict[str, str], copied: dict[str, str]) -> list[str]:
    """Files that a row names and nobody has; not those whose row is gone by now, because it was erased."""
    missing = []
    tenants = {str(row.id): row for row in Tenant.objects.exclude(status=Tenant.Status.DELETED)}
    for name in sorted(set(named) - set(copied)):
        tenant = tenants.get(named[name])
        if tenant is None:
            continue
        with enter(tenant):
            if Attachment.objects.filter(pk=name.partition("/")[2]).exists():
                missing.append(name)
    return missing


def _require_room(into: Path, free: Callable[[Path], int]) -> None:
    root = Path(settings.MEDIA_ROOT)
    files = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) if root.is_dir() else 0
    needed = files + database.size() // 2 + _SLACK
    if free(into) < needed:
        raise BackupProblem(
            f"There is not enough room at {into}: about {needed // 2**20} MB are needed, {free(into) // 2**20} MB are"
            " free. Nothing was made; make room or name another folder."
        )


def _keep_ledger_beside(into: Path) -> None:
    """The file of erasures lies beside these backups too, even if it is empty: a restore asks for it."""
    own, beside = erasure_ledger.path(), into / erasure_ledger.FILE
    lines = list(erasure_ledger.read(own)) if own.exists() else []
    if own.resolve() == beside.resolve():
        erasure_ledger.append(own, [])
        return
    known = {line["id"] for line in erasure_ledger.read(beside)} if beside.exists() else set()
    erasure_ledger.append(beside, [line for line in lines if line["id"] not in known])


def _sweep_drafts(into: Path) -> None:
    for folder in into.glob(f"{_DRAFT}*"):
        if clock.now().timestamp() - folder.stat().st_mtime > 86400:
            shutil.rmtree(folder, ignore_errors=True)
