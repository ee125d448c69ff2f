"""Does what the dispatcher does, or the sweep of the clocks, and kills itself at the n-th point.

A point is before or after a statement, a commit, a ring.

``python -m tests.routing.dying`` reads "<what> <point>" lines, does each in a process of its own, and answers with the
number of points passed if it lived, or "killed".
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import django

MOST = 255  # what an exit code can say


class Fuse:
    """Counts the points passed; at ``deadly`` the process is gone, without a word."""

    def __init__(self, deadly: int) -> None:
        self.deadly, self.passed = deadly, 0

    def pass_by(self) -> None:
        if self.passed == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def around(self, holder: Any, name: str) -> None:
        sound = getattr(holder, name)

        @wraps(sound)
        def step(*args: Any, **kwargs: Any) -> Any:
            self.pass_by()
            answer = sound(*args, **kwargs)
            self.pass_by()
            return answer

        setattr(holder, name, step)

    def execute(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.pass_by()
        answer = execute(*rest)
        self.pass_by()
        return answer


def do(what: str, fuse: Fuse) -> None:
    from django.db import connection

    from kernel import clock, live, statements
    from routing.dispatcher.board import Board
    from routing.dispatcher.loop import decide_round
    from routing.dispatcher.timers import Timers
    from sla_contracts import timers as due_clocks

    board = Board()
    board.load_all()
    # From here on: every statement of either kind, every commit, every doorbell.
    fuse.around(statements, "_execute")
    fuse.around(statements, "_ask")
    fuse.around(connection, "_commit")
    fuse.around(live, "_publish")
    connection.execute_wrappers.append(fuse.execute)
    if what == "round":
        decide_round(board)
    elif what == "sweep":
        now = clock.now()
        due_clocks.sweep(now)
        due_clocks.tell_due(now)
    else:
        timers = Timers(board)
        for _ in range(20):
            timers.run()


def main() -> None:
    django.setup()
    import routing.dispatcher.loop  # noqa: F401  loaded once, not by each child

    for line in sys.stdin:
        what, point = line.split()
        child = os.fork()
        if child == 0:
            code = 254
            try:
                fuse = Fuse(int(point))
                do(what, fuse)
                code = min(fuse.passed, 250)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


if __name__ == "__main__":
    main()
