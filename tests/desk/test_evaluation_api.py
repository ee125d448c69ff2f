"""Quality at the desk: a supervisor evaluates, the agent reads, nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from people.models import Membership, Person
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


def keep(client: Client, tenant: Tenant, item: WorkItem, **more: Any) -> Any:
    path = place(tenant, item.conversation, f"/evaluation-forms/{item.id}")
    opened = client.get(path).json()
    body = {**opened["form"], "answers": {"greets": True}, "seconds": 12, **more}
    return client.put(path, body, content_type="application/json")


def test_a_form_is_kept_on_the_server_and_opened_as_it_was_left(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    client, item = desk_client(sofia), finish(acme, agent=lucia)
    path = place(acme, item.conversation, f"/evaluation-forms/{item.id}")
    first = client.get(path).json()
    assert (first["is_kept"], first["form"]["answers"], first["channel"]) == (False, {}, "webchat")
    assert keep(client, acme, item, summary="So far").status_code == 200
    again = client.get(path).json()
    assert (again["form"]["answers"], again["form"]["summary"], again["form"]["seconds"]) == (
        {"greets": True}, "So far", 12,
    )  # fmt: skip
    assert desk_client(lucia).get(path).status_code == 403
    assert client.get(place(northlight, item.conversation, f"/evaluation-forms/{item.id}")).status_code == 404
    assert client.delete(path).status_code == 204
    assert client.get(path).json()["is_kept"] is False


def test_an_agent_disputes_and_another_supervisor_decides(
    acme: Tenant, sofia: Person, lucia: Person, paolo: Person, omar: Person, desk_client: Desk
) -> None:
    Membership.objects.create(person=omar, role=Membership.Role.SUPERVISOR)
    made = fill(desk_client(sofia), acme, finish(acme, agent=lucia)).json()
    path = f"/api/desk/clients/{acme.id}/evaluations/{made['id']}"
    said = {"reasons": {"voice": "It was the shop's own voice."}}
    assert post(desk_client(paolo), f"{path}/dispute", **said).status_code == 404
    assert post(desk_client(sofia), f"{path}/dispute", **said).status_code == 404
    raised = post(desk_client(lucia), f"{path}/dispute", **said)
    assert raised.status_code == 201, raised.content
    dispute = raised.json()["disputes"][0]
    decide = f"/api/desk/clients/{acme.id}/evaluation-disputes/{dispute['id']}/decide"
    verdicts = {"verdicts": {"voice": {"accepted": True, "answer": 5, "reason": "Yes"}}}
    assert post(desk_client(lucia), decide, **verdicts).status_code == 403
    assert post(desk_client(sofia), decide, **verdicts).json()["code"] == "own_evaluation"
    listed = desk_client(omar).get("/api/desk/evaluation-disputes").json()["results"]
    assert [(row["id"], row["may_decide"]) for row in listed] == [(dispute["id"], True)]
    done = post(desk_client(omar), decide, **verdicts).json()
    assert (done["percent"], done["disputes"][0]["state"]) == (93.64, "accepted")
    assert post(desk_client(omar), decide, **verdicts).json()["code"] == "decided_already"
    assert post(desk_client(lucia), f"{path}/acknowledge").json()["acknowledged_at"] is not None


def test_a_client_reads_what_was_released_and_disputes_it_at_its_own_host(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, carla: Person, dieter: Person,
    desk_client: Desk, shop_client: Desk,
) -> None:  # fmt: skip
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    held = fill(desk_client(sofia), acme, finish(acme, agent=lucia), release_on=tomorrow).json()
    made = fill(desk_client(sofia), acme, finish(acme, agent=lucia), coaching="For Lucia alone").json()
    ours, theirs = shop_client(acme, carla), shop_client(northlight, dieter)
    listed = ours.get("/api/portal/evaluations").json()["results"]
    assert [(row["id"], row["agent_alias"]) for row in listed] == [(made["id"], "Lucia A.")]
    assert theirs.get("/api/portal/evaluations").json()["results"] == []
    for door, evaluation, status in ((ours, held, 404), (theirs, made, 404), (ours, made, 200)):
        assert door.get(f"/api/portal/evaluations/{evaluation['id']}").status_code == status
    shown = ours.get(f"/api/portal/evaluations/{made['id']}").content.decode()
    for hidden in (sofia.name, lucia.name, "For Lucia alone", "summary"):
        assert hidden not in shown, hidden
    assert ours.get(f"/api/desk/clients/{acme.id}/scorecards").status_code == 404
    said = {"reasons": {"voice": "Not our tone"}}
    assert post(theirs, f"/api/portal/evaluations/{made['id']}/dispute", **said).status_code == 404
    viewer = shop_client(acme, viewer_of(acme))
    assert post(viewer, f"/api/portal/evaluations/{made['id']}/dispute", **said).status_code == 403
    assert viewer.get(f"/api/portal/evaluations/{made['id']}").status_code == 200
    raised = post(ours, f"/api/portal/evaluations/{made['id']}/dispute", **said)
    assert (raised.status_code, raised.json()["disputes"][0]["side"]) == (201, "client")
    assert raised.json()["disputes"][0]["raised_by"] == ""


def viewer_of(shop: Tenant) -> Person:
    person = Person.objects.create_user(f"reader@{shop.slug}.example", "x", name="Vera V.")
    Membership.objects.create(person=person, role=Membership.Role.VIEWER, tenant=shop)
    return person


def test_scorecards_and_plans_have_their_doors(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    client, base = desk_client(sofia), f"/api/desk/clients/{acme.id}"
    draft = post(client, f"{base}/scorecards", name="Customer service").json()
    definition = draft["definition"]
    definition["sections"][0]["questions"][0]["weight"] = 0
    saved = client.put(
        f"{base}/scorecards/{draft['id']}", {"definition": definition, "revision": 0}, content_type="application/json"
    ).json()
    assert saved["fault"]["field"] == "sections[0].questions[0].weight"
    refused = post(client, f"{base}/scorecards/{draft['id']}/publish", revision=1)
    assert refused.status_code == 400 and refused.json()["fields"].keys() == {"sections[0].questions[0].weight"}
    assert client.get(f"/api/desk/clients/{northlight.id}/scorecards/{draft['id']}").status_code == 404
    assert desk_client(lucia).get(f"{base}/scorecards").status_code == 403
    plan = {"name": "Monthly", "per_agent": 3, "channels": [], "languages": [], "rules": [], "is_active": True}
    made = client.post(f"{base}/sampling", plan, content_type="application/json")
    assert made.status_code == 201, made.content
    drawn = post(client, f"{base}/sampling/{made.json()['plans'][0]['id']}/draw")
    assert drawn.json() == {"sample": 0, "rule": 0}
    assert desk_client(lucia).get("/api/desk/to-evaluate").status_code == 403
    assert client.get("/api/desk/to-evaluate").json() == {"results": []}
    agreed = client.put(
        f"{base}/quality-terms", {"dispute_days": 7, "disputes_a_month": 3}, content_type="application/json"
    )
    assert agreed.json() == client.get(f"{base}/quality-terms").json() == {"dispute_days": 7, "disputes_a_month": 3}
