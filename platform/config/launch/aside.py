"""A program that runs once beside the others and tells how far it is; it may be ended at any time."""

import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from config.launch import processes
from config.launch.processes import Program


class Aside:
    """Started from the thread that lives longest; its lines are told by another, as they come."""

    def __init__(
        self, program: Program, log: Path, *, tell: Callable[[str], object], done: Callable[[], object]
    ) -> None:
        """tell: hears each line. done: called once when the program has ended well."""
        self.program, self.log, self.tell, self.done = program, log, tell, done
        self._process = subprocess.Popen(
            program.argv,
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(program.stop_signal),
        )
        self._is_stopped = False
        self._listener = threading.Thread(target=self._listen, name=program.name, daemon=True)
        self._listener.start()

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    def wait(self, seconds: float) -> None:
        """Until it has ended and all was told, at most so long."""
        self._listener.join(seconds)

    def stop(self) -> None:
        """End it; what it has made until then stays."""
        self._is_stopped = True
        processes.stop(self._process, signum=signal.SIGTERM, grace=self.program.grace)
        self._listener.join(timeout=5)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self.log.open("w", encoding="utf-8") as kept:
            for raw in self._process.stdout:
                line = raw.decode("utf-8", "replace")
                kept.write(line)
                kept.flush()
                if line.startswith(f"{self.program.name}: ") and not self._is_stopped:
                    self.tell(line.strip())
        code = self._process.wait()
        if code == 0:
            self.done()
        elif not self._is_stopped:
            self.tell(f"{self.program.name} ended early (exit code {code}); the next start goes on. See {self.log}")
