"""Reports on the clients' calendars: issued once a month, mailed once to each recipient, and what became of it said."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pdfplumber
import pytest
from django.test import Client

from config.launch.ports import free_port
from desk import reporting
from desk.portal_papers import issue_of
from kernel import clock
from kernel.errors import Refusal
from people.models import Person
from sla_contracts import contracts, report_deliveries, report_plans, report_runs
from sla_contracts.models import ReportDelivery, ReportPlan, ReportRun, SlaReport
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.carriers.mail_servers import Post, post_office, send_to
from tests.live_stack import LiveStack
from tests.sla_contracts.months import answer, arrive, utc

Door = Callable[..., Client]
SETTLED = utc("2026-10-20 08:00")
# The third business day of November 2026 in Italy: the 1st is a Sunday (and All Saints).
DUE = utc("2026-11-04 08:00")
SENT, PENDING, FAILED, UNKNOWN = (
    ReportDelivery.State.SENT,
    ReportDelivery.State.PENDING,
    ReportDelivery.State.FAILED,
    ReportDelivery.State.UNKNOWN,
)


def plan(tenant: Tenant, *recipients: str, at: datetime = SETTLED, **more: Any) -> ReportPlan:
    asked = {
        "is_on": True,
        "kind": "business_day",
        "day": 3,
        "at": time(9),
        "time_zone": tenant.time_zone,
        "language": "",
        "form": "attached",
        "recipients": list(recipients),
        **more,
    }
    with clock.hold(at):
        return report_plans.choose(person=None, tenant=tenant, asked=asked, is_address=lambda text: "@" in text)


def work(at: datetime) -> None:
    with clock.hold(at):
        while reporting.work_for(30):
            pass


def ways(tenant: Tenant) -> list[tuple[str, str, int]]:
    rows = ReportDelivery.objects.filter(tenant=tenant).order_by("asked_at", "id")
    return list(rows.values_list("recipient", "state", "tries"))


def october(tenant: Tenant) -> None:
    answer(arrive(tenant, utc("2026-10-05 10:00")), 90)


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with post_office(Post(), settings) as office:
        yield office


@pytest.mark.django_db
def test_a_report_is_issued_and_mailed_once_on_the_clients_calendar(
    acme: Tenant, northlight: Tenant, post: Post
) -> None:
    plan(acme, "carla@acme.example", "board@acme.example")
    october(acme)
    october(northlight)
    work(DUE - timedelta(seconds=1))
    assert (SlaReport.objects.count(), post.mails) == (0, [])
    for _ in range(2):
        work(DUE)
    work(DUE + timedelta(days=20))
    report = SlaReport.objects.get()
    assert (report.tenant, report.language, report.data["period"]["month"]) == (acme, "it", "2026-10")
    assert ways(acme) == [("carla@acme.example", SENT, 1), ("board@acme.example", SENT, 1)]
    assert len(post.mails) == 2
    mail = post.read(0)
    assert mail["To"] == "carla@acme.example"
    assert mail["Subject"] == "Rapporto sul livello di servizio, Ottobre 2026: Acme Shoes"
    [attached] = list(mail.iter_attachments())
    assert attached.get_filename() == "SLA-acme-2026-10-it.pdf"
    assert attached.get_content() == bytes(report.pdf)
    body = mail.get_body(("plain",))
    assert body is not None and report.data_sha256 in body.get_content()
    assert ReportDelivery.objects.filter(tenant=northlight).count() == 0


@pytest.mark.django_db
def test_the_contract_names_the_day_until_the_operator_chooses_another(acme: Tenant, post: Post) -> None:
    version = contracts.version_in_force(acme.id, SETTLED)
    assert version is not None
    agreed = {"day": 31, "time": "18:30", "time_zone": "Asia/Tokyo", "language": "en", "recipients": ["a@acme.example"]}
    with clock.hold(SETTLED):
        drafted = contracts.draft(
            tenant=acme, terms={**version.terms, "report": agreed}, valid_from=utc("2026-10-31 23:00")
        )
        contracts.sign(version_id=drafted.id, by_bpo="a", by_client="b")
    due = utc("2026-11-30 09:30")
    work(due - timedelta(seconds=1))
    assert not SlaReport.objects.exists()
    work(due)
    assert SlaReport.objects.get().language == "en"
    assert ways(acme) == [("a@acme.example", SENT, 1)]
    plan(acme, "b@acme.example", at=due + timedelta(hours=1), kind="day", day=2, form="link")
    work(utc("2026-12-02 08:00"))
    assert ways(acme)[1:] == [("b@acme.example", SENT, 1)]
    body = post.read().get_body(("plain",))
    assert body is not None and "/portal/reports" in body.get_content()
    assert not list(post.read().iter_attachments())


@pytest.mark.django_db
def test_a_missed_run_is_made_up_for_and_what_was_due_before_the_plan_is_not(acme: Tenant, post: Post) -> None:
    plan(acme, "a@acme.example", at=utc("2026-08-20 08:00"))
    work(utc("2026-11-20 08:00"))
    months = [row.data["period"]["month"] for row in SlaReport.objects.order_by("period_start")]
    assert months == ["2026-08", "2026-09", "2026-10"]
    assert len(post.mails) == 3


@pytest.mark.django_db
def test_what_fell_due_while_a_plan_was_off_stays_unsent(acme: Tenant, post: Post) -> None:
    plan(acme, "a@acme.example", at=utc("2026-07-20 08:00"), is_on=False)
    work(utc("2026-09-20 08:00"))
    plan(acme, "a@acme.example", at=utc("2026-10-20 08:00"))
    work(utc("2026-11-20 08:00"))
    assert [row.data["period"]["month"] for row in SlaReport.objects.all()] == ["2026-10"]
    assert len(post.mails) == 1


@pytest.mark.django_db
def test_a_mail_server_away_for_an_hour_gets_each_report_later_once(acme: Tenant, settings: Any) -> None:
    plan(acme, "a@acme.example", "b@acme.example")
    send_to(settings, free_port())
    for minute in range(61):
        work(DUE + timedelta(minutes=minute))
    assert {(state, tries > 2) for _, state, tries in ways(acme)} == {(PENDING, True)}
    assert all(row.error.startswith("the mail server cannot be reached") for row in ReportDelivery.objects.all())
    with post_office(Post(), settings) as office:
        for hour in range(1, 5):
            work(DUE + timedelta(hours=hour, minutes=2))
        assert sorted(office.read(n)["To"] for n in range(len(office.mails))) == ["a@acme.example", "b@acme.example"]
    assert {state for _, state, _ in ways(acme)} == {SENT}
    assert SlaReport.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("office", "state"),
    [
        (Post(at_rcpt="550 no such user"), FAILED),
        (Post(at_data="451 try later"), PENDING),
        (Post(drops=True), UNKNOWN),
    ],
)
def test_what_became_of_a_mail_is_written_down(office: Post, state: str, acme: Tenant, settings: Any) -> None:
    plan(acme, "a@acme.example")
    with post_office(office, settings):
        work(DUE)
        work(DUE + timedelta(seconds=30))
    [row] = ReportDelivery.objects.all()
    assert (row.state, row.tries) == (state, 1)
    assert row.error


@pytest.mark.django_db
def test_whoever_stops_while_sending_leaves_it_unknown_and_before_that_due_again(acme: Tenant, post: Post) -> None:
    plan(acme, "a@acme.example", "b@acme.example")
    with clock.hold(DUE):
        reporting.issue_due(float("inf"))
        report_deliveries.claim(DUE)
        handed = report_deliveries.claim(DUE)
        assert handed is not None and report_deliveries.hand_over(handed)
    work(DUE + timedelta(minutes=10))
    assert ways(acme) == [("a@acme.example", SENT, 2), ("b@acme.example", UNKNOWN, 1)]
    assert len(post.mails) == 1


@pytest.mark.django_db
def test_one_clients_trouble_stops_nobody_else_and_is_tried_again(
    acme: Tenant, northlight: Tenant, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (acme, northlight):
        plan(tenant, f"a@{tenant.slug}.example")
    real = issue_of

    def broken(*, tenant: Tenant, **more: Any) -> SlaReport:
        if tenant == acme:
            raise ZeroDivisionError
        return real(tenant=tenant, **more)

    monkeypatch.setattr(reporting, "issue_of", broken)
    work(DUE)
    assert [mail["To"] for mail in map(post.read, range(len(post.mails)))] == ["a@northlight.example"]
    run = ReportRun.objects.get(tenant=acme)
    assert (run.problem, run.tries, run.done_at) == ("ZeroDivisionError", 1, None)
    monkeypatch.setattr(reporting, "issue_of", real)
    work(DUE + timedelta(seconds=30))
    assert len(post.mails) == 1
    work(DUE + timedelta(minutes=2))
    assert len(post.mails) == 2


@pytest.mark.django_db
def test_a_month_without_a_contract_is_said_so_and_left(acme: Tenant, post: Post) -> None:
    plan(acme, "a@acme.example", at=utc("2025-12-20 08:00"))
    work(utc("2026-01-20 08:00"))
    run = ReportRun.objects.get()
    assert (run.month, run.problem, run.done_at is None) == ("2025-12", "no_contract", False)
    assert post.mails == []


def test_two_beats_at_once_and_one_killed_issue_one_report(live_stack: LiveStack, acme: Tenant) -> None:
    from threading import Barrier, Thread

    from django.db import connection

    plan(acme, "a@acme.example")
    period = Period.of_month("2026-10", acme.time_zone)
    started = Barrier(2)
    made: list[SlaReport | None] = []

    def issue_slowly() -> SlaReport:
        started.wait(20)
        return issue_of(tenant=acme, period=period, language="it", person=None)

    def run(issue: Callable[[], SlaReport]) -> None:
        with clock.hold(DUE):
            [due] = [one for one in report_plans.due_now(DUE) if one.tenant == acme] or [first]
            made.append(report_runs.issue_once(due, issue))
        connection.close()

    [first] = report_plans.due_now(DUE)
    with clock.hold(DUE), pytest.raises(KeyboardInterrupt):
        report_runs.issue_once(first, _killed)
    assert (SlaReport.objects.count(), ReportDelivery.objects.count()) == (0, 0)
    other = Thread(target=run, args=(issue_slowly,))
    other.start()
    started.wait(20)
    run(_killed)  # the month is taken: it is not called
    other.join()
    assert [one is not None for one in made] == [False, True]
    assert (SlaReport.objects.count(), ReportDelivery.objects.count()) == (1, 1)


def _killed() -> SlaReport:
    raise KeyboardInterrupt


URL = "/api/desk/clients/{}/reports"
CHOICE = {
    "is_on": True,
    "kind": "day",
    "day": 5,
    "at": "09:30",
    "time_zone": "Europe/Rome",
    "language": "en",
    "form": "attached",
    "recipients": ["Carla@acme.example ", "carla@acme.example", "board@acme.example"],
}


@pytest.mark.django_db
def test_the_operator_sets_calendar_and_recipients_and_sends_again(
    acme: Tenant,
    northlight: Tenant,
    omar: Person,
    sofia: Person,
    carla: Person,
    desk_client: Door,
    shop_client: Door,
    post: Post,
) -> None:
    url = URL.format(acme.id)
    with clock.hold(SETTLED):
        assert desk_client(sofia).put(f"{url}/plan", CHOICE, "application/json").status_code == 403
        desk = desk_client(omar)
        shown = desk.put(f"{url}/plan", CHOICE, "application/json").json()
    assert shown["plan"]["recipients"] == ["carla@acme.example", "board@acme.example"]
    assert (shown["plan"]["by"], shown["agreed"]) == ("operator", None)
    assert shown["next"] == {"month": "2026-10", "at": "2026-11-05T08:30:00Z"}
    work(utc("2026-11-05 08:30"))
    with clock.hold(utc("2026-11-06 09:00")):
        desk = desk_client(omar)
        [row] = desk.get(url).json()["reports"]
        assert [(way["recipient"], way["state"], way["tries"]) for way in row["deliveries"]] == [
            ("carla@acme.example", "sent", 1),
            ("board@acme.example", "sent", 1),
        ]
        assert desk.get(row["pdf_url"]).content.startswith(b"%PDF")
        assert desk.get(row["pdf_url"].replace(str(acme.id), str(northlight.id))).status_code == 404
        sent = f"{url}/{row['id']}/send"
        again = desk.post(sent, {"recipients": ["new@acme.example"]}, "application/json").json()
        twice = desk.post(sent, {"recipients": ["new@acme.example"]}, "application/json").json()
        assert [len(found["reports"][0]["deliveries"]) for found in (again, twice)] == [3, 3]
        assert desk_client(sofia).post(sent, {}, "application/json").status_code == 403
    work(utc("2026-11-06 09:01"))
    assert post.read()["To"] == "new@acme.example"
    assert len(post.mails) == 3
    with clock.hold(utc("2026-11-06 09:02")):
        [seen] = shop_client(acme, carla).get("/api/portal/reports").json()
        assert [way["state"] for way in seen["deliveries"]] == ["sent"] * 3
        assert desk.delete(f"{url}/plan").json()["plan"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "business_day", "day": 16}, "day"),
        ({"day": 0}, "day"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"recipients": ["nobody"]}, "recipients"),
        ({"recipients": ["a@b.example\nBcc: x@y.example"]}, "recipients"),
        ({"recipients": [f"a{n}@b.example" for n in range(21)]}, "recipients"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_by_field(
    wrong: dict[str, Any], field: str, acme: Tenant, omar: Person, desk_client: Door
) -> None:
    answer = desk_client(omar).put(f"{URL.format(acme.id)}/plan", {**CHOICE, **wrong}, "application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not ReportPlan.objects.exists()


@pytest.mark.django_db
def test_sending_to_nobody_says_so(acme: Tenant, omar: Person, desk_client: Door) -> None:
    with clock.hold(DUE):
        desk = desk_client(omar)
        made = desk.post(URL.format(acme.id), {"month": "2026-10"}, "application/json")
        answer = desk.post(f"{URL.format(acme.id)}/{made.json()['reports'][0]['id']}/send", {}, "application/json")
    assert (made.status_code, answer.status_code, answer.json()["code"]) == (201, 409, "no_recipients")


@pytest.mark.django_db
def test_a_preview_is_marked_on_every_page_and_nothing_is_kept(acme: Tenant, carla: Person, shop_client: Door) -> None:
    for day in range(2, 9):
        answer(arrive(acme, utc(f"2026-11-0{day} 10:00")), 90)
    with clock.hold(utc("2026-11-10 09:00")):
        found = shop_client(acme, carla).get("/api/portal/reports/preview")
    assert found["Content-Type"] == "application/pdf"
    with pdfplumber.open(io.BytesIO(found.content)) as pdf:
        said = [page.extract_text() for page in pdf.pages]
    assert len(said) > 2
    assert all("ANTEPRIMA – non emesso" in page for page in said)
    assert not any("SHA-256" in page for page in said[:2])
    assert not SlaReport.objects.exists()


@pytest.mark.django_db
def test_no_preview_without_a_contract(acme: Tenant, carla: Person, shop_client: Door) -> None:
    with clock.hold(utc("2025-11-10 09:00")):
        answer = shop_client(acme, carla).get("/api/portal/reports/preview")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_contract")


def test_refusals_are_plain() -> None:
    with pytest.raises(Refusal):
        report_plans.check_recipients(["x"], lambda text: False)
