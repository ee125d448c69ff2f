"""What a backup says of itself: versions, time, rows, and a hash of each part."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel.access import declares, system
from tenants.template import current_keys

FORM = 1
NAME = "manifest.json"
DATABASE, MEDIA = "database.dump", "media.tar"
_CHUNK = 1024 * 1024


class BackupProblem(Exception):
    """A backup that cannot be made or restored; the message says what is the matter and what to do."""


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def part(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


@declares("storage", system(opens="client", by="rows", why="a backup, in a folder of the machine's owner"))
def write(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest and its own hash beside it."""
    text = json.dumps(manifest, indent=1, sort_keys=True, default=str)
    (folder / NAME).write_text(text, encoding="utf-8")
    (folder / f"{NAME}.sha256").write_text(hashlib.sha256(text.encode()).hexdigest() + f"  {NAME}\n", encoding="ascii")


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a whole backup, its own hash checked; BackupProblem for anything else."""
    try:
        raw = (folder / NAME).read_bytes()
        told = (folder / f"{NAME}.sha256").read_text(encoding="ascii").split()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise BackupProblem(
            f"{folder} is no backup: it lacks {NAME} or its hash. Name a folder made by make backup."
        ) from error
    if hashlib.sha256(raw).hexdigest() != told:
        raise BackupProblem(f"{folder / NAME} was changed or is damaged: its hash is another. Use another backup.")
    manifest: dict[str, Any] = json.loads(raw)
    if manifest.get("form") != FORM:
        raise BackupProblem(f"{folder} is a backup of form {manifest.get('form')}; this version reads form {FORM}.")
    return manifest


def check_parts(folder: Path, manifest: dict[str, Any]) -> None:
    """Each part is there and has its hash; BackupProblem names the first that has not."""
    for name, told in manifest["parts"].items():
        path = folder / name
        if not path.is_file():
            raise BackupProblem(f"{path} is missing; this backup cannot be restored. Use another one.")
        if path.stat().st_size != told["bytes"] or sha256_of(path) != told["sha256"]:
            raise BackupProblem(f"{path} is damaged: size or hash differ from the manifest's. Use another backup.")


def check_version(manifest: dict[str, Any], server_version: int) -> None:
    """This code and this PostgreSQL can read it: nothing in it is newer than they are."""
    unknown = sorted(set(manifest["migrations"]) - set(migrations()))
    if unknown:
        raise BackupProblem(
            f"The backup was made by version {manifest['product']}, which has migrations that this version"
            f" ({product()}) lacks: {', '.join(unknown[:5])}. Restore it with that version or a later one."
        )
    if manifest["postgres"] // 10000 > server_version // 10000:
        raise BackupProblem(
            f"The backup was made with PostgreSQL {manifest['postgres'] // 10000}; this is"
            f" {server_version // 10000}, which is older. Restore it with that version or a later one."
        )


def migrations() -> list[str]:
    return [f"{app}.{name}" for app, name in current_keys()]


def product() -> str:
    found = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(found["project"]["version"])


def key_fingerprint() -> str:
    """Tells whether the signing key is the same, and nothing else about it."""
    return hashlib.sha256(b"centralita backup\n" + settings.SECRET_KEY.encode()).hexdigest()[:16]
