"""What if: a past week of the floor, played again with other people, policy or volume, or with somebody trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desk import planning_play
from desk.week_rows import week_of
from desk.week_scenario import record
from kernel import clock
from people.models import Accreditation, AuditEntry, Membership, Person
from routing import whatifs
from routing.models import WhatIf, WhatIfPlay
from routing.simulator import scenario as scenarios
from routing.simulator.compare import Version, play_version
from tenants.models import Tenant
from tests.desk.past_week import DAY, MONDAY, TODAY, came, shift
from tests.world import SINCE, hire

Desk = Callable[..., Client]
WHAT_IFS = "/api/desk/planning/what-ifs"


@pytest.fixture(autouse=True)
def _today(rows: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some days after the week, for people who live in UTC; few plays."""
    monkeypatch.setattr("desk.planning.MOST_REPLICATIONS", 8)
    Person.objects.update(time_zone="UTC")
    with clock.hold(TODAY):
        yield


@pytest.fixture
def week(acme: Tenant, northlight: Tenant, paolo: Person, jens: Person, lucia: Person) -> None:
    """A Monday with too few Italians: eight chats at once each hour; Northlight is quiet."""
    for person in (paolo, jens):
        shift(person)
    shift(lucia, start=12, end=16)
    for hour in range(8, 16):
        for number in range(8):
            came(acme, paolo, hour=hour + number / 120, waited=20 + 60 * number, handled=900)
        came(acme, None, hour=hour + 0.2, waited=100)
    for hour in (9, 13):
        came(northlight, jens, hour=hour, waited=15)


def ask(client: Client, **asked: Any) -> Any:
    return client.post(WHAT_IFS, {"day": DAY, **asked}, content_type="application/json")


def played(client: Client, **asked: Any) -> dict[str, Any]:
    """Asked for and played to the end."""
    answer = ask(client, **asked)
    assert answer.status_code == 201, answer.content
    while planning_play.play_some(60):
        pass
    found: dict[str, Any] = client.get(f"{WHAT_IFS}/{answer.json()['id']}").json()
    assert found["state"] == "done"
    return found


def keep_to(person: Person, tenant: Tenant) -> None:
    """The supervisor serves this client alone."""
    Membership.objects.filter(person=person).update(all_clients=False)
    Accreditation.objects.create(person=person, tenant=tenant, alias="S", valid_from=SINCE)


def groups_of(client: Client) -> dict[tuple[str, ...], str]:
    """(people's names) → key."""
    groups = client.get(f"/api/desk/planning/week?day={DAY}").json()["groups"]
    return {tuple(person["name"].split()[0] for person in group["people"]): group["key"] for group in groups}


@pytest.mark.usefixtures("week")
def test_more_people_change_the_week_and_the_week_as_it_was_stands_beside_what_happened(
    desk_client: Desk, sofia: Person
) -> None:
    client = desk_client(sofia)
    paolo = groups_of(client)["Paolo",]
    found = played(client, heads={paolo: 2})
    assert (found["conversations"], found["plays_done"], found["question"]["heads"]) == (74, 16, {paolo: 2})
    result, recorded = found["result"], found["recorded"]
    assert recorded["offered"] == 74 and recorded["abandoned"] == pytest.approx(8 / 74)
    before, after, difference = result["before"], result["after"], result["difference"]
    assert before["offered"]["low"] < 74 < before["offered"]["high"]
    assert after["service_level"]["mean"] > before["service_level"]["mean"]
    assert difference["service_level"]["low"] > 0 and difference["penalty"]["high"] < 0
    for name in ("wait", "wait_p99", "abandoned", "penalty", "occupancy"):
        assert before[name]["low"] <= before[name]["mean"] <= before[name]["high"]
    lines = {line["client"]["name"]: line for line in found["lines"]}
    assert lines["Acme Shoes"]["goal"] == 0.8 and lines["Acme Shoes"]["currency"] == "EUR"
    assert lines["Northlight"]["difference"]["penalty"]["mean"] == 0
    assert [len(found["hours"][part]["offered"]) for part in ("recorded", "before", "after")] == [169] * 3
    assert found["hours"]["recorded"]["offered"][10] == 9
    [group] = [each for each in found["groups"] if each["key"] == paolo]
    assert group["occupancy_after"]["mean"] < group["occupancy_before"]["mean"]


@pytest.mark.usefixtures("week")
def test_more_volume_makes_it_worse_and_another_policy_is_played(desk_client: Desk, sofia: Person) -> None:
    found = played(desk_client(sofia), volume=1.5, policy="fifo")
    assert found["question"]["policy"] == "fifo" and found["policy"] == "index"
    assert found["result"]["after"]["offered"]["mean"] == pytest.approx(1.5 * 74, rel=0.1)
    assert found["result"]["difference"]["wait"]["low"] > 0


@pytest.mark.usefixtures("week")
def test_who_to_train_next_is_who_is_there_and_idle(
    desk_client: Desk, sofia: Person, jens: Person, northlight: Tenant
) -> None:
    rita = hire("rita", {"it": 5, "de": 4}, [northlight])
    shift(rita)
    found = played(desk_client(sofia), kind="training")
    best = found["trainings"][0]
    assert best["client"]["name"] == "Acme Shoes" and best["skill"] is None and best["penalty"]["low"] > 0
    keys = {group["key"]: [person["name"] for person in group["people"]] for group in found["groups"]}
    assert keys[best["group"]] == [rita.name]
    assert found["plays_total"] == found["replications"] * (1 + len(found["trainings"]))
    # Jens has neither Acme's accreditation nor Italian: one training alone opens nothing for him.
    assert jens.name not in {name for each in found["trainings"] for name in keys[each["group"]]}


@pytest.mark.usefixtures("week")
def test_a_supervisor_of_one_client_plays_that_one_and_opens_no_other(
    desk_client: Desk, sofia: Person, omar: Person, northlight: Tenant, acme: Tenant
) -> None:
    whole = ask(desk_client(omar), volume=1.2).json()["id"]
    keep_to(sofia, northlight)
    client = desk_client(sofia)
    own = ask(client, volume=1.2).json()
    assert [each["name"] for each in own["clients"]] == ["Northlight"]
    text = client.get(f"{WHAT_IFS}/{own['id']}").content.decode()
    assert "acme" not in text.lower() and "Paolo" not in text
    for method in (client.get, client.delete):
        assert method(f"{WHAT_IFS}/{whole}").status_code == 404
    assert client.post(f"{WHAT_IFS}/{whole}/cancel").status_code == 404
    assert client.get(f"{WHAT_IFS}/{whole}/scenario").status_code == 404
    assert ask(client, volume=1.2, clients=[str(acme.id)]).status_code == 404
    listed = client.get("/api/desk/planning").json()
    assert [each["id"] for each in listed["what_ifs"]] == [own["id"]]
    assert {each["conversations"] for each in listed["weeks"]} == {0, 2}
    assert {each["id"] for each in desk_client(omar).get("/api/desk/planning").json()["what_ifs"]} == {whole, own["id"]}


@pytest.mark.usefixtures("week")
def test_agents_and_clients_do_not_plan(
    desk_client: Desk, shop_client: Any, sofia: Person, paolo: Person, carla: Person, acme: Tenant
) -> None:
    for path in ("/api/desk/planning", f"/api/desk/planning/week?day={DAY}"):
        assert desk_client(sofia).get(path).status_code == 200
        assert desk_client(paolo).get(path).status_code == 403
        assert shop_client(acme, carla).get(path).status_code == 404
    assert ask(desk_client(paolo), volume=1.2).status_code == 403
    assert not WhatIf.objects.exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"day": "2026-01-14"}, "week_empty"),
        ({"day": TODAY.date().isoformat()}, "invalid"),
        ({"heads": {"g99": 1}}, "invalid"),
        ({"volume": 9}, "invalid"),
        ({"policy": "guess"}, "invalid"),
        ({}, "nothing_changed"),
        ({"day": "soon"}, "invalid"),
    ],
)
@pytest.mark.usefixtures("week")
def test_what_cannot_be_played_is_refused_with_what_to_do(
    desk_client: Desk, sofia: Person, asked: dict[str, Any], code: str
) -> None:
    answer = ask(desk_client(sofia), **asked)
    assert answer.json()["code"] == code and answer.status_code in (400, 409)
    assert not WhatIf.objects.exists()


@pytest.mark.usefixtures("week")
def test_a_week_that_is_too_large_says_so_and_fewer_clients_can_be_played(
    desk_client: Desk, sofia: Person, northlight: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.planning.MOST", 50)
    refused = ask(desk_client(sofia), volume=1.2)
    assert refused.json()["code"] == "week_too_large" and "fewer clients" in refused.json()["message"]
    assert ask(desk_client(sofia), volume=1.2, clients=[str(northlight.id)]).status_code == 201


@pytest.mark.usefixtures("week")
def test_work_that_was_broken_off_goes_on_where_it_was(
    desk_client: Desk, sofia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = WhatIf.objects.get(pk=ask(desk_client(sofia), volume=1.2).json()["id"])
    claimed = whatifs.claim()
    assert claimed is not None and whatifs.claim() is None, "one at a time"
    for replication in range(3):
        assert whatifs.played(what_if_id=row.id, version=0, replication=replication, figures=_figures(row))
    # Whoever played it is gone, and has said nothing since.
    with clock.hold(clock.now() + timedelta(minutes=5)):
        made: list[int] = []

        def play(version: Version, replication: int) -> dict[str, Any]:
            made.append(replication)
            return play_version(version, replication)

        monkeypatch.setattr(planning_play, "play_version", play)
        while planning_play.play_some(60):
            pass
    row.refresh_from_db()
    assert row.state == "done" and len(made) == row.plays_total - 3 == row.plays_done - 3
    assert not WhatIfPlay.objects.exists()


@pytest.mark.usefixtures("week")
def test_a_cancelled_one_is_played_no_further_and_can_be_removed(desk_client: Desk, sofia: Person) -> None:
    client = desk_client(sofia)
    one, other = (ask(client, volume=volume).json()["id"] for volume in (1.2, 1.4))
    assert whatifs.claim() is not None
    cancelled = client.post(f"{WHAT_IFS}/{one}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    row = WhatIf.objects.get(pk=one)
    assert not whatifs.played(what_if_id=row.id, version=0, replication=0, figures={})
    while planning_play.play_some(60):
        pass
    assert WhatIf.objects.get(pk=other).state == "done" and not WhatIf.objects.get(pk=one).plays_done
    assert client.post(f"{WHAT_IFS}/{other}/cancel").json()["code"] == "already_over"
    assert AuditEntry.objects.filter(action="planning.cancelled", object_id=one).count() == 1
    assert client.delete(f"{WHAT_IFS}/{one}").status_code == 204
    assert client.get(f"{WHAT_IFS}/{one}").status_code == 404
    assert AuditEntry.objects.filter(action="planning.removed", object_id=one).exists()


@pytest.mark.usefixtures("week")
def test_one_that_fails_says_so_and_the_next_one_is_played(desk_client: Desk, sofia: Person) -> None:
    client = desk_client(sofia)
    bad, good = (ask(client, volume=volume).json()["id"] for volume in (1.2, 1.4))
    WhatIf.objects.filter(pk=bad).update(scenario={"name": "gone wrong"})
    while planning_play.play_some(60):
        pass
    assert [WhatIf.objects.get(pk=each).state for each in (bad, good)] == ["failed", "done"]


@pytest.mark.usefixtures("week")
def test_what_ends_whoever_plays_it_is_not_tried_for_ever(desk_client: Desk, sofia: Person) -> None:
    client = desk_client(sofia)
    bad, good = (ask(client, volume=volume).json()["id"] for volume in (1.2, 1.4))
    for minutes in range(whatifs.ATTEMPTS_MAX):
        with clock.hold(clock.now() + timedelta(minutes=5 * minutes)):
            claimed = whatifs.claim()  # and nothing is heard of it any more
            assert claimed is not None and str(claimed.id) == bad
    with clock.hold(clock.now() + timedelta(hours=1)):
        while planning_play.play_some(60):
            pass
    assert [WhatIf.objects.get(pk=each).state for each in (bad, good)] == ["failed", "done"]


@pytest.mark.usefixtures("week")
def test_nobody_pushes_out_what_another_one_asked(
    desk_client: Desk, sofia: Person, omar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.whatifs.KEPT", 1)
    theirs = ask(desk_client(omar), volume=1.2).json()["id"]
    WhatIf.objects.update(state="done")
    for volume in (1.3, 1.4, 1.5):
        mine = ask(desk_client(sofia), volume=volume).json()["id"]
        WhatIf.objects.filter(pk=mine).update(state="done")
    assert WhatIf.objects.filter(pk=theirs).exists() and WhatIf.objects.filter(made_by=sofia).count() == 2


def test_the_scenario_is_the_week_in_the_form_of_the_files(
    acme: Tenant, northlight: Tenant, paolo: Person, lucia: Person, jens: Person
) -> None:
    shift(paolo, start=8, end=10)
    shift(lucia, start=9, end=11)
    first = came(acme, paolo, hour=8, waited=30, handled=400)
    came(acme, None, hour=9, waited=70)
    came(northlight, lucia, hour=9.5, waited=5, handled=100)
    came(acme, lucia, day=4, hour=21, group="mail", handled=600)
    recorded = record(week_of(MONDAY.date(), "UTC"), [acme, northlight])
    scenario = scenarios.parse(recorded.scenario)
    assert recorded.conversations == 4 and scenario.end == 7 * 86_400
    by_name = {(stream.tenant, stream.channel): stream for stream in scenario.streams}
    chat = by_name["acme", "chat"]
    assert chat.needs == {"lang:it": 2} and list(chat.arrivals.times or ()) == [8 * 3600, 9 * 3600]
    assert list(chat.handle.by_period) == [400, 400], "who left takes as long as is usual"
    # A minute is promised; ten seconds of it are the usual time to the first reply.
    assert chat.target == 50 and by_name["northlight", "chat"].target == 50
    # Two waits of 100 s in all chats, one of them ended by leaving, and one of 5 s.
    assert chat.patience is not None and chat.patience.by_period[0] == pytest.approx(105)
    # Four hours of Monday morning, by the wall's clock since Friday evening (Rome): 21 h UTC to Monday 12 h.
    assert by_name["acme", "mail"].target == 60 * 3600 - 10
    groups = {group.tenants: group for group in scenario.groups}
    assert set(groups) == {frozenset({"acme"}), frozenset({"acme", "northlight"})}, "Jens was not there"
    assert groups[frozenset({"acme"})].count[31:41] == (0, *[1] * 8, 0)
    clauses = {slug: [clause.channel for clause in own] for slug, own in scenario.contracts.items()}
    assert clauses == {"acme": ["chat", "mail"], "northlight": ["chat"]}
    assert recorded.play["total"]["served"] == 3 and recorded.play["total"]["abandoned"] == 1
    busy, staffed = recorded.play["groups"][groups[frozenset({"acme"})].name]
    assert (busy, staffed) == (400, 7200)
    assert str(first.conversation) not in str(recorded.scenario) + str(recorded.play)


def test_a_week_in_which_nobody_was_there_is_refused(desk_client: Desk, sofia: Person, acme: Tenant) -> None:
    came(acme, None)
    assert ask(desk_client(sofia), volume=1.2).json()["code"] == "nobody_there"


def test_weeks_are_those_of_the_supervisors_zone(
    desk_client: Desk, sofia: Person, acme: Tenant, northlight: Tenant
) -> None:
    came(acme, None, day=6, hour=23.5)  # Monday already in Rome

    def counts() -> dict[str, int]:
        weeks = desk_client(sofia).get("/api/desk/planning").json()["weeks"]
        return {each["day"]: each["conversations"] for each in weeks}

    assert counts()[DAY] == 1
    Person.objects.filter(pk=sofia.pk).update(time_zone="Europe/Rome")
    assert counts()[DAY] == 0


@pytest.mark.usefixtures("week")
def test_the_recorded_week_can_be_taken_away_as_a_file(desk_client: Desk, sofia: Person) -> None:
    made = ask(desk_client(sofia), volume=1.2).json()["id"]
    answer = desk_client(sofia).get(f"{WHAT_IFS}/{made}/scenario")
    assert "week-2026-03-0" in answer["Content-Disposition"]
    assert len(scenarios.parse(answer.json()).groups) == 3


def _figures(row: WhatIf) -> dict[str, Any]:
    return play_version(Version(scenarios.parse(row.scenario)), 0)
