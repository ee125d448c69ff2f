"""A volume that may be filled, in a mount namespace of its own: it is gone with the process, however that ends."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

NEW_MOUNTS = 0x00020000


MEGABYTES = 4096


def small_disk(folder: Path, megabytes: int = MEGABYTES) -> bool:
    """Put a file system of this size on a folder, seen by this process and its children alone; False if not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(NEW_MOUNTS) != 0:
        return False
    own = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)
    size = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", str(folder)]
    return own.returncode == 0 and subprocess.run(size, capture_output=True, check=False).returncode == 0


def leave_no_room(folder: Path) -> None:
    """The volume is as large as what lies on it. At once, where a file that fills it would take minutes."""
    told = os.statvfs(folder)
    _resize(folder, f"{(told.f_blocks - told.f_bfree) * told.f_frsize // 1024 + 64}k")


def give_room(folder: Path) -> None:
    _resize(folder, f"{MEGABYTES}m")


def _resize(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], capture_output=True, check=True)
