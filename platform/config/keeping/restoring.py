"""Restore a backup into an empty database and folder, erase again what was erased since, and check everything."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config.keeping import database, manifest, programs
from config.keeping.manifest import DATABASE, MEDIA, BackupProblem
from conversations.models import Attachment
from desk import closing, erasing
from kernel.access import declares, system
from kernel.tenancy import enter
from sla_contracts.checking import check_clocks
from tenants import erasure_ledger, roles
from tenants.models import ErasureEntry, Tenant

Say = Callable[[str], object]
NO_LEDGER = "none"


@dataclass
class Restored:
    """What was done: rows and files put back, erasures done again, clocks that agree with their ledger."""

    rows: int
    files: int
    erased_again: int
    clocks: int
    warnings: list[str]


def check(folder: Path, *, free: Callable[[Path], int] | None = None) -> dict[str, Any]:
    """The manifest of a backup that can be restored here and now; BackupProblem says why it cannot. Changes nothing."""
    told = manifest.read(folder)
    manifest.check_version(told, database.server_version())
    if not database.is_empty():
        raise BackupProblem(
            f"The database {programs.database_name()} holds data already. A backup is restored into an empty one;"
            " nothing was changed."
        )
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(media.iterdir()):
        raise BackupProblem(
            f"{media} holds files already. Name an empty folder (CENTRALITA_MEDIA); nothing was changed."
        )
    _require_room(told, media, free or (lambda path: shutil.disk_usage(path).free))
    manifest.check_parts(folder, told)
    return told


def restore(
    *, folder: Path, ledger: str = "", say: Say = lambda line: None, free: Callable[[Path], int] | None = None
) -> Restored:
    """Put everything back, bring it to this version, erase again, check. Raises BackupProblem.

    ledger: the file of erasures; the one beside the backup if empty, ``none`` where there were none since.
    """
    told = check(folder, free=free)
    lines = _lines(folder, ledger)
    warnings = []
    if told["key"] != manifest.key_fingerprint():
        warnings.append(
            "SECRET_KEY is another than the backup's: earlier reply addresses, case links and widget sessions are void."
        )
    say("database: restoring")
    # Rights name roles of where they are from, and extensions are somebody else's: ``raise_wall`` makes both anew.
    programs.run(
        "pg_restore", "--no-owner", "--no-acl", "--no-comments", "--exit-on-error", "--jobs=2",
        f"--dbname={programs.database_name()}", str(folder / DATABASE),
    )  # fmt: skip
    connection.close()
    _check_rows(told)
    say("files: restoring")
    files = _unpack(folder / MEDIA, told["files"])
    if told["migrations"] != manifest.migrations():
        call_command("migrate_all")
    roles.raise_wall(say=say)
    erased = _erase_again(lines, say)
    clocks = _check(told)
    return Restored(sum(told["rows"].values()), files, erased, clocks, warnings)


def _lines(folder: Path, ledger: str) -> list[dict[str, Any]]:
    if ledger == NO_LEDGER:
        return []
    file = Path(ledger) if ledger else folder.parent / erasure_ledger.FILE
    if not file.is_file():
        raise BackupProblem(
            f"{file} is missing: it says what was erased after this backup. Name it (ERASURES=file), or say"
            f" ERASURES={NO_LEDGER} if nothing was. Nothing was changed."
        )
    try:
        return list(erasure_ledger.read(file))
    except ValueError as error:
        raise BackupProblem(f"{error}. Mend that line first; nothing was changed.") from error


def _check_rows(told: dict[str, Any]) -> None:
    there = database.count_rows()
    wrong = {name: (count, there.get(name)) for name, count in told["rows"].items() if there.get(name) != count}
    if wrong:
        shown = ", ".join(f"{name} ({was} → {now})" for name, (was, now) in list(wrong.items())[:5])
        raise BackupProblem(f"Rows differ from the manifest's: {shown}. Do not use this database.")


@declares("storage", system(opens="attachment", by="rows", why="the files of a backup, back into their folders"))
def _unpack(archive: Path, hashes: dict[str, str]) -> int:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    left = dict(hashes)
    with tarfile.open(archive) as opened:
        for member in opened:
            if left.pop(member.name, None) is None or not member.isfile():
                raise BackupProblem(f"{archive} holds {member.name}, which the manifest does not name.")
            source = opened.extractfile(member)
            content = source.read() if source else b""
            if hashlib.sha256(content).hexdigest() != hashes[member.name]:
                raise BackupProblem(f"{member.name} in {archive} has another hash than the manifest says.")
            target = root / member.name
            if not target.resolve().is_relative_to(root.resolve()):
                raise BackupProblem(f"{member.name} in {archive} leads out of its folder.")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    if left:
        raise BackupProblem(f"{archive} lacks {len(left)} files that the manifest names, such as {next(iter(left))}.")
    return len(hashes)


def _erase_again(lines: Iterable[dict[str, Any]], say: Say) -> int:
    """What was erased after the backup is erased here too, before anybody sees it."""
    again = 0
    for line in lines:
        entry = erasure_ledger.adopt(line)
        if entry is None:
            continue
        if entry.kind == ErasureEntry.Kind.TENANT:
            closing.finish(entry)
        else:
            erasing.finish(entry, reapplied=True)
        again += 1
    for entry in ErasureEntry.objects.filter(done_at__isnull=True):
        if entry.kind == ErasureEntry.Kind.TENANT:
            closing.finish(entry)
        else:
            erasing.finish(entry)
        again += 1
    if again:
        say(f"{again} erasures made after the backup were made again")
    return again


def _check(told: dict[str, Any]) -> int:
    findings = check_clocks()
    if findings.wrong:
        raise BackupProblem(f"{len(findings.wrong)} of {findings.checked} clocks differ from their ledger.")
    missing = set(told["missing_files"])
    root = Path(settings.MEDIA_ROOT)
    for tenant in Tenant.objects.exclude(status=Tenant.Status.DELETED):
        with enter(tenant):
            ids = list(Attachment.objects.values_list("id", flat=True))
        for name in (f"{tenant.schema_name}/{file_id}" for file_id in ids):
            if name not in missing and not (root / name).is_file():
                raise BackupProblem(f"The file {name} is named by a row and was not restored.")
    return findings.checked


def _require_room(told: dict[str, Any], media: Path, free: Callable[[Path], int]) -> None:
    needed = int(told["parts"][MEDIA]["bytes"]) + int(told["database_bytes"] * 1.2)
    place = media
    while not place.exists():
        place = place.parent
    if free(place) < needed:
        raise BackupProblem(
            f"There is not enough room at {place}: about {needed // 2**20} MB are needed, {free(place) // 2**20} MB are"
            " free. Nothing was changed."
        )
