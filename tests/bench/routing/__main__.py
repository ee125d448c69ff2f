"""The routing's benchmarks, one table, and ``.run/bench-routing.json``.

    make bench-routing                        all of them
    make bench-routing ARGS="engine"          one; also: rows, told, waits
    make bench-routing ARGS="engine --short"  the middle cells only

Goals that are missed do not fail the run; wrong results do.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, interleave, show, spread, table
from tests.bench.routing import engine, waits

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
        # After each: a later one that fails takes nothing away.
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


def _rows(arguments: argparse.Namespace) -> Figures:
    """Rows in, offers written and told, against bare dequeues of the same rows."""
    with _stage() as (stage, _):
        from tests.bench.routing.rows import AGENTS, BATCH, TENANTS, WAITING, Rows

        rows = Rows(stage)
        rows.dispatch()
        pairs = interleave(arguments.rounds, rows.dequeue, rows.dispatch)
        checks = rows.check()
    if any(checks.values()):
        sys.exit(f"wrong results: {checks}")
    ours, limit = spread([ours for _, ours in pairs]), spread([limit for limit, _ in pairs])
    ratio = spread([ours / limit for limit, ours in pairs])
    what = f"dispatcher, rows in → told, batch {BATCH} ({AGENTS} agents, {TENANTS} tenants, {WAITING:,} rows)"
    line = Line(what, show(ours, "/s"), show(limit, "/s"), ratio, 0.5, at_most=False)
    return {"ours_per_second": ours, "dequeues_per_second": limit, "ratio": ratio, "checks": checks}, [line]


def _told(arguments: argparse.Namespace) -> Figures:
    """Entered until told, against the floor."""
    from tests.bench.floor import Floor

    with _stage() as (stage, servers):
        from tests.bench.routing.told import Told, quantiles

        with Floor(servers.database_url, servers.valkey_url) as floor, Told(stage, servers.valkey_url) as told:
            full = max(told.rate() for _ in range(2))
            found = {}
            for load in (0.5, 0.8):
                ours = partial(told.latencies, load * full)
                pairs = interleave(arguments.rounds, partial(floor.latencies, 200), ours)
                found[load] = [(quantiles(limit), quantiles(ours)) for limit, ours in pairs]
    lines, figures = [], {}
    for load, rounds in found.items():
        for share in ("p50", "p95", "p99"):
            taken, limit = ([1000 * each[n][share] for each in rounds] for n in (1, 0))
            ratio = spread([a / b for a, b in zip(taken, limit, strict=True)])
            what = f"entered → told {share} at {load:.0%} load ({load * full:,.0f}/s)"
            lines.append(Line(what, show(spread(taken), " ms"), show(spread(limit), " ms"), ratio, 5.0))
            figures[f"{share} at {load:.0%}"] = {"ms": spread(taken), "floor_ms": spread(limit), "ratio": ratio}
    return {"full_per_second": full, "latencies": figures}, lines


def _waits(arguments: argparse.Namespace) -> Figures:
    """What shoppers are told of their wait against what came, and against what is told elsewhere."""
    played = waits.run(replications=2 * arguments.rounds)
    lines = []
    for name, rounds in played.items():
        for naive in ("last taken", "mean"):
            ours, theirs = ([each["errors"][who]["median_absolute"] for each in rounds] for who in ("told", naive))
            ratio = spread([one / other for one, other in zip(ours, theirs, strict=True)])
            what = f"expected wait, {name}: median absolute error, against {naive}"
            lines.append(Line(what, show(spread(ours), " s"), show(spread(theirs), " s"), ratio, 1.0))
        for who in waits.NAMES:
            bias, near = (statistics.fmean(each["errors"][who][kind] for each in rounds) for kind in ("bias", "near"))
            error = statistics.fmean(each["errors"][who]["median_absolute"] for each in rounds)
            wait = statistics.fmean(each["median_wait"] for each in rounds)
            print(f"{name} (median wait {wait:.0f} s), {who}: {error:.0f} s, bias {bias:+.0f} s, near {near:.0%}")
    return {"scenarios": played}, lines


@contextmanager
def _stage() -> Iterator[tuple[Any, Any]]:
    """Servers whose COMMIT does not wait for the disk, with tenants and agents."""
    from tests.bench.routing import rows
    from tests.bench.variants import bench_servers

    with bench_servers("cpu") as servers:
        import django

        django.setup()
        from django.core.management import call_command

        from tests.bench.stage import set_up

        call_command("migrate_all", verbosity=0)
        yield set_up(tenants=rows.TENANTS, agents=rows.AGENTS), servers


BENCHES: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "engine": _engine,
    "rows": _rows,
    "told": _told,
    "waits": _waits,
}

if __name__ == "__main__":
    main()
