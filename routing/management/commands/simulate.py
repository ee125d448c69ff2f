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
from routing.simulator.training import CANDIDATES, who_to_train


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
        parser.add_argument("--train-next", action="store_true", help="which training of one person would save most")
        parser.add_argument("--candidates", type=int, default=CANDIDATES, help="trainings to play, for --train-next")

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
        if options["train_next"]:
            self._train_next(scenario, max(1, options["candidates"]), as_json=options["json"])
            return
        outcomes = [self._play(scenario, number) for number in range(scenario.replications)]
        found = summarise(scenario, outcomes)
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else "\n".join(_table(found)))

    def _train_next(self, scenario: scenarios.Scenario, most: int, *, as_json: bool) -> None:
        if scenario.replications < 2:
            raise CommandError("--train-next compares replications: give --replications 2 or more")
        made = 0
        rows: list[dict[str, Any]] = []
        for made, total, found in who_to_train(scenario, replications=scenario.replications, most=most):
            rows = found or rows
            if sys.stderr.isatty():
                self.stderr.write(f"\rplay {made} of {total} ", ending="")
        answer = {"scenario": scenario.name, "replications": scenario.replications, "plays": made, "trainings": rows}
        self.stdout.write(json.dumps(answer, indent=2) if as_json else "\n".join(_trainings(answer)))

    def _play(self, scenario: scenarios.Scenario, number: int) -> Outcome:
        if sys.stderr.isatty() and scenario.replications > 1:
            self.stderr.write(f"\rreplication {number + 1} of {scenario.replications} ", ending="")
        return play(scenario, number)


def _trainings(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['scenario']} · {found['replications']} replications · {found['plays']} plays", ""]
    if not found["trainings"]:
        return [*lines, "No training of one person opens work that was missed."]
    lines.append("saves: penalties €, [95 %], mean wait s, [95 %] · train one of")
    for row in found["trainings"]:
        what = f"for {row['tenant']}" if row["tenant"] else f"in {row['skill']} to {row['level']}"
        euros, wait = row["penalty"], row["wait"]
        lines.append(
            f"{euros['mean']:10,.0f}  [{euros['low']:,.0f} … {euros['high']:,.0f}]"
            f"  {wait['mean']:8.2f}  [{wait['low']:.2f} … {wait['high']:.2f}]  · {row['group']} {what}"
        )
    return lines


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
