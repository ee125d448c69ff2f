"""The history checker proves itself, and the product keeps its promises while its parts are killed under load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("faults")]


@pytest.mark.timeout(400)
def test_the_checker_finds_each_of_twelve_planted_bugs_and_nothing_in_the_sound_product() -> None:
    done = _run("tests.faults.proof", patience=380)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert done.stdout.count("ok ") == 13


@pytest.mark.timeout(300)
def test_no_invariant_is_broken_by_faults_under_load(tmp_path: Path) -> None:
    load = ["--minutes", "1.2", "--shoppers", "40", "--agents", "8", "--shops", "3", "--think", "2"]
    done = _run("tests.faults", "--seed", "7", *load, "--folder", str(tmp_path), patience=280)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert found["violations"] == []
    assert found["acknowledged"] > 0
    assert found["faults"]


def _run(module: str, *arguments: str, patience: float) -> subprocess.CompletedProcess[str]:
    """On servers of its own: nothing of this test process is broken by it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = f"{settings.ROOT / 'platform'}:{settings.ROOT}"
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=settings.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
