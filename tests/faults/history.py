"""What each client did and saw, one JSON line an event, with the machine's monotonic time in seconds (``t``).

The clock is one for all processes of the machine, so histories of several processes can be put together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

Event = dict[str, Any]


class Journal:
    """One file of one process; events are kept in memory too, for the checker that runs in the same process."""

    def __init__(self, path: Path | None = None) -> None:
        self.events: list[Event] = []
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None

    def note(self, who: str, what: str, **fields: Any) -> Event:
        event = {"t": time.monotonic(), "who": who, "what": what, **fields}
        self.events.append(event)
        if self._file is not None:
            self._file.write(json.dumps(event) + "\n")
        return event

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def read(paths: Iterable[Path]) -> list[Event]:
    """The events of several journals, in the order of their time; a last line that was cut off is left out."""
    return sorted((event for path in paths for event in _lines(path)), key=lambda event: float(event["t"]))


def _lines(path: Path) -> Iterator[Event]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
