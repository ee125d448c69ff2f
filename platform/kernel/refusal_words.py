"""Refusals in the reader's language: by their code, and where one code has several meanings by how the English begins.

English is what the code says itself (``kernel.errors``). A reason for a field is worded by its pattern; one that is
not known stays in English, since a reason that can be read beats none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation.trans_real import parse_accept_lang_header

_TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("en", "es")


def in_language_of(accepted: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """``{"code", "message", "fields"?}`` as the ``Accept-Language`` wants it; as it is where no words are known."""
    found = dict(body)
    if _language(accepted) != "es":
        return found
    found["message"] = _message(str(body.get("code", "")), str(body.get("message", "")))
    if body.get("fields"):
        found["fields"] = {name: _reason(str(reason)) for name, reason in body["fields"].items()}
    return found


def codes() -> frozenset[str]:
    """Those that have words."""
    return frozenset(code for code in _words() if not code.startswith("_"))


def _language(accepted: str) -> str:
    wanted = (code.split("-")[0] for code, _ in parse_accept_lang_header(accepted))
    return next((code for code in wanted if code in LANGUAGES), "en")


def _message(code: str, english: str) -> str:
    words = _words().get(code, english)
    if isinstance(words, str):
        return words
    fitting = [beginning for beginning in words if english.startswith(beginning)]
    return str(words[max(fitting, key=len)])


def _reason(english: str) -> str:
    for pattern, words in _reasons():
        if found := pattern.fullmatch(english):
            return words.format(*found.groups())
    return english


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_TEXTS / "refusals_es.json").read_text("utf-8"))
    return found


@lru_cache(maxsize=1)
def _reasons() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), words) for pattern, words in _words()["_reasons"]]
