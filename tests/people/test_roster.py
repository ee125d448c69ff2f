"""The table of skills and accreditations: out and in alike, wrong lines by number, all of it or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from people import roster
from people.models import Accreditation, AuditEntry, LeaveRecord, Person, PersonSkill
from tenants.models import Tenant
from tests.desk.shop import post

pytestmark = pytest.mark.django_db
HEAD = "email,kind,code,level,from,until,read_only,alias\n"
IMPORT = "/api/desk/people/import"
Doors = Callable[..., Client]


def tried(omar: Person, *lines: str, head: str = HEAD) -> dict[str, Any]:
    return roster.take_in(by=omar, content=head + "\n".join(lines), write=False)


def errors(omar: Person, *lines: str) -> dict[int, str]:
    return {line["line"]: line["error"] for line in tried(omar, *lines)["lines"] if line["error"]}


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (PersonSkill, Accreditation, AuditEntry, LeaveRecord))


def test_what_goes_out_comes_in_and_changes_nothing(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, lucia: Person, desk_client: Doors
) -> None:
    Accreditation.objects.filter(person=lucia, tenant=acme).update(alias="=cmd|x", valid_from=clock.now())
    client = desk_client(omar)
    answer = client.get("/api/desk/people.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["alias"] for row in rows if row["email"] == lucia.email and row["code"] == "acme"} == {"'=cmd|x"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    before = counts()
    answer = post(client, IMPORT, content=text, write=True).json()
    assert (answer["wrong"], answer["changes"], answer["written"]) == (0, 0, True)
    assert {line["change"] for line in answer["lines"]} == {"none"} and len(answer["lines"]) == len(rows)
    assert counts() == (*before[:2], before[2] + 1, before[3])
    assert AuditEntry.objects.filter(action="roster.exported", person=omar).exists()
    assert desk_client(sofia).get("/api/desk/people.csv").status_code == 403
    assert post(desk_client(sofia), IMPORT, content=text).status_code == 403


def test_a_try_says_what_would_happen_and_writes_nothing(
    acme: Tenant, northlight: Tenant, omar: Person, paolo: Person, desk_client: Doors
) -> None:
    soon = (clock.now() + timedelta(days=3)).date()
    table = HEAD + "\n".join([
        "paolo@bpo.example,skill,lang:it,4,,,,", "PAOLO@bpo.example,skill,lang:en,0,,,,",
        "paolo@bpo.example,skill,lang:fr,3,,,,",
        f"paolo@bpo.example,accreditation,northlight,,{soon},,yes,Paul",
    ])  # fmt: skip
    before, client = counts(), desk_client(omar)
    shown = post(client, IMPORT, content=table).json()
    assert [line["change"] for line in shown["lines"]] == ["changed", "removed", "added", "added"]
    assert [(line["before"], line["after"]) for line in shown["lines"][:3]] == [("5", "4"), ("3", ""), ("", "3")]
    assert (shown["changes"], shown["wrong"], shown["written"]) == (4, 0, False) and counts() == before
    assert post(client, IMPORT, content=table, write=True).json()["written"] is True
    assert dict(PersonSkill.objects.filter(person=paolo).values_list("skill__code", "level")) == {
        "lang:it": 4,
        "lang:fr": 3,
    }
    leave = Accreditation.objects.get(person=paolo, tenant=northlight)
    assert (leave.alias, leave.is_read_only, leave.valid_until) == ("Paul", True, None)
    assert leave.valid_from.astimezone().date() in (soon, soon - timedelta(days=1))  # midnight in Berlin


def test_nothing_is_written_while_one_line_is_wrong(omar: Person, paolo: Person, desk_client: Doors) -> None:
    table = HEAD + "paolo@bpo.example,skill,lang:it,1,,,,\npaolo@bpo.example,skill,lang:en,9,,,,"
    before = counts()
    answer = post(desk_client(omar), IMPORT, content=table, write=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_lines")
    assert "Line 3" in answer.json()["message"] and counts() == before


def test_each_wrong_line_is_named_with_its_reason(
    acme: Tenant, northlight: Tenant, omar: Person, paolo: Person
) -> None:
    lines = {
        "nobody@bpo.example,skill,lang:it,3,,,,": "Nobody",
        "carla@acme.example,skill,lang:it,3,,,,": "Nobody",
        "paolo@bpo.example,talent,lang:it,3,,,,": "skill or accreditation",
        "paolo@bpo.example,skill,lang:italian!,3,,,,": "no skill",
        "paolo@bpo.example,skill,lang:it,six,,,,": "0 to 5",
        "paolo@bpo.example,skill,lang:pt,3,2030-01-01,,,": "no dates",
        "paolo@bpo.example,accreditation,nowhere,,,,,": "no client",
        "paolo@bpo.example,accreditation,acme,,,,,": "in that time already",
        "paolo@bpo.example,accreditation,northlight,,2020-01-01,,,": "past",
        "paolo@bpo.example,accreditation,northlight,,soon,,,": "“from”",
        "paolo@bpo.example,accreditation,northlight,,2030-01-02,2030-01-01,,": "ends after",
        "paolo@bpo.example,accreditation,northlight,,2030-01-01,,perhaps,": "yes or no",
        "paolo@bpo.example,accreditation,northlight,2,2031-01-01,,,": "no level",
        "paolo@bpo.example,accreditation,acme,,2026-01-01T00:00Z,,yes,": "end it",
        "paolo@bpo.example,accreditation,acme,,2026-01-01 01:00,2026-01-02,no,": "in the past",
        "paolo@bpo.example,skill,lang:it,3,,,,,,extra": "more cells",
        "paolo@bpo.example,skill,lang:en,3,,,,": "",
        "Paolo@bpo.example,skill,lang:en,4,,,,": "Line 18",
    }
    found = errors(omar, *lines)
    for number, (line, reason) in enumerate(lines.items(), start=2):
        assert reason in found.get(number, "") and bool(reason) == (number in found), (line, found.get(number))


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2", "email,kind\nx,y", "email,kind,code,code\n", "email,kind,code,weight\n", "\0", "\ufffd"],
)  # fmt: skip
def test_what_is_no_such_table_is_refused(omar: Person, desk_client: Doors, text: str) -> None:
    assert post(desk_client(omar), IMPORT, content=text or " ").status_code == 400


def test_an_end_is_moved_and_never_into_the_next_one(
    acme: Tenant, northlight: Tenant, omar: Person, paolo: Person
) -> None:
    begins = "2026-01-01T00:00Z"
    shown = tried(omar, f"paolo@bpo.example,accreditation,acme,,{begins},2030-06-01,no,")["lines"][0]
    assert shown["change"] == "changed" and "2030-06-01" in shown["after"]
    both = f"paolo@bpo.example;accreditation;acme;;{begins};2030-06-01;no;\n" \
        "paolo@bpo.example;accreditation;acme;;2030-06-01;;no;\n" \
        f"paolo@bpo.example;accreditation;northlight;;;;;\n"  # fmt: skip
    written = roster.take_in(by=omar, content=HEAD.replace(",", ";") + both, write=True)
    assert [line["change"] for line in written["lines"]] == ["changed", "added", "added"]
    assert "run into" in errors(omar, f"paolo@bpo.example,accreditation,acme,,{begins},2030-07-01,no,")[2]
    assert "run into" in errors(omar, f"paolo@bpo.example,accreditation,acme,,{begins},,no,")[2]
    assert LeaveRecord.objects.filter(person=paolo).count() == 2  # how it was, and how it is
