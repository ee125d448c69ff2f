"""What a version of a playbook item may hold, by kind: read with every fault named by its field. Pure.

reply: ``{"texts": {language: text}, "as_is": bool}`` · macro: ``{"actions": [...]}`` (``automation.decide``) ·
procedure: ``{"when": text, "steps": [{"title", "text"}]}`` · bulletin: ``{"text", "until": "2026-12-31" or ""}`` ·
rules: ``{"tone", "returns", "grants": [{"what", "up_to", "beyond"}]}``
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from automation.decide import checked_actions
from automation.faults import Faulty
from automation.filling import unknown_variables

NAME_MAX = 120
TEXT_MAX = 6_000
STEPS_MAX = 30
GRANTS_MAX = 20
BEYOND = ("lead", "client", "nobody")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")
Json = dict[str, Any]


def checked_name(name: object) -> str:
    """Raises Faulty."""
    text = " ".join(name.split()) if isinstance(name, str) else ""
    if not text or len(text) > NAME_MAX:
        raise Faulty({"name": f"A name of 1 to {NAME_MAX} characters."})
    return text


def checked_body(kind: str, body: object) -> Json:
    """The body as it is kept; raises Faulty."""
    given = body if isinstance(body, Mapping) else {}
    readers = {"reply": _reply, "macro": _macro, "procedure": _procedure, "bulletin": _bulletin, "rules": _rules}
    return readers[kind](given)


def _reply(body: Mapping[str, Any]) -> Json:
    return {"texts": texts_of(body.get("texts"), "texts"), "as_is": body.get("as_is") is True}


def _macro(body: Mapping[str, Any]) -> Json:
    actions = checked_actions(body.get("actions"))
    for place, action in enumerate(actions):
        if action["do"] == "reply":
            action["texts"] = texts_of(action["texts"], f"actions.{place}.texts")
    return {"actions": actions}


def texts_of(texts: object, field: str) -> dict[str, str]:
    """At least one text, each in a language, with no variable that is not ours."""
    given = texts if isinstance(texts, Mapping) else {}
    kept: dict[str, str] = {}
    for language, text in given.items():
        where = f"{field}.{language}"
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise Faulty({field: "Languages are codes such as it or pt."})
        said = _text(text, where)
        if not said:
            continue
        if unknown := unknown_variables(said):
            raise Faulty({where: f"There is no variable {{{{{unknown[0]}}}}}."})
        kept[language] = said
    if not kept:
        raise Faulty({field: "Write it in at least one language."})
    return kept


def _procedure(body: Mapping[str, Any]) -> Json:
    steps = body.get("steps")
    given = steps if isinstance(steps, Sequence) and not isinstance(steps, str) else []
    kept = [
        {"title": _line(_get(step, "title"), f"steps.{place}.title"), "text": _text(_get(step, "text"), "steps")}
        for place, step in enumerate(given)
    ]
    kept = [step for step in kept if step["title"]]
    if not 0 < len(kept) <= STEPS_MAX:
        raise Faulty({"steps": f"1 to {STEPS_MAX} steps, each with a title."})
    return {"when": _text(body.get("when"), "when"), "steps": kept}


def _bulletin(body: Mapping[str, Any]) -> Json:
    text, until = _text(body.get("text"), "text"), body.get("until") or ""
    if not text:
        raise Faulty({"text": "Say what there is to know."})
    if until:
        try:
            until = date.fromisoformat(str(until)).isoformat()
        except ValueError as error:
            raise Faulty({"until": "A day such as 2026-12-31, or nothing."}) from error
    return {"text": text, "until": until}


def _rules(body: Mapping[str, Any]) -> Json:
    rows = body.get("grants")
    given = rows if isinstance(rows, Sequence) and not isinstance(rows, str) else []
    if len(given) > GRANTS_MAX:
        raise Faulty({"grants": f"At most {GRANTS_MAX} lines."})
    grants = [_grant(row, place) for place, row in enumerate(given)]
    return {
        "tone": _text(body.get("tone"), "tone"),
        "returns": _text(body.get("returns"), "returns"),
        "grants": [grant for grant in grants if grant["what"]],
    }


def _grant(row: object, place: int) -> Json:
    what, up_to, beyond = _line(_get(row, "what"), f"grants.{place}.what"), _get(row, "up_to"), _get(row, "beyond")
    text = str(up_to or "").strip().replace(",", ".")
    if text:
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise Faulty({f"grants.{place}.up_to": "An amount such as 40 or 12.50."}) from error
        if not (amount.is_finite() and 0 <= amount < 1_000_000):
            raise Faulty({f"grants.{place}.up_to": "An amount from 0 to 999,999."})
        text = format(amount.normalize(), "f")
    return {"what": what, "up_to": text, "beyond": beyond if beyond in BEYOND else "lead"}


def _get(row: object, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else None


def _line(text: object, field: str) -> str:
    said = " ".join(text.split()) if isinstance(text, str) else ""
    if len(said) > 200:
        raise Faulty({field: "At most 200 characters."})
    return said


def _text(text: object, field: str) -> str:
    said = text.replace("\r\n", "\n").replace("\0", "").strip() if isinstance(text, str) else ""
    if len(said) > TEXT_MAX:
        raise Faulty({field: f"At most {TEXT_MAX:,} characters."})
    return said
