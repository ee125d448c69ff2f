"""What a browser has to load before anything can be done, gzipped."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

KB = 1024
# ``from"./x.js"`` and ``import"./x.js"``: loaded before a line of the module runs; ``import("./x.js")`` is not.
_STATIC = re.compile(r"""(?:from|import)\s*["'`]\.?/?(?:assets/)?([\w.-]+\.js)["'`]""")


@pytest.fixture
def dist() -> Path:
    folder = Path(settings.FRONTEND_DIST)
    if not (folder / "console.html").exists():
        pytest.fail("frontend/dist is missing; `make build` makes it")
    return folder


def weigh(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def loaded_with(*entries: Path) -> set[Path]:
    """The files and all that they import at once."""
    found: set[Path] = set()
    ahead = list(entries)
    while ahead:
        file = ahead.pop()
        if file not in found:
            found.add(file)
            ahead += [file.parent / name for name in _STATIC.findall(file.read_text(encoding="utf-8"))]
    return found


def test_the_console_starts_with_180_kb_of_javascript(dist: Path) -> None:
    page = (dist / "console.html").read_text(encoding="utf-8")
    [entry] = re.findall(r'<script type="module"[^>]* src="/assets/([\w.-]+)"', page)
    first = loaded_with(dist / "assets" / entry)
    ahead = set(re.findall(r'rel="modulepreload"[^>]* href="/assets/([\w.-]+)"', page))
    assert ahead <= {file.name for file in first}, "what the page asks for ahead is what its script imports"
    source = (dist / "assets" / entry).read_text(encoding="utf-8")
    in_words = [
        [dist / "assets" / name for name in re.findall(rf"import\([\"'`]\./({code}-[\w-]+\.js)[\"'`]\)", source)]
        for code in ("en", "es")
    ]
    assert all(in_words), "the console's words come apart, one language at a time"
    heaviest = max(weigh(*(loaded_with(*files) - first)) for files in in_words)
    assert weigh(*first) + heaviest <= 180 * KB


def test_the_widget_is_a_loader_of_2_kb_and_an_app_of_20(dist: Path) -> None:
    loader = dist / "widget.js"
    assert loaded_with(loader) == {loader}
    assert weigh(loader) <= 2 * KB
    [app] = re.findall(r"import\([\"'`]\./assets/([\w.-]+\.js)[\"'`]\)", loader.read_text(encoding="utf-8"))
    assert weigh(*loaded_with(dist / "assets" / app)) <= 20 * KB
