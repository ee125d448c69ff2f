"""Build the front end with the Node.js that PyPI brings."""

import json
import os
import threading
from pathlib import Path

from config.launch.lock import one_installation
from config.launch.places import Places
from config.launch.quiet import InstallFailed, Progress, run_quietly
from config.launch.version import files_below, hash_files

GENERATED = {"node_modules", "dist"}


def build_frontend(places: Places, progress: Progress) -> None:
    """`npm ci` when the lock file changed, `npm run build` when a source changed; else nothing."""
    frontend = places.root / "frontend"
    if not (frontend / "package.json").exists():
        progress.say("front end: frontend/package.json does not exist yet, so nothing is built")
        return
    lock = frontend / "package-lock.json"
    if not lock.exists():
        raise InstallFailed("frontend/package-lock.json is missing; make it with .venv/bin/npm install in frontend/.")
    stamp = frontend / "node_modules" / ".centralita.json"
    known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    packages = hash_files(places.root, [frontend / "package.json", lock])
    sources = hash_files(places.root, _sources(frontend))
    if known.get("packages") != packages:
        _npm("front end: packages", ["ci", "--no-audit", "--no-fund"], places, progress)
        known = {"packages": packages}
        stamp.write_text(json.dumps(known), encoding="utf-8")
    if known.get("sources") != sources or not (frontend / "dist").exists():
        _npm("front end: build", ["run", "build"], places, progress)
        # Hashed again: a build may write generated sources, which must not count as a change next time.
        known = {"packages": packages, "sources": hash_files(places.root, _sources(frontend))}
        stamp.write_text(json.dumps(known), encoding="utf-8")


def _sources(frontend: Path) -> list[Path]:
    return [path for path in files_below(frontend) if not GENERATED & set(path.relative_to(frontend).parts)]


def _npm(label: str, arguments: list[str], places: Places, progress: Progress) -> None:
    programs = places.root / ".venv" / "bin"
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PYTHONPATH": "platform:.",
        "CI": "1",
        "NODE_USE_SYSTEM_CA": "1",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    log = places.log / f"install-npm-{arguments[0]}.log"
    argv = [str(programs / "npm"), *arguments]
    run_quietly(progress, label, argv, log=log, folder=places.root / "frontend", environment=environment)


class Building:
    """The build on a thread of its own, while the servers come up."""

    def __init__(self, places: Places, progress: Progress) -> None:
        self._places, self._progress = places, progress
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._build, name="front end", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until it is there; InstallFailed when it could not be built."""
        while self._thread.is_alive():
            self._thread.join(0.2)
        if self._failure is not None:
            raise self._failure

    def _build(self) -> None:
        try:
            with one_installation(self._places, self._progress):
                build_frontend(self._places, self._progress)
        except BaseException as failure:
            self._failure = failure
