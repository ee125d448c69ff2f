"""The simulator against closed forms, and what a scenario may say."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from routing import erlang
from routing.simulator import scenario as scenarios
from routing.simulator.play import play
from routing.simulator.summary import summarise


def plain(*, agents: int = 12, load: float = 10, handle: float = 300, patience: float | None = 180) -> dict[str, Any]:
    """One class of calls: `load` erlang for `agents`."""
    return {
        "name": "plain",
        "replications": 40,
        "seed": 5,
        "policy": "fifo",
        "end": 28_800,
        "classes": [
            {
                "name": "es",
                "tenant": "acme",
                "channel": "call",
                "needs": {"lang_es": 1},
                "target": 20,
                "arrivals": {"per_hour": load / handle * 3600},
                "handle": {"exponential": handle},
                "patience": patience and {"exponential": patience},
            }
        ],
        "contracts": {
            "acme": [
                {"channel": "call", "target": 20, "goal": 0.9, "credit_per_point": 100, "cap_points": 25,
                 "abandon_goal": 0.03, "abandon_credit_per_point": 50, "expected_volume": 1000}
            ]
        },
        "agents": [
            {"group": "es", "count": agents, "skills": {"lang_es": 5}, "tenants": ["acme"], "channels": ["call"]}
        ],
    }  # fmt: skip


def played(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    scenario = replace(scenarios.parse(data), **changes)
    return summarise(scenario, [play(scenario, number) for number in range(scenario.replications)])


def within(figure: dict[str, float], expected: float, slack: float = 1.0) -> bool:
    """In the 95 % interval, widened by `slack`: a run starts with an empty queue, the formula does not."""
    half = (figure["high"] - figure["low"]) / 2 * slack
    return abs(figure["mean"] - expected) <= half


@pytest.mark.parametrize("policy", ["fifo", "due"])
def test_callers_who_give_up_as_erlang_a_says(policy: str) -> None:
    found = played(plain(), policy=policy)["total"]
    truth = erlang.Patient(12, 10, 300, 180)
    share = found["abandoned"]["mean"] / found["offered"]["mean"]
    assert share == pytest.approx(truth.abandoned, abs=0.012)
    levels = found["service_level"]
    assert within(levels["of_offered"], truth.answered_within(20), 2)
    assert within(levels["of_offered_less_short_abandons"], truth.level_excluding_short_abandons(20), 2)


def test_callers_who_wait_as_erlang_c_says() -> None:
    found = played(plain(agents=14, handle=240, patience=None))
    total = found["total"]
    assert within(total["service_level"]["of_offered"], erlang.service_level(14, 10, 240, 20), 2)
    assert within(total["answer_time"], erlang.speed_of_answer(14, 10, 240), 2)
    assert within(found["agents"]["es"]["occupancy"], 10 / 14, 2)
    assert total["served"] == total["offered"] and total["abandoned"]["mean"] == 0


def test_everyone_who_came_is_served_gone_or_still_there() -> None:
    data = plain(agents=8) | {"drain": False}
    for number in range(5):
        outcome = play(scenarios.parse(data), number)
        total = outcome.total()
        assert total.offered == total.served + total.abandoned + outcome.unserved
    drained = play(scenarios.parse(data | {"drain": True}), 0)
    assert drained.unserved == 0


def test_the_same_seed_gives_the_same_output_and_another_seed_another() -> None:
    assert played(plain(), replications=3) == played(plain(), replications=3)
    assert played(plain(), replications=3) != played(plain(), replications=3, seed=6)


def test_traces_are_played_as_they_are() -> None:
    data = plain(agents=1)
    data["classes"][0] |= {
        "arrivals": {"times": [0, 10, 20, 30]},
        "handle": {"trace": [100, 50, 50, 50]},
        "patience": {"trace": [999, 20, 999, 999]},
    }
    total = played(data, replications=1)["total"]
    assert [total[key]["mean"] for key in ("offered", "served", "abandoned", "served_in_target")] == [4, 3, 1, 1]
    assert total["answer_time"]["mean"] == pytest.approx((0 + 80 + 120) / 3)
    assert total["max_wait"]["mean"] == 120
    levels = {name: figure["mean"] for name, figure in total["service_level"].items()}
    assert levels == {
        "of_offered": 0.25,
        "of_answered": pytest.approx(1 / 3),
        "of_offered_less_short_abandons": pytest.approx(1 / 3),
        "with_short_abandons": 0.5,
    }
    # 90 − 33⅓ points, at most 25, at 100 €; 25 − 3 points of abandonment at 50 €.
    assert total["penalty"]["mean"] == pytest.approx(25 * 100 + 22 * 50)


def test_staff_that_leaves_finishes_what_it_has() -> None:
    data = plain() | {"periods": [0, 100, 200], "end": 300}
    data["agents"][0]["count"] = [2, 0, 1]
    data["classes"][0] |= {
        "arrivals": {"times": [0, 150]},
        "handle": {"constant": [120, 10, 10]},
        "patience": None,
    }
    found = played(data, replications=1)
    assert found["total"]["answer_time"]["mean"] == 25  # the second waits from 150 to 200
    # Busy 120 + 10 of 120 (to the end of the call) + 100 (the idle one) + 100 staffed.
    assert found["agents"]["es"]["occupancy"]["mean"] == pytest.approx(130 / 320)


def test_chats_share_an_agent_and_calls_do_not() -> None:
    data = plain(agents=1) | {"units": {"call": 3, "chat": 1}}
    data["agents"][0] |= {"capacity": 3, "channels": ["call", "chat"]}
    chat = deepcopy(data["classes"][0]) | {"name": "chat", "channel": "chat", "patience": None}
    chat |= {"arrivals": {"times": [0, 1, 2, 3]}, "handle": {"constant": 100}}
    data["classes"] = [chat]
    assert played(data, replications=1)["total"]["answer_time"]["mean"] == pytest.approx(97 / 4)
    data["classes"] = [chat | {"channel": "call"}]
    assert played(data, replications=1)["total"]["answer_time"]["mean"] == pytest.approx((0 + 99 + 198 + 297) / 4)


def test_busy_days_differ_more_than_chance() -> None:
    calm, moody = played(plain()), played(plain() | {"busyness": {"gamma_shape": 10}})
    assert moody["total"]["offered"]["sd"] > 2 * calm["total"]["offered"]["sd"]
    assert moody["total"]["offered"]["mean"] == pytest.approx(calm["total"]["offered"]["mean"], rel=0.15)


def test_a_class_that_nobody_can_serve_is_said_and_counted() -> None:
    data = plain(agents=2, load=1)
    orphan = deepcopy(data["classes"][0]) | {"name": "pt", "needs": {"lang_pt": 1}}
    data["classes"].append(orphan)
    found = played(data, replications=2)
    assert "'pt'" in found["warnings"][0]
    assert found["classes"]["pt"]["served"]["mean"] == 0
    assert found["classes"]["pt"]["abandoned"] == found["classes"]["pt"]["offered"]
    assert found["classes"]["es"]["served"]["mean"] > 0


def _set(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *way, last = path.split(".")
    place: Any = data
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("colour", "red", "scenario.colour: unknown key"),
        ("classes.0.wieght", 2, "scenario.classes[0].wieght: unknown key"),
        ("classes.0.arrivals", {"per_hour": -3}, "at least 0"),
        ("classes.0.arrivals", {}, "either per_hour or times"),
        ("classes.0.arrivals", {"times": [3, 1]}, "must not fall"),
        ("classes.0.handle", {"gaussian": 3}, "gaussian is not known"),
        ("classes.0.handle", {"uniform": [9, 3]}, "[low, high]"),
        ("classes.0.target", 0, "above 0"),
        ("classes.0.needs", {"lang_es": True}, "must be a number"),
        ("classes", [], "at least 1"),
        ("policy", "round_robin", "must be one of"),
        ("periods", [0, 10, 10], "begin with 0 and rise"),
        ("agents.0.count", [1, 2], "one for each of the 1 periods"),
        ("agents.0.count", 1.5, "whole number"),
        ("agents.0.count", -1, "at least 0"),
        ("contracts.acme.0.goal", 1.2, "at most 1"),
        ("busyness", {"gamma_shape": 0}, "above 0"),
        ("seed", "one", "must be a number"),
        ("end", -5, "at least 0"),
    ],
)
def test_a_wrong_scenario_is_refused_by_its_place(path: str, value: Any, said: str) -> None:
    scenarios.parse(plain())
    with pytest.raises(scenarios.Refused) as refused:
        scenarios.parse(_set(plain(), path, value))
    assert said in str(refused.value)


def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    path = tmp_path / "plain.json.gz"
    path.write_bytes(gzip.compress(json.dumps(plain() | {"replications": 2}).encode()))
    told, table = StringIO(), StringIO()
    call_command("simulate", path, "--json", stdout=told)
    call_command("simulate", path, "--policy", "index", stdout=table)
    found = json.loads(told.getvalue())
    assert found["scenario"] == "plain" and set(found["classes"]["es"]["offered"]) == {"mean", "sd", "low", "high"}
    assert "plain · index · 2 replications" in table.getvalue() and "occupancy" in table.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("simulate", tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(CommandError, match="is not JSON"):
        call_command("simulate", tmp_path / "broken.json")
