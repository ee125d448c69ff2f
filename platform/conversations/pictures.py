"""Pictures are drawn anew in a child process with limits: what a decoder may be made to do happens there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from conversations.redraw import BROKEN, DRAWN_AS, TOO_LARGE

PIXELS_MAX = 20_000_000
MEMORY_MAX = 640 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 20.0
# Two at a time in this process: uploads must not take the machine away from those who write.
_turns = threading.BoundedSemaphore(2)
_PROGRAM = str(Path(__file__).with_name("redraw.py"))


@dataclass(frozen=True, slots=True)
class Drawn:
    content: bytes
    content_type: str
    ending: str


def can_be_drawn(content_type: str) -> bool:
    return content_type in DRAWN_AS


def draw_anew(
    content: bytes, content_type: str, *, within: float = WALL_SECONDS, fit: tuple[int, int] | None = None
) -> Drawn | str:
    """The picture from its pixels alone, or why not: ``image_too_large`` or ``image_broken``.

    fit: the most pixels that it may be wide and high; a larger one is made smaller.
    """
    limits = (str(PIXELS_MAX), str(MEMORY_MAX), str(CPU_SECONDS))
    # Isolated (no PYTHON* variables, no user site), and without our environment, which holds secrets.
    command = [sys.executable, "-I", _PROGRAM, content_type, *limits, *map(str, fit or ())]
    if within <= 0 or not _turns.acquire(timeout=within):
        return "image_too_large"
    try:
        child = subprocess.run(
            command, input=content, capture_output=True, timeout=within, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        return "image_too_large"
    finally:
        _turns.release()
    if child.returncode == 0:
        head, _, drawn = child.stdout.partition(b"\n")
        said = json.loads(head)
        return Drawn(drawn, said["content_type"], said["ending"])
    # Killed, or out of memory in a decoder that did not say so: a limit was reached.
    is_limit = child.returncode == TOO_LARGE or child.returncode < 0
    return "image_too_large" if is_limit or child.returncode != BROKEN else "image_broken"
