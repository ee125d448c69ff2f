"""I4, I5, I6 and I9: one hand at a time, clocks and invoices that can be recomputed, nothing done by halves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from billing.pricing import UsageIn, price, totals
from billing.rate_card import read_rates
from tests.faults.checker import Case, Violation
from tests.faults.dump import Row
from tests.faults.history import Event

# The grace after which the work of a silent agent goes to others, less what clocks may differ.
GRACE_SECONDS = 55.0
KINDS = ("conversation", "handle")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def check_one_hand(case: Case) -> Iterator[Violation]:
    """I4: an accepted work item had one agent until it was let go, and every answer came from whoever had it."""
    accepted: dict[str, list[Row]] = defaultdict(list)
    for offer in case.dump["offers"]:
        if offer["answer"] == "accepted":
            accepted[offer["work_item_id"]].append(offer)
    yield from _acknowledged_accepts(case, accepted)
    let_go = _let_go(case)
    silent = _silences(case)
    for work, offers in accepted.items():
        offers.sort(key=lambda offer: float(offer["answered_at"]))
        for before, after in pairwise(offers):
            if before["agent_id"] == after["agent_id"] and before["answered_at"] == after["answered_at"]:
                continue
            if not _was_let_go(work, before, after, let_go, silent):
                yield Violation(
                    "I4",
                    f"work {work} went to a second agent while the first had it",
                    after["answered_at"] - case.offset,
                )
    for conversation, number in Counter(
        row["conversation"] for row in case.dump["work"] if row["state"] in ("waiting", "offered", "active")
    ).items():
        if number > 1:
            yield Violation("I4", f"{conversation} has {number} open work items")
    yield from _loads(case)
    yield from _answers(case, accepted)


def _acknowledged_accepts(case: Case, accepted: dict[str, list[Row]]) -> Iterator[Violation]:
    for event in case.by_what["accept"]:
        if event["outcome"] == "ok" and not any(
            offer["agent_id"] == event["agent"] for offer in accepted.get(event["work"], [])
        ):
            yield Violation("I4", f"{event['who']} was told to have {event['work']}, and never had it", event["t"])


def _let_go(case: Case) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """(work, agent) → spans in which the agent may have handed it on."""
    spans: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for event in case.by_what["transfer"]:
        if event["outcome"] != "refused":
            # One that was not answered may take effect later.
            end = event["t"] if event["outcome"] == "ok" else event["t"] + 30
            spans[event["work"], event["agent"]].append((event["began"] + case.offset - 0.05, end + case.offset + 0.05))
    for row in case.dump["work"]:
        for lost in (*case.by_what["revoked"], *case.by_what["suspended"]):
            # Work goes back from whoever may not serve the shop any more.
            if lost["tenant"] == row["tenant_id"]:
                span = (lost["begun"] + case.offset - 0.05, lost["until"] + case.offset + 3)
                for agent in [lost["agent"]] if "agent" in lost else case.agents:
                    spans[row["id"], agent].append(span)
    return spans


def _silences(case: Case) -> dict[str, list[tuple[float, float]]]:
    """agent → spells offline that were long enough for their chats to go back."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for spell in case.dump["spells"]:
        if spell["status"] == "offline":
            spans[spell["person_id"]].append((spell["started_at"], spell["ended_at"] or float("inf")))
    return spans


def _was_let_go(
    work: str,
    before: Row,
    after: Row,
    let_go: dict[tuple[str, str], list[tuple[float, float]]],
    silent: dict[str, list[tuple[float, float]]],
) -> bool:
    begin, end, agent = before["answered_at"], after["made_at"], before["agent_id"]
    if any(start <= end and stop >= begin for start, stop in let_go.get((work, agent), [])):
        return True
    return any(
        start < end and min(stop, end) - start >= GRACE_SECONDS and stop > begin
        for start, stop in silent.get(agent, [])
    )


def _loads(case: Case) -> Iterator[Violation]:
    held: Counter[str] = Counter()
    for row in case.dump["work"]:
        if row["state"] in ("offered", "active", "wrap_up"):
            held[row["agent_id"]] += row["units"]
    for desk in case.dump["desks"]:
        if desk["load"] != held[desk["person_id"]]:
            yield Violation(
                "I4", f"agent {desk['person_id']} has load {desk['load']} and {held[desk['person_id']]} in hand"
            )


def _answers(case: Case, accepted: dict[str, list[Row]]) -> Iterator[Violation]:
    hands: dict[str, list[tuple[float, str]]] = defaultdict(list)
    conversation_of = {row["id"]: row["conversation"] for row in case.dump["work"]}
    for work, offers in accepted.items():
        hands[conversation_of.get(work, "")].extend((o["answered_at"], o["agent_id"]) for o in offers)
    for taken in hands.values():
        taken.sort()
    for row in case.dump["messages"]:
        if row["direction"] == "out" and row["author"] == "agent":
            earlier = [agent for at, agent in hands[row["conversation_id"]] if at <= row["created_at"]]
            if not earlier or earlier[-1] != row["person_id"]:
                yield Violation(
                    "I4",
                    f"message {row['id']} was written by an agent who did not have the conversation",
                    row["created_at"] - case.offset,
                )


def check_clocks(case: Case) -> Iterator[Violation]:
    """I5: columns as their ledgers have them; begun with the first message, and met by the answer that met them."""
    for clock, wrong in case.dump.wrong_clocks.items():
        yield Violation("I5", f"clock {clock}: {wrong[:200]}")
    first: dict[tuple[str, str], Row] = {}
    for row in sorted(case.dump["clocks"], key=lambda row: float(row["started_at"])):
        first.setdefault((row["conversation"], row["metric"]), row)
    for talk in case.dump["conversations"]:
        promise = first.get((talk["id"], "first_response"))
        if promise is None or first.get((talk["id"], "resolution")) is None:
            yield Violation("I5", f"{talk['case_number']} has no clock")
            continue
        if abs(promise["started_at"] - talk["opened_at"]) > 0.001:
            yield Violation("I5", f"{talk['case_number']}: its clock did not start with its first message")
        answers = [r for r in case.talks[talk["id"]] if r["direction"] == "out" and r["author"] == "agent"]
        if answers and talk["channel"] in ("webchat", "relay") and promise["state"] != "voided":
            at = answers[0]["created_at"]
            if promise["met_at"] is None or abs(promise["met_at"] - at) > 0.001:
                words = f"{talk['case_number']}: its first answer did not meet its clock"
                yield Violation("I5", words, at - case.offset)


def check_charges(case: Case) -> Iterator[Violation]:
    """I6: usage as the finished work has it, invoices as the usage and the card have them, issued ones unmoved."""
    work = {row["id"]: row for row in case.dump["work"]}
    for usage in case.dump["usage"]:
        item = work.get(usage["work_item"])
        wanted = Decimal(1) if usage["kind"] == "conversation" else _handled(item)
        if item is None or abs(usage["quantity"] - wanted) > Decimal("0.002"):
            yield Violation("I6", f"usage {usage['kind']} of {usage['work_item']} is {usage['quantity']}, not {wanted}")
    by_line: dict[str, list[Row]] = defaultdict(list)
    for usage in case.dump["usage"]:
        by_line[usage["line_id"]].append(usage)
    for invoice in case.dump["invoices"]:
        lines = [line for line in case.dump["lines"] if line["invoice_id"] == invoice["id"]]
        taken = [usage for line in lines for usage in by_line[line["id"]]]
        inputs = [UsageIn(str(n), u["kind"], u["channel"], u["quantity"], _EPOCH) for n, u in enumerate(taken)]
        priced = price(inputs, read_rates(invoice["rates"]), invoice["currency"])
        net = sum((line.amount for line in priced.lines), Decimal("0.00"))
        due = totals(net, invoice["vat_percent"])
        if (due.net, due.vat, due.gross) != (invoice["net"], invoice["vat"], invoice["total"]):
            yield Violation("I6", f"invoice {invoice['id']} is {invoice['net']}, recomputed {due.net}")
        if sum((line["amount"] for line in lines), Decimal("0.00")) != invoice["net"]:
            yield Violation("I6", f"invoice {invoice['id']} is not the sum of its lines")
    yield from _issued_moved(case)


def _handled(item: Row | None) -> Decimal:
    if item is None or item["accepted_at"] is None or item["finished_at"] is None:
        return Decimal(0)
    return Decimal(str(round(max(0.0, item["finished_at"] - item["accepted_at"]), 3)))


def _issued_moved(case: Case) -> Iterator[Violation]:
    """What a reader was told of an issued invoice is what it is."""
    invoices = {row["id"]: row for row in case.dump["invoices"]}
    for event in case.by_what["issued"]:
        now = invoices.get(event["invoice"])
        if now is None or now["status"] != "issued" or now["total"] != Decimal(event["total"]):
            yield Violation("I6", f"issued invoice {event['invoice']} moved", event["t"])


def check_no_halves(case: Case) -> Iterator[Violation]:
    """I9: closed, finished, measured and charged together or not at all."""
    work: dict[str, list[Row]] = defaultdict(list)
    for row in case.dump["work"]:
        work[row["conversation"]].append(row)
    clocks: dict[str, list[Row]] = defaultdict(list)
    for row in case.dump["clocks"]:
        clocks[row["conversation"]].append(row)
    for talk in case.dump["conversations"]:
        items = work[talk["id"]]
        open_items = [row for row in items if row["state"] in ("waiting", "offered", "active")]
        closings = sum(row["code"] == "closed" for row in case.talks[talk["id"]])
        if talk["status"] == "closed":
            running = [row for row in clocks[talk["id"]] if row["metric"] == "resolution" and row["state"] == "running"]
            if open_items or not closings or running:
                words = f"{len(open_items)} open work items, {closings} closings, {len(running)} running clocks"
                t = (talk["closed_at"] or 0.0) - case.offset
                yield Violation("I9", f"{talk['case_number']} is closed, with {words}", t)
        elif not open_items:
            yield Violation("I9", f"{talk['case_number']} is {talk['status']} and nobody's work")
        finished = [row for row in items if row["state"] in ("wrap_up", "done") and row["outcome"] == "resolved"]
        if len(finished) != closings:
            yield Violation(
                "I9", f"{talk['case_number']} was closed {closings} times and finished {len(finished)} times"
            )
    yield from _acknowledged_closes(case)
    yield from _half_done(case)


def _half_done(case: Case) -> Iterator[Violation]:
    for event in case.by_what["migrated"]:
        if event["done"] < event["wanted"] or event["code"]:
            yield Violation("I9", f"a migration ended with {event['done']} of {event['wanted']} schemas", event["t"])
    booked: dict[str, set[str]] = defaultdict(set)
    for usage in case.dump["usage"]:
        booked[usage["work_item"]].add(usage["kind"])
    for item, kinds in booked.items():
        if kinds != set(KINDS):
            yield Violation("I9", f"work {item} is charged by halves: {sorted(kinds)}")


def _acknowledged_closes(case: Case) -> Iterator[Violation]:
    closings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in case.dump["messages"]:
        if row["code"] == "closed":
            closings[row["conversation_id"]].append(row)
    for event in case.by_what["close"]:
        if event["outcome"] == "ok" and not any(_by(row, event) for row in closings[event["conversation"]]):
            yield Violation(
                "I9", f"{event['who']} was told that {event['conversation']} is closed, and it was not", event["t"]
            )


def _by(row: Row, event: Event) -> bool:
    return bool(row["person_id"] == event["agent"])


CHECKS = (check_one_hand, check_clocks, check_charges, check_no_halves)
