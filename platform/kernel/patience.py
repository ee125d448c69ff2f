"""What is away is not asked again by every caller: one time-out is paid, not one for each."""

from __future__ import annotations

import time


class Patience:
    """After a failure, ``is_spent`` for some seconds. Shared by threads; a race costs one try more."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0

    def is_spent(self) -> bool:
        return time.monotonic() < self._until

    def lose(self) -> None:
        self._until = time.monotonic() + self.seconds

    def regain(self) -> None:
        self._until = 0.0
