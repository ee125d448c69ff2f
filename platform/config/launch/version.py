"""Whether the database already carries this version of the code."""

import hashlib
import os
from pathlib import Path, PurePath

CODE_FOLDERS = ("platform", "tenants", "routing", "sla_contracts", "billing", "quality")
SKIPPED_FOLDERS = {"node_modules", "__pycache__", ".git"}


def code_version(root: Path) -> str:
    """A hash of everything that decides what migrating and seeding would do."""
    files = [path for folder in CODE_FOLDERS for path in files_below(root / folder)]
    return hash_files(root, [path for path in files if _decides(path.relative_to(root))] + [root / "uv.lock"])


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, in a fixed order, leaving out what tools generate."""
    found: list[Path] = []
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        found += [Path(current, name) for name in sorted(files)]
    return found


def hash_files(root: Path, paths: list[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _decides(path: PurePath) -> bool:
    return (
        bool({"migrations", "management"} & set(path.parts))
        or path.suffix == ".sql"
        or any("demo" in part or "onboard" in part for part in path.parts)
        or path.name == "settings.py"
    )
