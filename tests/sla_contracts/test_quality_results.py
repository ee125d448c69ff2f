"""Quality on the client's paper: released evaluations by channel, their confidence, and the money of its clause."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing import invoicing
from desk.portal_papers import issue_of
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from quality import results
from quality.evaluating import scorecard_in_force
from quality.models import Evaluation
from sla_contracts import contracts
from sla_contracts.fields import TermsError
from sla_contracts.models import SlaReport
from sla_contracts.quality_results import interval
from sla_contracts.speech import LANGUAGES, Speech, texts
from sla_contracts.terms import validate
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, MARCH, PER_CHAT, agree, finish, finish_many, period
from tests.sla_contracts.test_report import pages

D = Decimal
pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
PRICED = {"goal": 90, "minimum": 3, "penalty": {"eur_per_point": 20, "cap_points": 10}}


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with clock.hold(AFTER_MARCH):
        yield


def promise(tenant: Tenant, quality: dict[str, Any] | None) -> None:
    before = contracts.version_in_force(tenant.id, MARCH)
    assert before is not None
    terms = {**before.terms, "clauses": [], "quality": quality}
    version = contracts.draft(tenant=tenant, terms=terms, valid_from=period(tenant).start)
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def scored(tenant: Tenant, agent: Person, by: Person, *percents: str, channel: str = "webchat", day: int = 0) -> None:
    for number, percent in enumerate(percents):
        at = MARCH + timedelta(days=day, minutes=number)
        item = finish(tenant, at, agent=agent, channel=channel)
        with enter(tenant), clock.hold(at):
            Evaluation.objects.create(
                scorecard=scorecard_in_force(), conversation_id=item.conversation, work_item=item.id, agent=agent,
                evaluator=by, answers={}, percent=D(percent), made_at=at, released_at=at,
                summary="She knows Lucía Ferrer by name",
            )  # fmt: skip


def report(tenant: Tenant, language: str = "en") -> SlaReport:
    return issue_of(tenant=tenant, period=period(tenant), language=language, person=None)


def paper(row: SlaReport) -> str:
    return re.sub(r"\s+", " ", " ".join(pages(row)))


def test_each_channel_has_its_average_its_number_and_its_confidence(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person
) -> None:
    scored(acme, lucia, sofia, "80.00", "90.00", "100.00")
    scored(acme, lucia, sofia, "70.00", channel="email")
    scored(acme, lucia, sofia, "0.00", day=-30)
    scored(northlight, lucia, sofia, "11.00")
    row = report(acme)
    found = row.data["quality"]
    assert [(one["channel"], one["evaluations"], one["average"]) for one in found["channels"]] == [
        ("email", 1, "70.00"),
        ("webchat", 3, "90.00"),
    ]
    # 90 ± 4.303 · 10 / √3, cut at 100.
    assert (found["channels"][1]["low"], found["channels"][1]["high"]) == ("65.16", "100.00")
    assert (found["channels"][0]["low"], found["average"], found["evaluations"]) == (None, "85.00", 4)
    assert found["clauses"] == []
    said = paper(row)
    for line in ("Web chat 3 90,00 65,16 – 100,00", "Mail 1 70,00 –", "All channels 4 85,00 64,46 – 100,00"):
        assert line in said, said[said.find("Quality of") :][:400]
    assert lucia.name not in json.dumps(row.data) and "Ferrer" not in json.dumps(row.data)
    assert report(northlight).data["quality"]["average"] == "11.00"


def test_what_is_not_released_yet_stands_nowhere_and_counts_in_the_month_of_its_release(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person
) -> None:
    scored(acme, lucia, sofia, "80.00", "20.00")
    with enter(acme):
        Evaluation.objects.filter(percent=D("20.00")).update(released_at=None)
    assert report(acme).data["quality"]["average"] == "80.00"
    with enter(acme):
        Evaluation.objects.filter(percent=D("20.00")).update(released_at=AFTER_MARCH)
    assert report(acme).data["quality"]["average"] == "80.00"
    april = results.scores(acme, period(acme, "2026-04"))
    assert [one.percent for one in april] == [D("20.00")]


def test_the_interval_is_that_of_students_t() -> None:
    assert interval([D(80)]) is None
    assert interval([D(80), D(80)]) == (D("80.00"), D("80.00"))
    # t(11) = 2.201, t(29) = 2.045, t(99) = 1.984 (two-sided 95 %).
    for number, t in ((12, 2.201), (30, 2.045), (100, 1.984)):
        values = [D(50 + (n % 2) * 10) for n in range(number)]
        found = interval(values)
        deviation = 5 * (number / (number - 1)) ** 0.5
        assert found is not None
        assert float(found[1] - found[0]) / 2 == pytest.approx(t * deviation / number**0.5, abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_without_evaluations_says_so_in_every_language(language: str, acme: Tenant) -> None:
    promise(acme, PRICED)
    row = report(acme, language)
    said, words = paper(row), texts(language)
    assert words["quality_none"] in said and "None" not in said
    assert row.data["quality"]["average"] is None and row.data["quality"]["clauses"][0]["judged"] is False
    assert row.data["penalty"] == "0.00"
    with_goal = words["quality_clause_none"].split("{title}")[1].split("{goal}")[0].strip(" :")
    assert with_goal in said and words["not_judged"] in said


def test_a_missed_quality_clause_is_owed_on_the_paper_and_credited_on_the_invoice(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, omar: Person
) -> None:
    promise(acme, PRICED)
    for tenant in (acme, northlight):
        agree(tenant, PER_CHAT)
        finish_many(tenant, 60)
    scored(acme, lucia, sofia, "80.00", "90.00", "92.00")
    made = invoicing.draft(person=None, tenant=acme, period=period(acme))
    with pytest.raises(Refusal) as told:
        invoicing.issue(person=omar, invoice_id=made.pk)
    assert told.value.code == "report_first"
    row = report(acme)
    [clause] = row.data["quality"]["clauses"]
    assert (clause["average"], clause["points_off"], clause["kept"]) == ("87.33", "2.67", False)
    assert row.data["penalty"] == clause["penalty"] == "53.40"
    said = paper(row)
    money = Speech("en", country="IT").money(D("53.40"), "EUR").replace("\N{NO-BREAK SPACE}", " ")
    assert f"Penalty: {money}" in said and "Missed by 2,67 pts" in said and "Promises kept: 0 of 1." in said
    assert f"Quality: 2,67 points below the goal = {money}" in said
    made = invoicing.draft(person=None, tenant=acme, period=period(acme))
    line = made.lines.get(rate_code__startswith="sla-quality")
    assert (line.amount, line.report_id) == (D("-53.40"), row.id)
    assert line.description["en"].startswith("Service credit: quality, 87,33 of 100 for 90,00 promised")
    assert set(line.description) == set(LANGUAGES)
    assert invoicing.issue(person=omar, invoice_id=made.pk).number
    other = invoicing.draft(person=None, tenant=northlight, period=period(northlight))
    assert not other.lines.filter(rate_code__startswith="sla-quality").exists()
    assert invoicing.issue(person=omar, invoice_id=other.pk).number


def test_too_few_evaluations_are_shown_and_not_judged(acme: Tenant, lucia: Person, sofia: Person) -> None:
    promise(acme, PRICED)
    scored(acme, lucia, sofia, "10.00", "20.00")
    [clause] = report(acme).data["quality"]["clauses"]
    assert (clause["average"], clause["judged"], clause["penalty"]) == ("15.00", False, "0.00")


def test_the_portal_and_its_exports_say_the_same_and_only_of_the_own_shop(
    acme: Tenant, northlight: Tenant, carla: Person, dieter: Person, lucia: Person, sofia: Person, shop_client: Door
) -> None:
    promise(acme, PRICED)
    scored(acme, lucia, sofia, "80.00", "90.00", "92.00")
    scored(northlight, lucia, sofia, "55.00")
    door = shop_client(acme, carla)
    shown = door.get("/api/portal/quality?month=2026-03").json()
    assert (shown["average"], shown["clauses"][0]["penalty"], shown["channels"][0]["channel"]) == (
        "87.33", "53.40", "webchat",
    )  # fmt: skip
    text = b"".join(door.get("/api/portal/quality.csv?month=2026-03").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    table = list(csv.DictReader(io.StringIO(text)))
    assert [(row["channel"], row["evaluations"], row["average"], row["goal"]) for row in table] == [
        ("webchat", "3", "87.33", ""),
        ("", "3", "87.33", "90"),
    ]
    listed = json.loads(b"".join(door.get("/api/portal/quality.json?month=2026-03").streaming_content))  # type: ignore[attr-defined]
    assert [row["average"] for row in listed] == ["87.33", "87.33"] and listed[1]["kept"] is False
    assert "Ferrer" not in text and lucia.name not in text
    assert shop_client(northlight, dieter).get("/api/portal/quality?month=2026-03").json()["average"] == "55.00"
    assert shop_client(northlight, carla).get("/api/portal/quality?month=2026-03").status_code in (401, 403, 404)


@pytest.mark.parametrize(
    ("quality", "field"),
    [
        ({"goal": 0}, "quality.goal"),
        ({"goal": 101}, "quality.goal"),
        ({"goal": 90, "minimum": -1}, "quality.minimum"),
        ({"goal": 90, "weight": 1}, "quality.weight"),
        ({"goal": 90, "penalty": {"eur_per_point": -1}}, "quality.penalty"),
        ("good", "quality"),
    ],
)
def test_a_quality_clause_that_cannot_be_kept_is_refused_by_its_field(quality: Any, field: str, acme: Tenant) -> None:
    version = contracts.version_in_force(acme.id, MARCH)
    assert version is not None
    with pytest.raises(TermsError) as told:
        validate({**version.terms, "quality": quality})
    assert told.value.field == field
    assert validate({**version.terms, "quality": {"goal": 90}}).quality is not None
