"""I1, I2, I3, I7, I8 and I10: what was said is stored, shown, ordered, kept apart, taken once and sent once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.faults.checker import TO_SHOPPERS, Case, Violation, key_of
from tests.faults.history import Event


def check_stored_once(case: Case) -> Iterator[Violation]:
    """I1: every acknowledged message exactly once, as it was said, in its own shop; nothing that nobody said."""
    said = {**case.first("say"), **{event["key"]: event for event in case.by_what["reply"]}}
    acked = {**case.first("acked"), **{e["key"]: e for e in case.by_what["reply"] if e["outcome"] == "ok"}}
    for key, event in acked.items():
        rows = case.by_key.get(key, [])
        if not rows:
            yield Violation("I1", f"{key} was acknowledged and is not stored", event["t"])
        elif rows[0]["text"].strip() != said[key]["text"]:
            yield Violation("I1", f"{key} is stored with another text", event["t"])
    for key, rows in case.by_key.items():
        # What a carrier's id makes one message is I8's.
        if len(rows) > 1 and rows[0]["channel"] != "relay":
            yield Violation("I1", f"{key} is stored {len(rows)} times", said[key]["t"] if key in said else None)
        if key not in said:
            yield Violation("I1", f"{key} is stored and was never said")
        elif any(row["shop"] != said[key]["shop"] for row in rows):
            yield Violation("I7", f"{key} is stored in another shop", said[key]["t"])


def check_shown_once(case: Case) -> Iterator[Violation]:
    """I2: each client was shown each message once, none left out on the way, and the one that the database has."""
    screens: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in case.by_what["shown"]:
        screens[event["who"], event["conversation"]].append(event)
    for (who, conversation), pages in screens.items():
        rows = [(*row, page["t"]) for page in pages for row in page["rows"]]
        for before, after in pairwise(rows):
            if after[0] <= before[0]:
                yield Violation("I2", f"{who} was shown {conversation} {after[0]} after {before[0]}", after[3])
        rights = [row for row in case.talks.get(conversation, []) if _is_for(row["direction"], pages)]
        stored = {row["seq"]: row["id"] for row in rights}
        shown = {row[0]: row[1] for row in rows}
        for seq, message_id, _, t in rows:
            if stored.get(seq) != message_id:
                yield Violation("I2", f"{who} was shown {conversation} {seq}, which is not stored so", t)
        if missed := [seq for seq in stored if pages[0]["after"] < seq <= max(shown) and seq not in shown]:
            yield Violation("I2", f"{who} was never shown {conversation} {missed[:5]}", pages[-1]["t"])
    yield from _ends(case)


def _is_for(direction: str, pages: list[Event]) -> bool:
    return "agent" in pages[0] or direction in TO_SHOPPERS


def _ends(case: Case) -> Iterator[Violation]:
    for event in case.by_what["at_end"]:
        last = max(
            (r["seq"] for r in case.talks.get(event["conversation"], []) if r["direction"] in TO_SHOPPERS), default=0
        )
        if event["seen"] < last:
            yield Violation("I2", f"{event['who']} looked last and saw {event['seen']} of {last}", event["t"])


def check_pages(case: Case) -> Iterator[Violation]:
    """I2, I3: what stood in a browser's window stood there once, in the order of the numbers; at the end, all of it."""
    for event in (*case.by_what["dom"], *case.by_what["dom_at_end"]):
        keys = event["keys"]
        if len(set(keys)) < len(keys):
            yield Violation("I2", f"{event['who']} has a message twice on the page", event["t"])
        numbers = [case.by_key[key][0]["seq"] for key in keys if key in case.by_key]
        if numbers != sorted(numbers):
            yield Violation("I3", f"{event['who']} has messages in another order on the page", event["t"])
        if unknown := [key for key in keys if key not in case.by_key]:
            yield Violation("I1", f"{event['who']} was shown {unknown[:3]} as sent, which is not stored", event["t"])
    for event in case.by_what["dom_at_end"]:
        first = next((case.by_key[key][0] for key in event["keys"] if key in case.by_key), None)
        if first is not None and not event["pending"]:
            rows = [row for row in case.talks[first["conversation_id"]] if row["direction"] in TO_SHOPPERS]
            missing = [key for row in rows if (key := key_of(row["text"])) and key not in event["keys"]]
            if missing:
                yield Violation("I2", f"{event['who']} looked last and misses {missing[:3]} on the page", event["t"])


def check_sequence(case: Case) -> Iterator[Violation]:
    """I3: numbers 1…n without a gap, and in the order in which the sender saw them acknowledged."""
    last = {row["id"]: row["last_seq"] for row in case.dump["conversations"]}
    for conversation, rows in case.talks.items():
        numbers = [row["seq"] for row in rows]
        if numbers != list(range(1, len(rows) + 1)) or last.get(conversation) != len(rows):
            yield Violation(
                "I3",
                f"{conversation} has {len(rows)} messages, numbers to {numbers[-1]}, last_seq {last.get(conversation)}",
            )
    began = {**case.first("say"), **case.first("reply")}
    acked = {**{e["key"]: e for e in reversed(case.by_what["reply"]) if e["outcome"] == "ok"}, **case.first("acked")}
    for conversation, rows in case.talks.items():
        theirs: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in rows:
            key = key_of(row["text"])
            if key in acked and key in began:
                theirs[began[key]["who"]].append((row["seq"], key))
        for who, sent in theirs.items():
            yield from _inversions(conversation, who, sent, began, acked)


def _inversions(
    conversation: str, who: str, sent: list[tuple[int, str]], began: dict[str, Event], acked: dict[str, Event]
) -> Iterator[Violation]:
    """A message stands before one that was acknowledged before it was begun."""
    latest = float("-inf")
    name = ""
    for _, key in sent:  # in the order of their numbers
        start = float(began[key]["began"] if "began" in began[key] else began[key]["t"])
        if acked[key]["t"] < latest:
            yield Violation(
                "I3",
                f"{conversation}: {name} of {who} stands before {key}, acknowledged before it was sent",
                acked[key]["t"],
            )
        if start > latest:
            latest, name = start, key


def check_kept_apart(case: Case) -> Iterator[Violation]:
    """I7: no client saw another shop's token; none in the public schema, another schema, Valkey or a log."""
    for event in case.by_what["foreign"]:
        yield Violation("I7", f"{event['who']} saw {event['tokens']} in {event['where']}", event["t"])
    for where, tokens in case.dump.found:
        yield Violation("I7", f"{where} holds {tokens[:3]}")
    yield from _silence(case)
    for event in case.by_what["took"]:
        shops = {slug for slug in event["tokens"] if f"@{slug}." not in event["sender"]}
        if shops:
            yield Violation("I7", f"mail {event['mail']} of {event['sender']} holds {sorted(shops)}", event["t"])


def _silence(case: Case) -> Iterator[Violation]:
    """Of a shop that is suspended nothing is taken; of one that an agent lost, nothing reaches them."""
    for gone in case.by_what["suspended"]:
        for event in case.by_what["acked"]:
            if event["shop"] == gone["shop"] and event["began"] > gone["since"] and event["t"] < gone["until"]:
                yield Violation("I7", f"{event['key']} was taken by a suspended shop", event["t"])
    for gone in case.by_what["deleted"]:
        if gone["late"] or gone["orphans"] or gone["is_given_again"]:
            words = f"{gone['late']} taken late, {gone['orphans']} orphans, given again: {gone['is_given_again']}"
            yield Violation("I7", f"{gone['shop']} was deleted: {words}", gone["t"])
    for lost in case.by_what["revoked"]:
        for event in case.events:
            is_theirs = event.get("agent") == lost["agent"] and lost["since"] < event["t"] < lost["until"]
            if is_theirs and (what := _reached(event, lost)):
                yield Violation("I7", f"{event['who']} lost {lost['shop']}: {what}", event["t"])


def _reached(event: Event, lost: Event) -> str:
    """What of the lost shop an event shows, or nothing."""
    if event["what"] == "frame":
        return f"heard {event['frame']['type']}" if event["frame"].get("tenant") == lost["tenant"] else ""
    is_step = event["what"] in ("reply", "accept", "close", "note") and event["shop"] == lost["shop"]
    is_done = is_step and event["outcome"] == "ok" and event["began"] > lost["since"]
    return f"did {event['what']}" if is_done else ""


def check_taken_once(case: Case) -> Iterator[Violation]:
    """I8: however often a carrier's message came, it had one receipt, one answer and one effect."""
    receipts: dict[str, set[str]] = defaultdict(set)
    when: dict[str, float] = {}
    for event in case.by_what["acked"]:
        if "receipt" in event:
            receipts[event["key"]].add(event["receipt"])
            when[event["key"]] = event["t"]
    for key, known in receipts.items():
        if len(known) > 1:
            yield Violation("I8", f"{key} was answered with {len(known)} receipts", when[key])
    for key, rows in case.by_key.items():
        if len(rows) > 1 and rows[0]["channel"] == "relay":
            yield Violation("I8", f"{key} had {len(rows)} effects", when.get(key))
    stored = Counter((row["line_id"], row["external_id"]) for row in case.dump["receipts"])
    for (_, external_id), number in stored.items():
        if number > 1:
            yield Violation("I8", f"{external_id} has {number} receipts")
    for row in case.dump["receipts"]:
        if row["state"] == "done" and row["message_id"] is None and row["error"] == "":
            yield Violation("I8", f"receipt {row['id']} is done and had no effect")


def check_turned_away(case: Case) -> Iterator[Violation]:
    """I8: what is not signed as it must be has no effect at all."""
    for event in case.by_what["unwelcome"]:
        if event["status"] not in (403, 413, 503):
            yield Violation("I8", f"a webhook with {event['name']} was answered {event['status']}", event["t"])


def check_sent_once(case: Case) -> Iterator[Violation]:
    """I10: a mail left at most once; what was taken without an answer is flagged and was not repeated."""
    taken: dict[str, list[Event]] = defaultdict(list)
    for event in case.by_what["took"]:
        taken[event["mail"]].append(event)
    for mail, times in taken.items():
        if len(times) > 1:
            yield Violation("I10", f"mail {mail} left {len(times)} times", times[1]["t"])
    for row in case.dump["messages"]:
        if row["channel"] != "email" or row["direction"] != "out":
            continue
        times = taken.get(row["external_id"], [])
        if row["delivery"] == "sent" and not times:
            yield Violation("I9", f"mail {row['id']} is called sent and never left")
        if row["delivery"] == "sent" and times and times[0]["mode"] == "silent":
            yield Violation("I10", f"mail {row['id']} is called sent, though nobody answered", times[0]["t"])


CHECKS = (
    check_stored_once,
    check_shown_once,
    check_pages,
    check_sequence,
    check_kept_apart,
    check_taken_once,
    check_turned_away,
    check_sent_once,
)
