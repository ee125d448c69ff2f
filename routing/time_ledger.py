"""What an agent's presence went to, to the microsecond. Pure: no Django, no clock.

Work in hand at the same time shares each stretch of it equally; a pause goes before work, and work before wrap-up. The
microseconds that do not divide fall by their number since 1970: of k items, in the order of their ids, the j-th has
those that leave j when divided by k. So the parts of a range make up the range, however it is cut, and all shares
together are the presence, always.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WORK, WRAP_UP, IDLE = "work", "wrap_up", "idle"
OFFLINE, AVAILABLE = "offline", "available"
# In these states nobody works, whatever still lies in their hands: mail stays with its agent over lunch.
PAUSES = ("break", "training")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# (work, id of the item) · (wrap_up, id of the item) · (idle, "") · (a state, its reason)
Purpose = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spell:
    """A state from–until, in microseconds since 1970. The spells of one agent never overlap."""

    status: str
    reason: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Holding:
    """An item in an agent's hands: worked on from ``start``, wrapped up from ``wrap``, let go at ``end``."""

    item: str
    start: int
    wrap: int
    end: int


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant, exact."""
    return (at - _EPOCH) // _MICROSECOND


def presence(spells: Iterable[Spell], start: int, end: int) -> int:
    """How long the agent was there between ``start`` and ``end``, in whatever state but offline."""
    return sum(max(0, min(each.end, end) - max(each.start, start)) for each in spells if each.status != OFFLINE)


def apportion(spells: Iterable[Spell], holdings: Iterable[Holding], start: int, end: int) -> dict[Purpose, int]:
    """Purpose → microseconds of the presence between ``start`` and ``end``; their sum is ``presence``."""
    shares: dict[Purpose, int] = defaultdict(int)
    for a, b, spell, working, wrapping in _stretches(spells, holdings, start, end):
        for purpose, share in _split(a, b, spell, working, wrapping):
            shares[purpose] += share
    return {purpose: share for purpose, share in shares.items() if share}


def _stretches(
    spells: Iterable[Spell], holdings: Iterable[Holding], start: int, end: int
) -> Iterator[tuple[int, int, Spell, list[str], list[str]]]:
    """The range cut wherever anything changes, as far as the agent was there."""
    changes: dict[int, list[tuple[Counter[str], str, int]]] = defaultdict(list)
    working: Counter[str] = Counter()
    wrapping: Counter[str] = Counter()
    for held in holdings:
        wrap = min(max(held.wrap, held.start), held.end)
        for kept, since, until in ((working, held.start, wrap), (wrapping, wrap, held.end)):
            since, until = max(since, start), min(until, end)
            if since < until:
                changes[since].append((kept, held.item, 1))
                changes[until].append((kept, held.item, -1))
    here = [each for each in spells if each.status != OFFLINE and max(each.start, start) < min(each.end, end)]
    starts = {max(each.start, start): each for each in here}
    ends = {min(each.end, end) for each in here}
    spell: Spell | None = None
    before = start
    for at in sorted(changes.keys() | starts.keys() | ends):
        if spell is not None and before < at:
            # Handed on and back at once, an item may be told twice; it is one item.
            yield before, at, spell, sorted(+working), sorted(+wrapping)
        for kept, item, by in changes.get(at, ()):
            kept[item] += by
        spell = starts.get(at, None if at in ends else spell)
        before = at


def _split(a: int, b: int, spell: Spell, working: list[str], wrapping: list[str]) -> Iterator[tuple[Purpose, int]]:
    if spell.status in PAUSES:
        yield (spell.status, spell.reason), b - a
    elif working or wrapping:
        kind, items = (WORK, working) if working else (WRAP_UP, wrapping)
        for place, item in enumerate(items):
            yield (kind, item), _numbers(b, len(items), place) - _numbers(a, len(items), place)
    elif spell.status == AVAILABLE:
        yield (IDLE, ""), b - a
    else:
        yield (spell.status, spell.reason), b - a


def _numbers(below: int, k: int, remainder: int) -> int:
    """How many of 0 … below−1 leave ``remainder`` when divided by k (below 0 alike, counted backwards)."""
    return (below - remainder + k - 1) // k
