"""``manage.py replay_calls LOG.csv``: play a recorded call log and set its waits beside those that were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import declares, system
from routing.engine.policies import POLICIES
from routing.simulator import scenario as scenarios
from routing.simulator.calls import AWAY_AFTER, read_calls, recorded, scenario_of
from routing.simulator.play import play
from routing.simulator.tally import Count

COLUMNS = ("offered", "abandoned", "wait", "no_wait", "wait_p99")


class Command(BaseCommand):
    access = system(opens="nothing", by="open", why="a log of whoever runs it; no row is read")
    help = "Turn a call log (CSV) into a scenario, play it, and print its waits beside the recorded ones."
    requires_system_checks: list[str] = []  # noqa: RUF012  needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("log", type=Path)
        parser.add_argument(
            "--away-after", type=float, default=AWAY_AFTER, help="idle seconds that end a stretch of work"
        )
        parser.add_argument("--policy", choices=sorted(POLICIES), default="due")
        parser.add_argument("--write", type=Path, help="also write the scenario, for manage.py simulate")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            calls = read_calls(options["log"])
            data = scenario_of(calls, away_after=options["away_after"], policy=options["policy"])
            scenario = scenarios.parse(data)
        except scenarios.Refused as refused:
            raise CommandError(str(refused)) from refused
        if options["write"]:
            _write(options["write"], data)
        outcome = play(scenario, 0)
        played = {stream.name: _figures(count) for stream, count in zip(scenario.streams, outcome.classes, strict=True)}
        played["total"] = _figures(outcome.total())
        found = {
            "recorded": recorded(calls),
            "played": played,
            "occupancy": sum(outcome.busy.values()) / max(1.0, sum(outcome.staffed.values())),
        }
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else "\n".join(_table(found)))


@declares("storage", system(opens="nothing", by="open", why="a scenario where whoever runs it says; no row is in it"))
def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data))


def _figures(count: Count) -> dict[str, float]:
    answered = max(1, count.served)
    at_once = sum(wait == 0 for wait in count.waits)
    return {
        "offered": float(count.offered),
        "abandoned": count.abandoned / max(1, count.offered),
        "wait": count.waited / answered,
        "no_wait": at_once / answered,
        "wait_p99": sorted(count.waits)[int(0.99 * len(count.waits))] if count.waits else 0.0,
    }


def _table(found: dict[str, Any]) -> list[str]:
    lines = [f"{'':16}{'calls':>8}{'gone':>8}{'mean wait s':>13}{'no wait':>9}{'p99 s':>8}"]
    for name in found["recorded"]:
        for source in ("recorded", "played"):
            calls, gone, wait, at_once, p99 = (found[source][name][key] for key in COLUMNS)
            lines.append(f"{name:7}{source:9}{calls:8,.0f}{gone:8.1%}{wait:13.1f}{at_once:9.1%}{p99:8.0f}")
    return [*lines, f"agents in talk: {found['occupancy']:.1%} of the time that they are taken to be there"]
