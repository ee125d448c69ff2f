"""Where each of those who wait stands, and how long it may take still: a view of a queue, made once a second at most.

In front of ``routing.expected_wait`` with the rows as they are. A lane is what is alike for an agent: queue, channel,
language and needs. Public rows only, and of all clients: what an agent serves beside this queue makes its line longer.
What comes out says nothing of that but a number of seconds.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from threading import Lock
from typing import Any
from uuid import UUID

from kernel import clock, statements
from routing.able import Leave, leave_of
from routing.desks import PRESENT
from routing.expected_wait import WINDOW, Past, Sight, Spell, estimate, look_back, share
from routing.models import Queue
from routing.queues import is_open, queue_for

FRESH_SECONDS = 1.0
PAST_FRESH_SECONDS = 10.0
# Of a queue's spells of waiting so many at most are read.
PAST_MOST = 2000

_WHERE = """
SELECT w.conversation, w.queue_id FROM public.routing_workitem w JOIN public.routing_queue q ON q.id = w.queue_id
 WHERE w.conversation = ANY(%s::uuid[]) AND w.state IN ('waiting', 'offered') AND q.channel_group = 'chat'
   AND (w.starts_at IS NULL OR w.starts_at <= %s)
"""
# All that may be offered now, counted; of the queues asked for each one by itself, in the order of its place.
_CROWD = """
SELECT w.queue_id, w.tenant_id, w.channel, w.needs, count(*)
  FROM public.routing_workitem w
 WHERE w.state = 'waiting' AND (w.starts_at IS NULL OR w.starts_at <= %s)
 GROUP BY 1, 2, 3, 4
"""
_LINE = """
SELECT w.queue_id, w.channel, w.language, w.needs, w.conversation, w.state, w.entered_at
  FROM public.routing_workitem w
 WHERE w.queue_id = ANY(%s::uuid[]) AND w.state IN ('waiting', 'offered') AND (w.starts_at IS NULL OR w.starts_at <= %s)
 ORDER BY w.state, w.priority IN ('urgent', 'high') DESC, w.entered_at, w.id
"""
_QUEUES = """
WHERE t.id = ANY(%s::uuid[])
"""
_HANDLED = """
SELECT l.queue_id, l.channel, l.language, l.handle_seconds
  FROM public.routing_workload l WHERE l.queue_id = ANY(%s::uuid[])
"""
_SEATED = """
SELECT s.person_id, s.channels, s.capacity, s.load, s.limits
  FROM public.routing_agentstate s
 WHERE s.status = ANY(%s::text[]) AND EXISTS (
   SELECT 1 FROM public.people_accreditation a WHERE a.person_id = s.person_id AND a.tenant_id = ANY(%s::uuid[]))
"""
_PACES = """
SELECT p.person_id, p.tenant_id, p.factor FROM public.routing_pace p
 WHERE p.person_id = ANY(%s::uuid[]) AND p.tenant_id = ANY(%s::uuid[])
"""
_PAST = """
SELECT w.queue_id, w.channel, w.language, w.needs, greatest(w.entered_at, w.starts_at), w.offered_at, w.accepted_at,
       w.finished_at, w.state
  FROM unnest(%s::uuid[], %s::uuid[]) AS asked (tenant_id, queue_id)
 CROSS JOIN LATERAL (
   SELECT i.* FROM public.routing_workitem i
    WHERE i.tenant_id = asked.tenant_id AND i.queue_id = asked.queue_id AND i.entered_at > %s
      AND i.state <> 'handed_on' AND (i.accepted_at IS NULL OR i.accepted_at > %s)
      AND (i.state <> 'abandoned' OR i.finished_at > %s)
    ORDER BY i.entered_at DESC LIMIT %s) w
"""

Lane = tuple[UUID, str, str, str]  # queue, channel, language, needs as JSON


@dataclass(frozen=True, slots=True)
class Place:
    """position: from 1, among those of the same needs; 0 for one who came since the queue was last looked at.

    seconds: expected still, None where nobody can say. is_long: by the queue's own measure, or because nobody can say.
    """

    position: int
    seconds: float | None
    is_long: bool = False


NOT_SEEN = Place(0, None)


@dataclass(frozen=True, slots=True)
class _Terms:
    tenant: UUID
    units: int
    offer_seconds: int
    long_wait: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class _History:
    """Of a queue, as of ``read_at``: each lane's past, and seconds from an offer to its acceptance."""

    read_at: float
    lanes: Mapping[Lane, Past]
    answer_seconds: float


class Outlook:
    """One for a process. Whoever asks, a queue is read once a second."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[UUID, tuple[float, dict[UUID, Place]]] = {}
        self._histories: dict[UUID, _History] = {}
        self._newcomers: dict[tuple[UUID, str, str], tuple[float, float | None]] = {}

    def places(self, conversations: Collection[UUID]) -> dict[UUID, Place]:
        """Where those of these conversations stand that wait for a chat; call from the public schema."""
        if not conversations:
            return {}
        queues: dict[UUID, UUID] = dict(statements.run(_WHERE, [list(conversations), clock.now()]))
        views = self._views(set(queues.values()))
        return {each: views[queue_id].get(each, NOT_SEEN) for each, queue_id in queues.items()}

    def expected(self, waiting: Mapping[UUID, UUID]) -> dict[UUID, float]:
        """Conversation → seconds that it waits still, for those of these (conversation → queue) of which it is known.

        Of any channel, read afresh; what nobody can say is left out. Call from the public schema.
        """
        return _Reading(set(waiting.values()), self._past).expected(waiting.keys()) if waiting else {}

    def newcomer(self, tenant_id: UUID, channel: str, language: str) -> float | None:
        """Seconds that somebody would wait who came now; None where nobody can say."""
        key, now = (tenant_id, channel, language), time.monotonic()
        known = self._newcomers.get(key)
        if known is not None and now - known[0] < FRESH_SECONDS:
            return known[1]
        if not self._lock.acquire(blocking=known is None):
            return known[1] if known else None  # somebody reads: a second more does no harm
        try:
            queue = queue_for(tenant_id, "chat")
            needs = {**queue.needs, f"lang:{language}": queue.language_level}
            lane = queue.id, channel, language, _canonical(needs)
            seconds = _Reading([queue.id], self._past).seconds(lane, None)
            if len(self._newcomers) > 10_000:
                self._newcomers.clear()
            self._newcomers[key] = now, seconds
            return seconds
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Drop what is remembered (in tests)."""
        self._seen.clear()
        self._newcomers.clear()
        self._histories.clear()

    def _views(self, queues: set[UUID]) -> dict[UUID, dict[UUID, Place]]:
        now, seen = time.monotonic(), {each: self._seen.get(each) for each in queues}
        stale = [each for each, found in seen.items() if found is None or now - found[0] >= FRESH_SECONDS]
        is_known = all(found is not None for found in seen.values())
        if stale and self._lock.acquire(blocking=not is_known):
            try:
                reading = _Reading(stale, self._past)
                seen.update((each, (now, reading.places(each))) for each in stale)
                if len(self._seen) > 10_000:
                    self._seen.clear()
                self._seen.update((each, found) for each, found in seen.items() if found is not None)
            finally:
                self._lock.release()
        return {each: found[1] for each, found in seen.items() if found is not None}

    def _past(self, terms: Mapping[UUID, _Terms]) -> dict[UUID, _History]:
        now = time.monotonic()
        known = {each: self._histories.get(each) for each in terms}
        stale = [each for each, past in known.items() if past is None or now - past.read_at >= PAST_FRESH_SECONDS]
        if stale:
            self._histories.update(_read_past({each: terms[each] for each in stale}, now))
        return {each: self._histories[each] for each in terms}


class _Reading:
    """A few queues, read in a handful of statements whatever their number."""

    def __init__(self, queues: Collection[UUID], past: Any) -> None:
        listed, now = list(queues), clock.now()
        self._terms = {row.id: _terms(row) for row in statements.load(Queue, _QUEUES, [listed])}
        self._lines: dict[Lane, list[UUID]] = defaultdict(list)
        self._offered: set[UUID] = set()
        self._waited: dict[UUID, float] = {}
        for queue_id, channel, language, needs, conversation, state, entered_at in statements.run(_LINE, [listed, now]):
            lane = queue_id, channel, language, _canonical(needs)
            self._waited[conversation] = (now - entered_at).total_seconds()
            if state == "offered":
                self._offered.add(conversation)
            self._lines[lane].append(conversation)
        self._handles = {(row[0], row[1], row[2]): row[3] for row in statements.run(_HANDLED, [listed])}
        self._histories: dict[UUID, _History] = past(self._terms)
        self._agents = _Agents({each.tenant for each in self._terms.values()}, statements.run(_CROWD, [now]))

    def places(self, queue_id: UUID) -> dict[UUID, Place]:
        found = {}
        for lane, line in self._lines.items():
            if lane[0] == queue_id:
                found.update({each: self._place(lane, n, each) for n, each in enumerate(line)})
        for each in self._offered & found.keys():
            found[each] = Place(found[each].position, self._histories[queue_id].answer_seconds)
        return found

    def expected(self, wanted: Collection[UUID]) -> dict[UUID, float]:
        found: dict[UUID, float] = {}
        for lane, line in self._lines.items():
            for ahead, each in enumerate(line):
                seconds = self.seconds(lane, ahead) if each in wanted else None
                if seconds is not None:
                    found[each] = seconds
        return found

    def _place(self, lane: Lane, ahead: int, conversation: UUID) -> Place:
        seconds, long = self.seconds(lane, ahead), self._terms[lane[0]].long_wait
        return Place(ahead + 1, seconds, seconds is None or seconds >= long or self._waited[conversation] >= long)

    def seconds(self, lane: Lane, ahead: int | None) -> float | None:
        """Expected for whoever has so many ahead in the lane; None: for somebody who came now."""
        terms, history = self._terms[lane[0]], self._histories[lane[0]]
        if not terms.is_open:
            return None
        before = len(self._lines.get(lane, ())) if ahead is None else ahead
        places, free = self._agents.places(lane, terms, before + 1, len(self._lines.get(lane, ())))
        return estimate(
            Sight(
                ahead=before,
                places=places,
                free=free,
                handle_seconds=self._handles.get(lane[:3]),
                past=history.lanes.get(lane, Past()),
                answer_seconds=history.answer_seconds,
            )
        )


class _Agents:
    """Who is at work, what each may take, and how many wait for them elsewhere."""

    def __init__(self, tenants: Collection[UUID], crowd: Iterable[statements.Row]) -> None:
        rows = statements.run(_SEATED, [[each.value for each in PRESENT], list(tenants)])
        people = [row[0] for row in rows]
        self._rows = rows
        self._leave = leave_of(people, None) if people else Leave()
        self._paces = {
            (person, tenant): factor for person, tenant, factor in statements.run(_PACES, [people, list(tenants)])
        }
        # By client and channel: how many wait, and what they need.
        self._crowd: dict[UUID, list[tuple[str, dict[str, int], int]]] = defaultdict(list)
        for _, tenant, channel, needs, count in crowd:
            self._crowd[tenant].append((channel, _read(needs), count))
        self._queued = {row[0]: self._waiting_for(row[0], row[1]) for row in rows}

    def places(self, lane: Lane, terms: _Terms, mine: int, line: int) -> tuple[float, float]:
        """(work places for the lane, free ones) of those who may take it."""
        needs, places, free = json.loads(lane[3]), 0.0, 0.0
        for person, channels, capacity, load, limits in self._rows:
            if not self._may(person, channels, terms.tenant, lane[1], needs):
                continue
            pace = self._paces.get((person, terms.tenant), 1.0)
            others = max(0, self._queued[person] - line)
            # Of one channel an agent may take fewer than of all together.
            most = min(capacity, _read(limits).get(lane[1], capacity))
            places += share(mine, others) * most / terms.units / pace
            free += max(0, min(most, capacity - load)) // terms.units
        return places, free

    def _waiting_for(self, person: UUID, channels: Collection[str]) -> int:
        return sum(
            count
            for tenant in self._leave.tenants_of(person)
            for channel, needs, count in self._crowd.get(tenant, ())
            if self._may(person, channels, tenant, channel, needs)
        )

    def _may(self, person: UUID, channels: Collection[str], tenant: UUID, channel: str, needs: dict[str, int]) -> bool:
        if channel not in channels or tenant not in self._leave.tenants_of(person):
            return False
        levels = self._leave.levels.get(person, {})
        return all(levels.get(skill, 0) >= level for skill, level in needs.items())


def _terms(row: Queue) -> _Terms:
    return _Terms(row.tenant_id, row.units, row.offer_seconds, row.long_wait_seconds, is_open(row, clock.now()))


def _read_past(terms: Mapping[UUID, _Terms], read_at: float) -> dict[UUID, _History]:
    now = clock.now()
    since = now - timedelta(seconds=WINDOW)
    tenants = [each.tenant for each in terms.values()]
    # Who waits longer than this is not to be found here, and adds nothing to a rate.
    entered = since - timedelta(hours=2)
    rows = statements.run(_PAST, [tenants, list(terms), entered, since, since, PAST_MOST])
    spells: dict[Lane, list[Spell]] = defaultdict(list)
    answers: dict[UUID, list[float]] = defaultdict(list)
    for queue_id, channel, language, needs, began, offered, accepted, finished, state in rows:
        ended = accepted or (finished if state == "abandoned" else None)
        lane = queue_id, channel, language, _canonical(needs)
        spells[lane].append(Spell(began.timestamp(), ended and ended.timestamp(), state != "abandoned"))
        if offered is not None and accepted is not None:
            answers[queue_id].append(min((accepted - offered).total_seconds(), terms[queue_id].offer_seconds))
    found = {}
    for queue_id, each in terms.items():
        lanes = {
            lane: look_back(theirs, now.timestamp(), at_once=each.offer_seconds)
            for lane, theirs in spells.items()
            if lane[0] == queue_id
        }
        found[queue_id] = _History(read_at, lanes, fmean(answers[queue_id]) if queue_id in answers else 0.0)
    return found


def _read(needs: Any) -> dict[str, int]:
    return json.loads(needs) if isinstance(needs, str) else needs  # type: ignore[no-any-return]


def _canonical(needs: Any) -> str:
    return json.dumps(_read(needs), sort_keys=True)


outlook = Outlook()
