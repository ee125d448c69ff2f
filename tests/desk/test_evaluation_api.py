"""Quality at the desk: a supervisor evaluates, the agent reads, nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.models import Person
from quality.models import Evaluation
from routing.models import WorkItem
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.desk.shop import place, post
from tests.quality.test_evaluating import ANSWERS

Desk = Callable[..., Client]


def fill(client: Client, tenant: Tenant, item: WorkItem, **more: Any) -> Any:
    body = {"work_item": str(item.id), "answers": ANSWERS, "comments": {"voice": "Stiff"}, "summary": "Good", **more}
    return post(client, place(tenant, item.conversation, "/evaluations"), **body)


def test_from_scorecard_to_the_agents_reading(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    lead, agent = desk_client(sofia), desk_client(lucia)
    card = lead.get(f"/api/desk/clients/{acme.id}/scorecard").json()
    codes = {question["code"] for section in card["definition"]["sections"] for question in section["questions"]}
    assert codes == set(ANSWERS)
    answer = fill(lead, acme, finish(acme, agent=lucia))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["percent"], made["agent"]["name"], made["evaluator"]["name"]) == (91.82, lucia.name, sofia.name)
    assert made["scorecard"]["id"] == card["id"]
    assert made["sections"][0] == {"code": "tone", "title": card["definition"]["sections"][0]["title"], "percent": 92.0}

    head = agent.get("/api/desk/evaluations").json()["results"][0]
    assert (head["id"], head["tenant"]["name"], head["read_at"]) == (made["id"], "Acme Shoes", None)
    path = f"/api/desk/clients/{acme.id}/evaluations/{made['id']}"
    assert agent.get(path).json()["summary"] == "Good"
    assert lead.get(path).json()["read_at"] is None
    assert post(agent, f"{path}/read").json()["read_at"] is not None
    assert lead.get(path).json()["read_at"] is not None
    # The same id through the other shop's door is nothing.
    assert agent.get(f"/api/desk/clients/{northlight.id}/evaluations/{made['id']}").status_code == 404


@pytest.mark.parametrize("who", ["paolo", "jens", "carla", None])
def test_another_persons_evaluation_is_not_shown(
    who: str | None, acme: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    made = fill(desk_client(sofia), acme, finish(acme, agent=lucia)).json()
    person = Person.objects.get(email__startswith=f"{who}@") if who else None
    client = desk_client(person)
    path = f"/api/desk/clients/{acme.id}/evaluations/{made['id']}"
    refused = {"paolo": 404, "jens": 404, "carla": 403, None: 401}[who]
    assert client.get(path).status_code == refused
    assert post(client, f"{path}/read").status_code == refused
    listed = client.get("/api/desk/evaluations")
    assert listed.status_code == (200 if refused == 404 else refused)
    if refused == 404:
        assert listed.json()["results"] == []
    assert desk_client(lucia).get(path).status_code == 200


@pytest.mark.parametrize("who", ["lucia", "paolo", "omar", "carla", None])
def test_evaluating_is_a_supervisors(
    who: str | None, acme: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    item = finish(acme, agent=lucia)
    person = Person.objects.get(email__startswith=f"{who}@") if who else None
    assert fill(desk_client(person), acme, item).status_code == (403 if who else 401)
    assert fill(desk_client(sofia), acme, item).status_code == 201


def test_the_supervisor_does_not_read_for_the_agent(
    acme: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    made = fill(desk_client(sofia), acme, finish(acme, agent=lucia)).json()
    path = f"/api/desk/clients/{acme.id}/evaluations/{made['id']}/read"
    assert post(desk_client(sofia), path).status_code == 404
    assert post(desk_client(lucia), path).status_code == 200


def test_what_does_not_fit_is_said_by_its_field(acme: Tenant, sofia: Person, lucia: Person, desk_client: Desk) -> None:
    client, item = desk_client(sofia), finish(acme, agent=lucia)
    assert fill(client, acme, item, answers={**ANSWERS, "voice": 9}).json()["fields"].keys() == {"answers.voice"}
    assert fill(client, acme, item, answers=[1]).json()["fields"].keys() == {"answers"}
    assert fill(client, acme, item, answers={**ANSWERS, "right": None}).status_code == 400
    assert fill(client, acme, item, work_item="mine").json()["fields"].keys() == {"work_item"}
    assert not_kept(acme)
    assert fill(client, acme, item).status_code == 201
    assert fill(client, acme, item).json()["code"] == "already_evaluated"


def test_the_supervisor_narrows_the_list(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    client = desk_client(sofia)
    ours = fill(client, acme, finish(acme, agent=lucia)).json()["id"]
    theirs = fill(client, northlight, finish(northlight, agent=jens)).json()["id"]

    def listed(query: str = "") -> list[str]:
        return [row["id"] for row in client.get(f"/api/desk/evaluations{query}").json()["results"]]

    assert listed() == [theirs, ours]
    assert listed(f"?tenant={acme.id}") == [ours]
    assert listed(f"?agent={jens.pk}") == [theirs]
    assert listed("?from=2030-01-01T00:00:00Z") == []
    for wrong in ("?tenant=1", "?from=yesterday", "?page=-1", "?from=2026-13-45T00:00:00Z"):
        assert client.get(f"/api/desk/evaluations{wrong}").status_code == 400, wrong


def not_kept(tenant: Tenant) -> bool:
    from kernel.tenancy import enter

    with enter(tenant):
        return not Evaluation.objects.exists()
