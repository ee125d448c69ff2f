"""All benchmarks, one table, and ``.run/bench.json``.

    make bench                              all of them
    make bench ARGS="inbound"               one; also: wall, clocks, attainment, report, tenants, thousand,
                                            console
    make bench ARGS="inbound --disk"        with COMMITs that wait for the disk as well

Each starts servers of its own and leaves nothing behind. Goals that are missed do not fail the run; wrong results do.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, spread, table

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / ".run" / "bench.json"
NAMES = ("inbound", "wall", "clocks", "attainment", "report", "tenants", "thousand", "console")
TENANT_GOALS = {
    "onboard_seconds": ("a new tenant at the last of {n:,}, s", 1.0),
    "two_columns_seconds": ("two new columns through {n:,} tenants, s", 30.0),
    "nothing_to_do_seconds": ("migrate_tenants with nothing to do, s", 2.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES), default=list(NAMES))
    parser.add_argument("--disk", action="store_true", help="inbound once more with COMMITs that wait for the disk")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tenants", type=int, default=1000)
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    results: dict[str, Any] = {}
    lines: list[Line] = []
    for name in arguments.names:
        print(f"{name}: running", file=sys.stderr, flush=True)
        for result in _run(name, arguments):
            results[f"{name} ({result['variant']})" if "variant" in result else name] = result
            lines += [Line(**{key: value for key, value in line.items() if key != "met"}) for line in result["lines"]]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1))
    print(table(lines))
    print(f"All figures: {RESULT.relative_to(ROOT)}")


def _run(name: str, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    if name == "tenants":
        return [_tenants(arguments.tenants)]
    rounds = ["--rounds", str(arguments.rounds)]
    if name == "thousand":
        return [_module("thousand", *rounds, "--tenants", str(arguments.tenants))]
    if name == "console":
        return [_module("console", *rounds)]
    if name in ("wall", "clocks", "attainment", "report"):
        return [_module(name)]
    variants = [[], ["--disk"]] if arguments.disk else [[]]
    return [_module("inbound", *rounds, *variant) for variant in variants]


def _module(name: str, *options: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [sys.executable, "-m", f"tests.bench.{name}", *options, "--json", str(file)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)
        found: dict[str, Any] = json.loads(file.read_text())
    return found


def _tenants(count: int) -> dict[str, Any]:
    """That one takes its servers from its environment, and ends with 1 when a goal is missed."""
    command = [sys.executable, "-m", "config.launch.scratch", "--durable", "--"]
    command += [sys.executable, "-m", "tests.bench.bench_tenants", "--tenants", str(count)]
    answer = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if "{" not in answer.stdout:
        raise RuntimeError(f"tenants gave no result (exit code {answer.returncode})")
    found: dict[str, Any] = json.loads(answer.stdout[answer.stdout.index("{") :])
    lines = [
        Line(metric.format(n=count), f"{found[name]:.3g} s", "", spread([found[name]]), goal)
        for name, (metric, goal) in TENANT_GOALS.items()
    ]
    return {**found, "lines": [line.as_json() for line in lines]}


if __name__ == "__main__":
    main()
