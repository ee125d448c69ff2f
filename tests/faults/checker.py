"""The ten invariants, over what the clients wrote down and what the database holds. Pure: no clock, no connection.

Order is owed where the sender saw one message acknowledged before it began to send the next; an outcome that the sender
could not see leaves both possibilities open. A violation carries the time of what it is about, so that it can be laid
beside the fault that came before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.faults.dump import Dump, Row
from tests.faults.history import Event

INVARIANTS = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10")
TO_SHOPPERS = ("in", "out")


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str
    words: str
    t: float | None = None

    def __str__(self) -> str:
        return f"{self.invariant}: {self.words}"


@dataclass
class Case:
    """Both sides, put in order once. offset: monotonic time + offset = the database's time."""

    events: list[Event]
    dump: Dump
    offset: float = 0.0
    by_what: dict[str, list[Event]] = field(init=False)
    by_key: dict[str, list[Row]] = field(init=False)
    talks: dict[str, list[Row]] = field(init=False)
    agents: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.by_what, self.by_key, self.talks = defaultdict(list), defaultdict(list), defaultdict(list)
        self.agents = {event["agent"] for event in self.events if "agent" in event}
        for event in self.events:
            self.by_what[event["what"]].append(event)
        for row in self.dump["messages"]:
            self.talks[row["conversation_id"]].append(row)
            if key := key_of(row["text"]):
                self.by_key[key].append(row)
        for rows in self.talks.values():
            rows.sort(key=lambda row: int(row["seq"]))

    def first(self, what: str) -> dict[str, Event]:
        """The first event of a kind for each key."""
        found: dict[str, Event] = {}
        for event in self.by_what[what]:
            found.setdefault(event["key"], event)
        return found


def key_of(text: str) -> str:
    """The key in the brackets that every message of the load begins with."""
    return text[1:].partition("]")[0] if text.startswith("[") else ""


def check(events: list[Event], dump: Dump, *, offset: float = 0.0) -> list[Violation]:
    """All violations; none is the aim."""
    from tests.faults import checks_of_messages, checks_of_work

    case = Case(events, dump, offset)
    checks: tuple[Callable[[Case], Iterator[Violation]], ...] = (
        *checks_of_messages.CHECKS,
        *checks_of_work.CHECKS,
    )
    return [violation for each in checks for violation in each(case)]


def count(violations: list[Violation]) -> dict[str, int]:
    found = Counter(violation.invariant for violation in violations)
    return {name: found[name] for name in INVARIANTS}
