"""A recorded call log becomes a scenario and is played."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from routing.simulator import scenario as scenarios
from routing.simulator.calls import read_calls, recorded, scenario_of
from routing.simulator.play import play

LOG = Path("../shared/data/calls_1999_10_first_half.csv")
HEAD = "entered_queue_at,call_type,priority,identified,queue_seconds,outcome,service_seconds,agent\n"
# Two agents; one caller of high priority waits, one hangs up, one was never on the line, one agent goes for a rest.
OWN = HEAD + (
    "1999-10-01 07:00:00,PS,0,0,0,AGENT,300,A1\n"
    "1999-10-01 07:01:00,PS,0,0,0,AGENT,240,A2\n"
    "1999-10-01 07:02:00,PS,2,1,150,AGENT,60,A1\n"
    "1999-10-01 07:02:10,PS,0,0,40,HANG,0,\n"
    "1999-10-01 07:03:00,PS,0,0,9,PHANTOM,0,\n"
    "1999-10-01 07:40:00,PS,0,0,0,AGENT,120,A1\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(OWN)
    return path


def test_calls_become_traces_and_phantoms_are_left_out(log: Path) -> None:
    scenario = scenarios.parse(scenario_of(read_calls(log)))
    high, other = scenario.streams
    assert (high.name, high.arrivals.times, high.handle.by_period) == ("high", (25_320.0,), (60.0,))
    assert other.arrivals.times == (25_200.0, 25_260.0, 25_330.0, 27_600.0)
    # Who hung up left after 40 s; who was answered would have waited longer than they did.
    assert other.patience is not None and other.patience.by_period[2] == 40
    assert high.patience is not None and high.patience.by_period[0] >= 150
    # Who is of high priority goes first unless the other has waited for a head start longer.
    assert other.target - high.target == 90


def test_agents_are_there_from_call_to_call_and_not_while_they_rest(log: Path) -> None:
    [group] = scenarios.parse(scenario_of(read_calls(log), away_after=600)).groups
    # From 07:00: both talk for a third of the quarter; from 07:40 one for two minutes of it.
    assert group.count[28:31] == (1, 0, 0)
    [always] = scenarios.parse(scenario_of(read_calls(log), away_after=3600)).groups
    assert always.count[28:31] == (1, 1, 1)


def test_a_log_is_played_beside_what_was(log: Path, tmp_path: Path) -> None:
    out, written = StringIO(), tmp_path / "scenario.json"
    call_command("replay_calls", str(log), "--json", "--write", str(written), stdout=out)
    found = json.loads(out.getvalue())
    assert found["recorded"]["total"]["offered"] == found["played"]["total"]["offered"] == 5
    assert found["recorded"]["other"]["abandoned"] == 1 / 4 and found["recorded"]["high"]["wait"] == 150
    again = play(scenarios.read(written), 0).total()
    assert again.served + again.abandoned == 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no calls"),
        ("a,b\n1,2\n", "lacks the column entered_queue_at"),
        (HEAD + "yesterday,PS,0,0,0,AGENT,5,A1\n", "line 2"),
        (HEAD + "1999-10-01 07:00:00,PS,0,0,-5,AGENT,5,A1\n", "line 2: a time is negative"),
    ],
)
def test_a_log_that_is_none_is_refused_by_its_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=why):
        call_command("replay_calls", str(path), stdout=StringIO())


@pytest.mark.skipif(not LOG.exists(), reason="shared/data is not here")
def test_three_days_of_the_real_log_wait_about_as_long_as_they_did() -> None:
    calls = [call for call in read_calls(LOG) if 2 * 86_400 <= call.at < 5 * 86_400]
    scenario = scenarios.parse(scenario_of(calls))
    total, was = play(scenario, 0).total(), recorded(calls)["total"]
    assert total.offered == was["offered"] > 3000 and total.served + total.abandoned == total.offered
    # Of the same order: who was signed in is not in the log (docs/simulator.md has the figures).
    assert was["wait"] / 4 < total.waited / total.served < was["wait"] * 4
