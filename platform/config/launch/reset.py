"""`make reset`: delete the demo's data, after making sure that nothing works on them.

python -m config.launch.reset
"""

import shutil
import sys

from config.launch.lock import AlreadyRunning, hold_clone
from config.launch.places import MARKER, Places, repository_root


def reset(places: Places) -> list[str]:
    """Delete what the launcher made for this clone; returns the folders deleted. AlreadyRunning when in use."""
    deleted: list[str] = []
    with hold_clone(places):
        # Only a folder that carries our mark: the path is computed, and a mistake would be expensive.
        if (places.shelter / MARKER).exists():
            shutil.rmtree(places.shelter)
            deleted.append(str(places.shelter))
        shutil.rmtree(places.run)
        deleted.append(str(places.run))
    return deleted


def main() -> int:
    """Reset the clone that this file belongs to."""
    places = Places(repository_root())
    if not places.run.exists() and not places.shelter.exists():
        print("Nothing to delete.")
        return 0
    try:
        for folder in reset(places):
            print(f"Deleted {folder}")
    except AlreadyRunning as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
