"""Versions of a scenario compared by the same crowds, and who to train next."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from routing.simulator import scenario as scenarios
from routing.simulator.changes import with_changes, with_one_trained
from routing.simulator.compare import Version, differences, figures_of, play_outcome, play_version
from routing.simulator.sampling import draw, redraw
from routing.simulator.training import screen, who_to_train


def two_shops(**more: Any) -> dict[str, Any]:
    """Acme has too few people, Northlight some to spare: the bilingual ones are not accredited for Acme."""
    return {
        "name": "two shops", "replications": 4, "seed": 3, "policy": "index", "periods": [0, 7200], "end": 14_400,
        "classes": [_class("acme", "it", 70), _class("northlight", "de", 20)],
        "contracts": {"acme": [_clause(2000)], "northlight": [_clause(600)]},
        "agents": [
            _group("it", 5, {"lang:it": 5}, "acme"),
            _group("both", [3, 2], {"lang:it": 4, "lang:de": 4}, "northlight"),
            _group("de", 2, {"lang:de": 5}, "northlight"),
        ],
        **more,
    }  # fmt: skip


def recorded_shops() -> dict[str, Any]:
    """The same, as a record: instants and handling times."""
    data = two_shops()
    for stream, gap in zip(data["classes"], (50, 180), strict=True):
        times = [float(at) for at in range(gap, 14_400, gap)]
        stream |= {"arrivals": {"times": times}, "handle": {"trace": [200 + at % 300 for at in times]}}
    return data


def test_more_volume_is_the_same_crowd_and_others_beside_it() -> None:
    scenario = scenarios.parse(recorded_shops())
    usual, more = redraw(scenario, 1), redraw(scenario, 1, 1.3)
    assert set(zip(usual.times, usual.handle, strict=True)) <= set(zip(more.times, more.handle, strict=True))
    means = [sum(len(redraw(scenario, n, volume).times) for n in range(40)) / 40 for volume in (1.0, 1.3)]
    recorded = sum(len(stream.arrivals.times or ()) for stream in scenario.streams)
    assert means[0] == pytest.approx(recorded, rel=0.03)
    assert means[1] == pytest.approx(1.3 * recorded, rel=0.03)
    assert redraw(scenario, 1) == usual != redraw(scenario, 2)


def test_rates_are_drawn_as_ever() -> None:
    scenario = scenarios.parse(two_shops())
    assert redraw(scenario, 2) == draw(scenario, 2)


def test_another_week_may_have_its_own_instants_but_no_other_handling_times() -> None:
    scenario = scenarios.parse(recorded_shops())
    known = {seconds for stream in scenario.streams for seconds in stream.handle.by_period}
    crowd = redraw(scenario, 5)
    assert set(crowd.handle) <= known
    assert crowd.times == sorted(crowd.times) and crowd.times[0] >= 0 and crowd.times[-1] <= scenario.end


def test_nothing_changed_makes_no_difference() -> None:
    version = Version(scenarios.parse(recorded_shops()))
    plays = [play_version(version, number) for number in range(3)]
    again = [play_version(Version(with_changes(version.scenario)), number) for number in range(3)]
    found = differences(plays, again)
    every = [found["total"], *found["lines"].values()]
    assert {value for figures in every for each in figures.values() for value in each.values()} == {0.0}


def test_two_people_more_help_and_the_pairs_say_so_more_surely_than_the_means() -> None:
    scenario = scenarios.parse(recorded_shops())
    more = with_changes(scenario, heads={"it": 2})
    assert [group.count for group in more.groups] == [(7, 7), (3, 2), (2, 2)]
    before, after = ([play_version(Version(each), n) for n in range(8)] for each in (scenario, more))
    found = differences(before, after)["total"]
    assert found["service_level"]["low"] > 0 and found["wait"]["high"] < 0 and found["penalty"]["high"] < 0
    first, later = figures_of(before)["total"], figures_of(after)["total"]
    assert later["service_level"]["mean"] > first["service_level"]["mean"]
    assert found["wait"]["sd"] < (first["wait"]["sd"] ** 2 + later["wait"]["sd"] ** 2) ** 0.5
    assert later["occupancy"]["mean"] < first["occupancy"]["mean"]


def test_a_group_cannot_lose_more_than_it_has_and_gains_nobody_while_it_is_away() -> None:
    scenario = scenarios.parse(two_shops(agents=[_group("it", [0, 2], {"lang:it": 5}, "acme")]))
    assert with_changes(scenario, heads={"it": -9}).groups[0].count == (0, 0)
    assert with_changes(scenario, heads={"it": 3}).groups[0].count == (0, 5)


def test_what_the_hours_say_adds_up_to_the_total() -> None:
    outcome = play_outcome(Version(scenarios.parse(recorded_shops())), 0)
    total = outcome.total()
    for name in ("offered", "served", "abandoned", "served_in_target", "abandoned_in_target"):
        assert sum(getattr(hour, name) for hour in outcome.hours) == getattr(total, name)
    missed = total.offered - total.served_in_target - total.abandoned_in_target
    assert sum(outcome.missed.values()) == missed > 0


def test_one_is_trained_and_the_others_of_the_group_are_not() -> None:
    scenario = with_one_trained(scenarios.parse(two_shops()), "both", tenant="acme")
    by_name = {group.name: group for group in scenario.groups}
    assert by_name["both"].count == (2, 1) and by_name["both+"].count == (1, 1)
    assert by_name["both+"].tenants == {"acme", "northlight"} and by_name["both"].tenants == {"northlight"}


def test_the_training_that_opens_the_work_that_is_missed_comes_first() -> None:
    scenario = scenarios.parse(two_shops())
    found = screen(scenario, play_outcome(Version(scenario), 0))
    assert [(each.group, each.tenant, each.skill) for each in found] == [("both", "acme", "")]


def test_a_language_can_be_what_is_missing() -> None:
    groups = [_group("it", 5, {"lang:it": 5}, "acme"), _group("idle", 3, {"lang:de": 5}, "acme", "northlight")]
    scenario = scenarios.parse(two_shops(agents=groups))
    best = screen(scenario, play_outcome(Version(scenario), 0))[0]
    assert (best.group, best.skill, best.level) == ("idle", "lang:it", 2)


def test_nobody_is_to_be_trained_where_nothing_was_missed() -> None:
    scenario = scenarios.parse(
        two_shops(agents=[_group("all", 40, {"lang:it": 5, "lang:de": 5}, "acme", "northlight")])
    )
    assert list(who_to_train(scenario, replications=2))[-1][2] == []


def test_who_to_train_says_what_it_saves_with_its_interval(tmp_path: Path) -> None:
    path = tmp_path / "shops.json"
    path.write_text(json.dumps(two_shops()))
    out = StringIO()
    call_command("simulate", str(path), "--train-next", "--json", stdout=out, stderr=StringIO())
    found = json.loads(out.getvalue())
    [row] = found["trainings"]
    assert (row["group"], row["tenant"]) == ("both", "acme") and found["plays"] == 2 * 4
    assert 0 < row["penalty"]["low"] < row["penalty"]["mean"] < row["penalty"]["high"]
    assert row["wait"]["low"] > 0
    words = StringIO()
    call_command("simulate", str(path), "--train-next", stdout=words, stderr=StringIO())
    assert "both for acme" in words.getvalue()


def test_one_replication_cannot_be_compared(tmp_path: Path) -> None:
    path = tmp_path / "shops.json"
    path.write_text(json.dumps(two_shops(replications=1)))
    with pytest.raises(CommandError, match="--replications 2"):
        call_command("simulate", str(path), "--train-next", stdout=StringIO(), stderr=StringIO())


def test_what_is_gained_is_less_of_what_is_lost() -> None:
    scenario = replace(scenarios.parse(two_shops()), replications=3)
    [row] = list(who_to_train(scenario, replications=3))[-1][2]
    before, after = (
        [play_version(Version(each), n) for n in range(3)]
        for each in (scenario, with_one_trained(scenario, "both", tenant="acme"))
    )
    saved = [first["total"]["penalty"] - later["total"]["penalty"] for first, later in zip(before, after, strict=True)]
    assert row["penalty"]["mean"] == pytest.approx(sum(saved) / 3)


def _class(tenant: str, language: str, rate: float) -> dict[str, Any]:
    return {
        "name": f"{tenant} {language}", "tenant": tenant, "channel": "chat", "needs": {f"lang:{language}": 2},
        "target": 60, "arrivals": {"per_hour": rate}, "handle": {"exponential": 300},
        "patience": {"exponential": 240},
    }  # fmt: skip


def _clause(volume: float) -> dict[str, Any]:
    return {
        "channel": "chat", "target": 60, "goal": 0.9, "credit_per_point": 100, "cap_points": 25,
        "expected_volume": volume,
    }  # fmt: skip


def _group(name: str, count: Any, skills: dict[str, int], *tenants: str) -> dict[str, Any]:
    return {"group": name, "count": count, "skills": skills, "tenants": list(tenants), "channels": ["chat"]}
