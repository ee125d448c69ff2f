"""What runs once beside the product tells how far it is, and is ended without a fuss."""

import signal
import sys
import threading
from pathlib import Path

from config.launch.aside import Aside
from config.launch.processes import Program

TELLS = "print('demo: half', flush=True); print('noise', flush=True); print('demo: whole', flush=True)"
WAITS = "print('demo: begun', flush=True); import time; time.sleep(600)"
FAILS = "print('demo: begun', flush=True); raise SystemExit(3)"


class Heard:
    """What was told; ``is_done``: it ended well."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_done = False
        self.spoke = threading.Event()

    def tell(self, line: str) -> None:
        self.lines.append(line)
        self.spoke.set()

    def done(self) -> None:
        self.is_done = True


def start(code: str, folder: Path) -> tuple[Aside, Heard]:
    heard = Heard()
    program = Program("demo", [sys.executable, "-c", code], folder=folder)
    return Aside(program, folder / "demo.log", tell=heard.tell, done=heard.done), heard


def test_its_own_lines_are_told_and_all_are_kept(tmp_path: Path) -> None:
    aside, heard = start(TELLS, tmp_path)
    aside.wait(30)
    assert heard.lines == ["demo: half", "demo: whole"]
    assert heard.is_done
    assert (tmp_path / "demo.log").read_text().splitlines() == ["demo: half", "noise", "demo: whole"]


def test_ended_by_the_launcher_it_says_nothing_more(tmp_path: Path) -> None:
    aside, heard = start(WAITS, tmp_path)
    assert heard.spoke.wait(30)
    aside.stop()
    assert heard.lines == ["demo: begun"]
    assert not heard.is_done
    assert aside.returncode == -signal.SIGTERM


def test_a_failure_is_told_with_the_place_of_its_log(tmp_path: Path) -> None:
    aside, heard = start(FAILS, tmp_path)
    aside.wait(30)
    assert not heard.is_done
    assert "exit code 3" in heard.lines[-1]
    assert str(tmp_path / "demo.log") in heard.lines[-1]
