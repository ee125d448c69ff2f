"""An operator changes people's rights, links, sessions and locks; all of it is written down, and stays written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kernel.spreadsheet import safe_cells
from people.access import audit
from people.models import Accreditation, AuditEntry, Invitation, Membership, Person
from routing.models import AgentState
from tenants.models import Tenant
from tests.people.test_invitations import LOGIN
from tests.world import EMAILS

Doors = Callable[..., Client]


def change(client: Client, person: Person, **what: Any) -> Any:
    return client.patch(f"/api/desk/people/{person.pk}", what, content_type="application/json")


def actions_on(person: Person) -> list[str]:
    return list(AuditEntry.objects.filter(object_id=str(person.pk)).order_by("id").values_list("action", flat=True))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("patch", ""), ("post", "/password-link"), ("delete", "/password-link"), ("delete", "/sessions"),
        ("delete", "/lock"), ("delete", "/second-factor"),
    ],
)  # fmt: skip
def test_only_operators(desk_client: Doors, sofia: Person, omar: Person, lucia: Person, method: str, path: str) -> None:
    for who, status in ((sofia, 403), (lucia, 403), (omar, 200)):
        client = desk_client(who)
        answer = getattr(client, method)(
            f"/api/desk/people/{lucia.pk}{path}", {} if method != "delete" else None, content_type="application/json"
        )
        assert answer.status_code == status, answer.content


def test_closing_an_account_ends_everything(desk_client: Doors, omar: Person, lucia: Person, jens: Person) -> None:
    operator, hers, his = desk_client(omar), desk_client(lucia), desk_client(jens)
    operator.post(f"/api/desk/people/{lucia.pk}/password-link")
    assert change(operator, lucia, is_active=False).json()["is_active"] is False
    assert hers.get("/api/me").status_code == 401 and his.get("/api/me").status_code == 200
    assert AgentState.objects.get(pk=lucia.pk).status == "offline"
    assert not Invitation.objects.filter(person=lucia, revoked_at=None).exists()
    assert operator.post(f"/api/desk/people/{lucia.pk}/password-link").status_code == 409
    assert change(operator, lucia, is_active=True).json()["is_active"] is True
    assert [action for action in actions_on(lucia) if action.startswith("person.")] == [
        "person.closed", "person.reopened",
    ]  # fmt: skip


def test_roles_and_accreditations_are_granted_and_withdrawn(
    desk_client: Doors, omar: Person, lucia: Person, acme: Tenant, northlight: Tenant
) -> None:
    client, hers = desk_client(omar), desk_client(lucia)
    answer = change(client, lucia, clients=[str(northlight.pk)]).json()
    assert [row["id"] for row in answer["clients"]] == [str(northlight.pk)]
    assert Accreditation.objects.filter(person=lucia, tenant=acme).exists()  # ended, not forgotten
    assert hers.get("/api/me").json()["clients"][0]["slug"] == "northlight"
    change(client, lucia, roles=["agent", "supervisor"])
    assert hers.get("/api/me").status_code == 401  # a new session begins with the new rights
    assert set(Membership.objects.filter(person=lucia).values_list("role", flat=True)) == {"agent", "supervisor"}
    assert {"accreditation.withdrawn", "membership.granted"} <= set(actions_on(lucia))


def test_a_clients_user_gets_no_staff_role_and_nobody_shuts_themselves_out(
    desk_client: Doors, omar: Person, carla: Person, acme: Tenant
) -> None:
    client = desk_client(omar)
    assert change(client, carla, roles=["operator"]).status_code == 400
    assert change(client, carla, clients=[str(acme.pk)]).status_code == 400
    assert change(client, omar, is_active=False).status_code == 409
    assert change(client, omar, roles=["agent"]).status_code == 409
    assert set(Membership.objects.filter(person=omar).values_list("role", flat=True)) == {"operator"}


def test_hiring_without_a_password_sends_a_link(desk_client: Doors, omar: Person) -> None:
    new = {"name": "Nora Z.", "email": "nora@bpo.example", "roles": ["supervisor"]}
    answer = desk_client(omar).post("/api/desk/people", new, content_type="application/json")
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["has_password"], shown["two_step"], shown["locked"]) == (False, False, False)
    assert shown["link_until"]
    assert Invitation.objects.get(person__email="nora@bpo.example").purpose == "invite"


def test_asvs_6_3_1_a_lock_is_shown_and_lifted(desk_client: Doors, omar: Person, lucia: Person) -> None:
    operator = desk_client(omar)

    def shown() -> bool:
        rows = {row["email"]: row["locked"] for row in operator.get("/api/desk/people").json()}
        assert not rows[EMAILS["jens"]]
        return bool(rows[lucia.email])

    wrong = {"email": lucia.email, "password": "wrong"}
    statuses = [desk_client().post(LOGIN, wrong, content_type="application/json").status_code for _ in range(10)]
    assert statuses[-1] == 429 and shown()
    assert operator.delete(f"/api/desk/people/{lucia.pk}/lock").status_code == 200
    assert not shown()
    assert desk_client().post(LOGIN, wrong, content_type="application/json").status_code == 400
    assert "person.unlocked" in actions_on(lucia)


def test_asvs_16_the_audit_cannot_be_changed_or_shortened(omar: Person, acme: Tenant) -> None:
    audit(omar, "client.entered", tenant=acme)
    rows = AuditEntry.objects.filter(action="client.entered")
    for spoil in (lambda: rows.update(action="nothing"), rows.delete, lambda: rows.update(person=None)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            spoil()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute("DELETE FROM public.people_auditentry")
    assert rows.count() == 1


def test_the_audit_is_narrowed(
    desk_client: Doors, omar: Person, lucia: Person, jens: Person, acme: Tenant, northlight: Tenant
) -> None:
    audit(lucia, "conversation.opened", tenant=acme, object_id="1")
    audit(jens, "conversation.opened", tenant=northlight, object_id="2")
    audit(omar, "person.closed", object_id=lucia.pk)
    client = desk_client(omar)

    def found(**asked: Any) -> list[str]:
        answer = client.get("/api/desk/audit", asked)
        assert answer.status_code == 200, answer.content
        return [row["object_id"] for row in answer.json()["results"]]

    assert found(action="conversation") == ["2", "1"]
    assert found(action="conversation.opened", client=str(acme.pk)) == ["1"]
    assert found(person=str(lucia.pk)) == [str(lucia.pk), "1"]
    assert found(action="conversation", to="2020-01-01") == []
    for bad in ({"person": "x"}, {"client": "x"}, {"from": "x"}, {"to": "2026-13-01"}):
        assert client.get("/api/desk/audit", bad).status_code == 400
    assert "person.closed" in client.get("/api/desk/audit/actions").json()["actions"]


def test_the_audit_is_read_by_names_and_holds_ids(
    desk_client: Doors, omar: Person, lucia: Person, jens: Person, acme: Tenant, northlight: Tenant
) -> None:
    audit(omar, "rivals.barred", object_id=acme.pk, other=str(northlight.pk))
    audit(omar, "work.assigned", tenant=acme, object_id="0199-not-an-id", agent=str(lucia.pk), hands=2)
    Person.objects.filter(pk=lucia.pk).update(name="Lucía Neu")
    client = desk_client(omar)
    rows = {row["action"]: row for row in client.get("/api/desk/audit").json()["results"]}
    assert rows["rivals.barred"]["names"] == {str(acme.pk): acme.name, str(northlight.pk): northlight.name}
    assert rows["work.assigned"]["names"] == {str(lucia.pk): "Lucía Neu"}
    assert rows["work.assigned"]["detail"] == {"agent": str(lucia.pk), "hands": 2}
    table = client.get("/api/desk/audit.csv", {"action": "work.assigned"}).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(table)))["names"] == f"{lucia.pk}: Lucía Neu"


def test_asvs_1_2_10_the_export_runs_no_formula_and_is_itself_written_down(
    desk_client: Doors, omar: Person, lucia: Person, sofia: Person
) -> None:
    Person.objects.filter(pk=lucia.pk).update(name='=HYPERLINK("http://evil.example")')
    audit(Person.objects.get(pk=lucia.pk), "conversation.opened", object_id="+1")
    answer = desk_client(omar).get("/api/desk/audit.csv", {"action": "conversation.opened"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=") and rows[1][6] == "'+1" and len(rows) == 2
    entry = AuditEntry.objects.get(action="audit.exported")
    assert (entry.person, entry.detail) == (omar, {"rows": 1})
    assert desk_client(sofia).get("/api/desk/audit.csv").status_code == 403
    assert safe_cells(["=1", " +1", "-1", "@x", "\t=1", "a=1", "", "=1"]) == [
        "'=1", "' +1", "'-1", "'@x", "'\t=1", "a=1", "", "'=1",
    ]  # fmt: skip
