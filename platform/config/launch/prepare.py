"""Bring the database up to this version of the code, in one Django start; called by `run`, as a process of its own.

    python -m config.launch.prepare COMMAND…

Each argument is one management command with its options. After each, a line `@done COMMAND` tells the launcher how far
it is. The output of `demo --describe` goes to the file named in DESCRIPTION_FILE.
"""

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

DONE = "@done "
DESCRIBE = "demo --describe"


def main(commands: Sequence[str]) -> int:
    """Run the management commands in turn; the first that fails ends it with a traceback."""
    import django
    from django.core.management import call_command

    django.setup()
    for command in commands:
        name, *options = shlex.split(command)
        if command == DESCRIBE:
            target = Path(os.environ["DESCRIPTION_FILE"])
            with target.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
                call_command(name, *options, stdout=file)
        else:
            call_command(name, *options)
        print(f"{DONE}{command}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
