from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conversations.webhook import forget_lines


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Files of a test go to its own folder, rates are never reached, lines are looked up afresh."""
    if "live_stack" not in request.fixturenames:
        settings.MEDIA_ROOT = tmp_path / "media"
    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 1_000_000)
    forget_lines()
    yield
    forget_lines()
