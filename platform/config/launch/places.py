"""Where the launcher keeps what it makes."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

MARKER = ".centralita-servers"


def repository_root() -> Path:
    """The folder of the clone: the one that holds `platform/`."""
    return Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Places:
    """The folders of one clone: `run` inside it, `shelter` outside for servers that may not enter the clone."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / ".run"

    @property
    def log(self) -> Path:
        return self.run / "log"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def shelter(self) -> Path:
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path("/var/lib") / f"centralita-{digest}"

    def make_run(self) -> None:
        """Make `.run/` passable for the servers' own user, but not listable."""
        self.log.mkdir(parents=True, exist_ok=True)
        os.chmod(self.run, 0o711)
        os.chmod(self.log, 0o700)

    def make_shelter(self) -> Path:
        """Make the folder outside the clone, marked as ours so that a reset may delete it."""
        self.shelter.mkdir(parents=True, exist_ok=True)
        os.chmod(self.shelter, 0o755)
        (self.shelter / MARKER).write_text(f"{self.root}\n", encoding="utf-8")
        return self.shelter


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, never readable by others even for a moment."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
