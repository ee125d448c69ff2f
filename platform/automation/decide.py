"""What a macro does, in which order, and what stands against it just now. Pure.

Actions: ``reply`` (texts by language; wait: for the customer afterwards; as_is: may leave unchanged), ``note`` (text),
and at most one that ends the work in hand, as the last: ``put_off`` (hours), ``transfer`` (queue or skill, by code),
``close`` (reason, by code).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.faults import Faulty

ACTIONS = ("reply", "note", "put_off", "transfer", "close")
ENDS = ("put_off", "transfer", "close")
ACTIONS_MAX = 6
PUT_OFF_HOURS_MAX = 30 * 24
NOTE_MAX = 4000
Action = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is at this client now: codes of contact reasons, queues and skills."""

    reasons: frozenset[str]
    queues: frozenset[str]
    skills: frozenset[str]


def checked_actions(given: object) -> list[Action]:
    """The actions as they are kept (texts of replies as given); raises Faulty."""
    rows = given if isinstance(given, Sequence) and not isinstance(given, str) else []
    if not 0 < len(rows) <= ACTIONS_MAX:
        raise Faulty({"actions": f"1 to {ACTIONS_MAX} actions."})
    actions = [_checked(row, place) for place, row in enumerate(rows)]
    kinds = [action["do"] for action in actions]
    if any(kind in ENDS for kind in kinds[:-1]):
        raise Faulty({"actions": "What ends the work comes last, and once."})
    if kinds.count("reply") > 1:
        raise Faulty({"actions": "One reply at most: the customer reads one message."})
    if kinds[-1] == "put_off" and any(action.get("wait") for action in actions):
        raise Faulty({"actions": "Wait for the customer or put it off, not both."})
    return actions


def objections(actions: Sequence[Action], facts: Facts) -> list[str]:
    """What stands against running them now: ``reason_gone``, ``queue_gone``, ``skill_gone``; in the order of actions.

    A macro is kept as it was written; the client's reasons and queues go on changing.
    """
    against = []
    for action in actions:
        if action["do"] == "close" and action["reason"] not in facts.reasons:
            against.append("reason_gone")
        if action["do"] == "transfer" and action["queue"] and action["queue"] not in facts.queues:
            against.append("queue_gone")
        if action["do"] == "transfer" and action["skill"] and action["skill"] not in facts.skills:
            against.append("skill_gone")
    return against


def _checked(row: object, place: int) -> Action:
    action = row if isinstance(row, Mapping) else {}
    match action.get("do"):
        case "reply":
            return {
                "do": "reply",
                "texts": action.get("texts"),
                "wait": action.get("wait") is True,
                "as_is": action.get("as_is") is True,
            }
        case "note":
            text = _said(action.get("text"))
            if not 0 < len(text) <= NOTE_MAX:
                raise Faulty({f"actions.{place}.text": "Write the note."})
            return {"do": "note", "text": text}
        case "put_off":
            return {"do": "put_off", "hours": _hours(action.get("hours"), place)}
        case "transfer":
            queue, skill = _said(action.get("queue")), _said(action.get("skill"))
            if bool(queue) == bool(skill):
                raise Faulty({f"actions.{place}.queue": "To a queue, or to whoever has a skill."})
            return {"do": "transfer", "queue": queue, "skill": skill}
        case "close":
            reason = _said(action.get("reason"))
            if not reason:
                raise Faulty({f"actions.{place}.reason": "Choose a contact reason."})
            return {"do": "close", "reason": reason}
    raise Faulty({f"actions.{place}.do": f"One of {', '.join(ACTIONS)}."})


def _hours(given: object, place: int) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= PUT_OFF_HOURS_MAX:
        return given
    raise Faulty({f"actions.{place}.hours": f"1 to {PUT_OFF_HOURS_MAX} hours."})


def _said(text: object) -> str:
    return text.strip() if isinstance(text, str) else ""
