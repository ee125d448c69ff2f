"""What the demo's shops have said and done for them: saved replies, macros, procedures, bulletins and rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automation import playbook
from automation.models import PlaybookItem
from kernel.tenancy import enter
from tenants.models import Tenant

_TEXTS = Path(__file__).with_name("playbooks")
Kind = PlaybookItem.Kind


def write_playbooks(shops: Mapping[str, Tenant]) -> None:
    """Once for each shop; one that has written anything itself stays as it is."""
    for slug, shop in shops.items():
        file = _TEXTS / f"{slug}.json"
        with enter(shop):
            if file.exists() and not PlaybookItem.objects.exists():
                _write(shop, json.loads(file.read_text(encoding="utf-8")))


def _write(shop: Tenant, texts: Mapping[str, Any]) -> None:
    for name, given in texts["replies"].items():
        said = {language: text for language, text in given.items() if language != "as_is"}
        _add(Kind.REPLY, name, {"texts": said, "as_is": given.get("as_is", False)})
    for name, actions in texts["macros"].items():
        _add(Kind.MACRO, name, {"actions": actions})
    for name, body in texts["procedures"].items():
        _add(Kind.PROCEDURE, name, body)
    for name, text in texts["bulletins"].items():
        _add(Kind.BULLETIN, name, {"text": text, "until": ""})
    _add(Kind.RULES, "Rules", {**texts["rules"], "tone": shop.tone})


def _add(kind: str, name: str, body: Mapping[str, Any]) -> None:
    playbook.write(person=None, kind=kind, name=name, body=body)
