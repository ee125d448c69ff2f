#!/usr/bin/env python
"""Django's command line, with platform/ as a source root."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import CommandError

    from config.declared import DeclaredCommands

    try:
        DeclaredCommands(sys.argv).execute()
    except CommandError as error:
        sys.exit(f"CommandError: {error}")


if __name__ == "__main__":
    main()
