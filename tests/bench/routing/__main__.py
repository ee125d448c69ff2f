"""The routing's benchmarks, one table, and ``.run/bench-routing.json``.

    make bench-routing                        all of them
    make bench-routing ARGS="engine"          one; also: rows, told
    make bench-routing ARGS="engine --short"  the middle cells only

Goals that are missed do not fail the run; wrong results do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, spread, table
from tests.bench.routing import engine

ROOT = Path(__file__).resolve().parents[3]
RESULT = ROOT / ".run" / "bench-routing.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make bench-routing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="|".join(BENCHES), default=list(BENCHES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2000, help="conversations a round of the engine")
    parser.add_argument("--policy", default="index")
    parser.add_argument("--short", action="store_true", help="of the engine's cells only those around the middle one")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    kept: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    lines: list[Line] = []
    for name in arguments.names:
        print(f"{name}: running", file=sys.stderr, flush=True)
        figures, found = BENCHES[name](arguments)
        kept[name] = {**figures, "lines": [line.as_json() for line in found]}
        lines += found
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(kept, indent=1))
    print(table(lines))
    print(f"All figures: {RESULT.relative_to(ROOT)}")


Figures = tuple[dict[str, Any], list[Line]]


def _engine(arguments: argparse.Namespace) -> Figures:
    sizes = engine.middle_cells() if arguments.short else None
    costs = engine.run(policy=arguments.policy, rounds=arguments.rounds, steps=arguments.steps, cells=sizes)
    rates = {cell: spread([1 / cost for cost in rounds]) for cell, rounds in costs.items()}
    lines = []
    for cell, rate in rates.items():
        goal = 20_000.0 if (cell.agents, cell.tenants) == (1_000, 100) else 0.0
        what = f"engine, decisions/s: {cell.agents:,} agents, {cell.tenants:,} tenants, {cell.waiting:,} waiting"
        lines.append(Line(what, f"{rate['median']:,.0f}/s", "", rate, goal, at_most=False))
    growth = engine.exponents({cell: 1 / rate["median"] for cell, rate in rates.items()})
    lines += [
        Line(f"engine, growth exponent in {name}", f"{slope['median']:.3f}", "", slope, 0.15)
        for name, slope in growth.items()
    ]
    cells = [
        {"agents": cell.agents, "tenants": cell.tenants, "waiting": cell.waiting, "per_second": rate}
        for cell, rate in rates.items()
    ]
    return {"policy": arguments.policy, "cells": cells, "exponents": growth}, lines


BENCHES: dict[str, Callable[[argparse.Namespace], Figures]] = {"engine": _engine}

if __name__ == "__main__":
    main()
