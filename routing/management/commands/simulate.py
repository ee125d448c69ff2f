"""``manage.py simulate SCENARIO.json [--json]``: play a scenario through the engine."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import system
from routing.engine.policies import POLICIES
from routing.simulator import scenario as scenarios
from routing.simulator.play import play
from routing.simulator.summary import summarise
from routing.simulator.tally import Outcome


class Command(BaseCommand):
    access = system(opens="nothing", by="open", why="a scenario file of whoever runs it; no row is read")
    help = "Play a scenario file (.json, .json.gz) through the routing engine and print what comes of it."
    requires_system_checks: list[str] = []  # noqa: RUF012  needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", type=Path)
        parser.add_argument("--json", action="store_true", help="all figures as JSON")
        parser.add_argument("--policy", choices=sorted(POLICIES), help="instead of the scenario's")
        parser.add_argument("--replications", type=int, help="instead of the scenario's")
        parser.add_argument("--seed", type=int, help="instead of the scenario's")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = scenarios.read(options["scenario"])
        except scenarios.Refused as refused:
            raise CommandError(str(refused)) from refused
        changes = {name: options[name] for name in ("policy", "replications", "seed") if options[name] is not None}
        if changes.get("replications", 1) < 1:
            raise CommandError("--replications: must be at least 1")
        scenario = replace(scenario, **changes)
        for warning in scenario.warnings:
            self.stderr.write(f"warning: {warning}")
        outcomes = [self._play(scenario, number) for number in range(scenario.replications)]
        found = summarise(scenario, outcomes)
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else "\n".join(_table(found)))

    def _play(self, scenario: scenarios.Scenario, number: int) -> Outcome:
        if sys.stderr.isatty() and scenario.replications > 1:
            self.stderr.write(f"\rreplication {number + 1} of {scenario.replications} ", ending="")
        return play(scenario, number)


def _table(found: dict[str, Any]) -> list[str]:
    head = ("class", "offered", "served", "gone", "answer s", "p99 s", "max s", "in target", "±", "penalty €")
    rows = [_row(name, figures) for name, figures in found["classes"].items()]
    rows.append(_row("total", found["total"]))
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = [f"{found['scenario']} · {found['policy']} · {found['replications']} replications", ""]
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells))
    lines += ["", "agents: occupancy"]
    groups = sorted(found["agents"].items())
    lines += [f"  {name}: {each['occupancy']['mean']:.1%}" for name, each in groups[:30]]
    if len(groups) > 30:
        lines.append(f"  … and {len(groups) - 30} more groups (--json has them)")
    return lines


def _row(name: str, figures: dict[str, Any]) -> tuple[str, ...]:
    level = figures["service_level"]["of_offered_less_short_abandons"]
    return (
        name,
        *(f"{figures[key]['mean']:,.1f}" for key in ("offered", "served", "abandoned", "answer_time", "wait_p99")),
        f"{figures['max_wait']['mean']:,.0f}",
        f"{level['mean']:.1%}",
        f"{(level['high'] - level['low']) / 2:.1%}",
        f"{figures['penalty']['mean']:,.0f}",
    )
