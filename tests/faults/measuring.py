"""How long a fault was felt, from what the clients wrote down; and the table of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.faults.checker import INVARIANTS, Violation
from tests.faults.history import Event

WINDOW = 30.0


@dataclass(slots=True)
class Injected:
    """One fault of a run. counted: from when its recovery counts; recovered: seconds, None if not seen."""

    code: str
    name: str
    sign: str
    at: float
    counted: float
    recovered: float | None = None

    def hides(self, other: Injected) -> bool:
        """Whether this was felt while the other's recovery was looked for, which then cannot be told from its own."""
        over = self.counted + (WINDOW if self.recovered is None else self.recovered)
        return self.at <= other.counted + (other.recovered or 0.0) and other.counted <= over


def seconds_to_recover(sign: str, counted: float, events: Sequence[Event]) -> float | None:
    """Seconds from ``counted`` until the sign is seen in ``events`` (from then on); None while it is not.

    answers (of the web), mails (taken in by the door): the end of the last failed try, or the first success; rings: a
    frame about a message; offers: an offer, or the word of the dispatcher that it dispatches; sends: a mail that left.
    """
    if door := {"answers": "web", "mails": "mail"}.get(sign):
        theirs = [event for event in events if event.get("door") == door]
        failed = [e["t"] for e in theirs if _has_failed(e) and counted <= e["began"] <= counted + WINDOW]
        after = max(failed, default=counted)
        good = [e["t"] for e in theirs if e["what"] == "acked" and e["began"] >= after]
        return (min(good) if not failed else after) - counted if good else None
    seen = [event["t"] for event in events if _shows(sign, event) and event["t"] > counted]
    return min(seen) - counted if seen else None


def _has_failed(event: Event) -> bool:
    return event["what"] == "unsure" or (event["what"] == "refused" and int(event["status"]) >= 500)


def _shows(sign: str, event: Event) -> bool:
    if event["what"] == "frame":
        return bool(event["frame"]["type"] == {"rings": "message.added", "offers": "offer.made"}.get(sign))
    return bool(event["what"] == {"sends": "took", "offers": "dispatching"}.get(sign))


def lay_beside(violations: Sequence[Violation], injected: Sequence[Injected]) -> dict[str, dict[str, int]]:
    """fault → invariant → violations; each goes to the last fault that began before it, or to *the run*."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(INVARIANTS, 0))
    for violation in violations:
        before = [fault for fault in injected if violation.t is not None and fault.at <= violation.t]
        table[before[-1].code if before else "run"][violation.invariant] += 1
    return dict(table)


def percentile(values: Sequence[float], share: float) -> float:
    """By the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(*, injected: list[Injected], violations: list[Violation], counts: dict[str, Any]) -> dict[str, Any]:
    """The whole run as JSON."""
    table = lay_beside(violations, injected)
    faults = []
    for code in sorted({fault.code for fault in injected}, key=_order):
        runs = [fault for fault in injected if fault.code == code]
        known = [fault.recovered for fault in runs if fault.recovered is not None]
        faults.append(
            {
                "code": code,
                "name": runs[0].name,
                "runs": len(runs),
                "violations": table.get(code, dict.fromkeys(INVARIANTS, 0)),
                "sign": runs[0].sign,
                "recovered": len(known),
                "p50": percentile(known, 0.5) if known else None,
                "p99": percentile(known, 0.99) if known else None,
            }
        )
    return {
        **counts,
        "faults": faults,
        "outside": table.get("run", {}),
        "violations": [asdict(violation) for violation in violations],
    }


def show(run: dict[str, Any]) -> str:
    head = f"{'fault':<26}{'runs':>5} {' '.join(f'{name:>4}' for name in INVARIANTS)}  {'p50 s':>7} {'p99 s':>7}  until"
    lines = [head, "-" * len(head)]
    for fault in run["faults"]:
        cells = " ".join(f"{fault['violations'][name]:>4}" for name in INVARIANTS)
        times = " ".join("      –" if fault[p] is None else f"{fault[p]:7.2f}" for p in ("p50", "p99"))
        lines.append(f"{fault['code']:<5}{fault['name']:<21}{fault['runs']:>5} {cells}  {times}  {fault['sign']}")
    if run["outside"]:
        lines.append(_outside(run))
    return "\n".join(lines)


def _outside(run: dict[str, Any]) -> str:
    cells = " ".join(f"{run['outside'][name]:>4}" for name in INVARIANTS)
    return f"{'outside any fault':<31} {cells}"


def _order(code: str) -> tuple[int, str]:
    digits = "".join(letter for letter in code if letter.isdigit())
    return int(digits or 0), code
