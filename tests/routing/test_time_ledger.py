"""Each microsecond of presence goes to one purpose, and all of them together are the presence."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.time_ledger import Holding, Spell, apportion, micros, presence

MOMENT = st.integers(min_value=0, max_value=60)
STATES = ("available", "busy", "break", "training", "not_responding", "offline")
HOUR = 3_600_000_000
SECOND = 1_000_000


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Spell], list[Holding], int, int]:
    """Spells one after the other, with or without holes, and items that overlap as they like."""
    edges = sorted(draw(st.sets(MOMENT, max_size=8)))
    spells = [
        Spell(draw(st.sampled_from(STATES)), draw(st.sampled_from(("", "lunch"))), one, other)
        for one, other in pairwise(edges)
        if draw(st.booleans())
    ]
    items = draw(st.lists(st.tuples(st.sampled_from("abcdefg"), MOMENT, MOMENT, MOMENT), max_size=8))
    holdings = [Holding(item, *sorted(moments)) for item, *moments in items]
    start, end = sorted((draw(MOMENT), draw(MOMENT)))
    return spells, holdings, start, end


def _one_by_one(spells: list[Spell], holdings: list[Holding], start: int, end: int) -> dict[tuple[str, str], int]:
    """The same by looking at every microsecond."""
    shares: Counter[tuple[str, str]] = Counter()
    for at in range(start, end):
        spell = next((each for each in spells if each.start <= at < each.end and each.status != "offline"), None)
        if spell is None:
            continue
        working = sorted({each.item for each in holdings if each.start <= at < each.wrap})
        wrapping = sorted({each.item for each in holdings if each.wrap <= at < each.end})
        if spell.status in ("break", "training"):
            shares[spell.status, spell.reason] += 1
        elif working:
            shares["work", working[at % len(working)]] += 1
        elif wrapping:
            shares["wrap_up", wrapping[at % len(wrapping)]] += 1
        else:
            shares[("idle", "") if spell.status == "available" else (spell.status, spell.reason)] += 1
    return dict(shares)


@given(days())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_all_shares_together_are_the_presence_and_each_is_what_looking_at_every_microsecond_gives(
    day: tuple[list[Spell], list[Holding], int, int],
) -> None:
    shares = apportion(*day)
    assert sum(shares.values()) == presence(day[0], day[2], day[3])
    assert shares == _one_by_one(*day)


@given(days(), MOMENT, st.randoms(use_true_random=False))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_a_range_is_the_sum_of_its_parts_in_whatever_order_things_are_told(
    day: tuple[list[Spell], list[Holding], int, int], cut: int, chance: object
) -> None:
    spells, holdings, start, end = day
    cut = min(max(cut, start), end)
    whole = apportion(spells, holdings, start, end)
    chance.shuffle(spells)  # type: ignore[attr-defined]
    chance.shuffle(holdings)  # type: ignore[attr-defined]
    first, second = apportion(spells, holdings, start, cut), apportion(spells, holdings, cut, end)
    assert Counter(first) + Counter(second) == Counter(whole)


@given(st.integers(1, 7), st.integers(0, 10**16), st.integers(1, 10**12))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_items_in_hand_together_share_equally(count: int, start: int, length: int) -> None:
    items = [Holding(name, start, start + length, start + length) for name in "abcdefg"[:count]]
    shares = apportion([Spell("available", "", start, start + length)], items, start, start + length)
    each = [shares.get(("work", item.item), 0) for item in items]
    assert sum(each) == length
    assert max(each) - min(each) <= 1


def test_an_hour_of_two_chats_a_wrap_up_and_a_break() -> None:
    spells = [Spell("available", "", 0, HOUR), Spell("break", "lunch", HOUR, HOUR + 30 * SECOND)]
    holdings = [
        Holding("one", 0, 600 * SECOND, 630 * SECOND),
        Holding("two", 300 * SECOND, 900 * SECOND, 900 * SECOND),
        Holding("mail", HOUR - 10 * SECOND, HOUR * 9, HOUR * 9),
    ]
    shares = apportion(spells, holdings, 0, 2 * HOUR)
    assert shares == {
        ("work", "one"): 450 * SECOND,  # alone for 300 s, then with the other for 300 s; its wrap-up gave way to that
        ("work", "two"): 450 * SECOND,
        ("work", "mail"): 10 * SECOND,  # in hand over lunch, and charged to nobody then
        ("idle", ""): HOUR - 910 * SECOND,
        ("break", "lunch"): 30 * SECOND,
    }


def test_the_night_of_the_change_of_clocks_has_an_hour_more() -> None:
    rome = ZoneInfo("Europe/Rome")
    midnight, next_midnight = (micros(datetime(2026, 10, day, tzinfo=rome)) for day in (25, 26))
    assert next_midnight - midnight == 25 * HOUR
    item = Holding("night", midnight + HOUR, midnight + 4 * HOUR, midnight + 4 * HOUR)
    shares = apportion([Spell("available", "", midnight, next_midnight)], [item], midnight, next_midnight)
    assert shares == {("work", "night"): 3 * HOUR, ("idle", ""): 22 * HOUR}


def test_instants_are_exact() -> None:
    at = datetime(2026, 11, 22, 9, 30, 0, 123457, tzinfo=UTC)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros(at)) == at
