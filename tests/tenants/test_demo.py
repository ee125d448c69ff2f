"""The demo: its shops and people, and a past that went through the product, once, and was sent to nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from billing.models import Invoice, Usage
from config.demo import crowd, history, opening, papers, past, pending
from config.demo.cast import AGENTS, COLLEAGUES, PASSWORD, SHOPS
from config.demo.scenes import Scene, open_scene
from config.demo.script import Script
from conversations import language
from conversations.approval_models import Approval, ApprovalLetter
from conversations.models import Conversation, Message
from kernel import clock
from kernel.tenancy import enter
from people.access import may_serve
from people.models import Person
from quality.models import Evaluation
from routing.agent_time import ledgers
from routing.models import AgentState, AgentStateSpell, Offer, WorkItem
from routing.waiting import enqueue
from sla_contracts import disputes
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock, Dispute, ReportPlan, SlaReport
from sla_contracts.period import Period
from tenants.models import Tenant

DAYS = timedelta(days=4)
SCALE = 0.7
# A Friday evening: whoever runs this when, the same happens.
OPENED = datetime(2026, 10, 16, 20, tzinfo=UTC)


class Ended(Exception):
    """What ends the play of a test."""


@pytest.fixture
def shops(rows: None) -> dict[str, Tenant]:
    """The test's shops, with the languages that the demo's have."""
    for terms in SHOPS:
        Tenant.objects.filter(slug=terms["slug"]).update(languages=terms["languages"], created_at=OPENED)
    return opening.open_shops(now=OPENED)


@pytest.fixture
def people(shops: dict[str, Tenant]) -> dict[str, Person]:
    """Everybody, at desks that were opened before the past begins."""
    desks = list(AgentState.objects.values_list("person_id", flat=True))
    AgentState.objects.filter(pk__in=desks).delete()
    AgentStateSpell.objects.filter(person__in=desks).delete()
    return opening.hire_everyone(shops, now=OPENED)


@pytest.fixture
def written(shops: dict[str, Tenant], people: dict[str, Person]) -> Script:
    """A few days, up to the minute in which the shops were opened; the agents' states are written."""
    found = _script(shops)
    assert history.prepare(shops, people, found)
    return found


def _script(shops: dict[str, Tenant]) -> Script:
    until = min(shop.created_at for shop in shops.values())
    return history.write_script(shops, scale=SCALE, since=until - DAYS)


def _make(shops: dict[str, Tenant], people: dict[str, Person], script: Script, say: Any = lambda line: None) -> int:
    return history.make(shops, people, script, months=0, say=say)


def test_a_past_is_played_whole_and_sent_to_nobody(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script
) -> None:
    assert {scene.arrival.slug for scene in written.scenes} == set(shops)
    assert _make(shops, people, written) == len(written.scenes) > 20
    assert not connection.run_on_commit
    for shop in shops.values():
        scenes = [scene for scene in written.scenes if scene.arrival.slug == shop.slug]
        _assert_as_written(shop, scenes)
    assert set(WorkItem.objects.values_list("state", flat=True)) <= {"done", "abandoned"}
    assert not Offer.objects.filter(answer="").exists()
    _assert_clocks_are_sound()
    _assert_only_the_able_worked()
    _assert_time_adds_up(people, written)
    before = _counts()
    assert _make(shops, people, written) == 0
    assert _counts() == before


def _assert_as_written(shop: Tenant, scenes: list[Scene]) -> None:
    said = Counter[datetime]()
    for scene in scenes:
        said.update(step.at for step in scene.steps if step.kind in ("write", "reply", "wait"))
    with enter(shop):
        spoken = Message.objects.filter(author__in=("shopper", "agent"), direction__in=("in", "out"))
        assert Counter(spoken.values_list("created_at", flat=True)) == said
        assert not Message.objects.filter(delivery__in=("pending", "sending", "unknown", "failed")).exists()
        assert not Conversation.objects.exclude(status="closed").exists()
        rows = list(Conversation.objects.order_by("opened_at").values_list("opened_at", "case_number", "language"))
        evaluated = Evaluation.objects.count()
    numbers = [int(number.partition("-")[2]) for _, number, _ in rows]
    assert numbers == sorted(set(numbers))
    assert [row[2] for row in rows] == [scene.arrival.language for scene in scenes]
    assert evaluated == sum(step.kind == "evaluate" for scene in scenes for step in scene.steps)


def _assert_clocks_are_sound() -> None:
    findings = check_clocks()
    assert findings.checked == Clock.objects.count() > 40
    assert not findings.wrong
    assert not Clock.objects.filter(state__in=("running", "paused")).exists()


def _assert_only_the_able_worked() -> None:
    levels = {agent.email: agent.skills for agent in AGENTS}
    for item in WorkItem.objects.filter(state="done").select_related("agent", "tenant"):
        assert item.agent is not None
        assert may_serve(item.agent, item.tenant)
        assert levels[item.agent.email][item.language] >= 2


def _assert_time_adds_up(people: dict[str, Person], script: Script) -> None:
    """Everybody is offline, with free hands; each one's time went to work, pauses and waiting, to the microsecond."""
    assert set(AgentState.objects.values_list("status", "load", "capacity")) == {("offline", 0, 4)}
    found = ledgers([people[agent.email].pk for agent in AGENTS], script.until - DAYS, script.until)
    assert all(sum(ledger.shares.values()) == ledger.presence for ledger in found.values())
    kinds = {kind for ledger in found.values() for kind, _ in ledger.shares}
    assert kinds >= {"work", "idle", "break"}
    for item in WorkItem.objects.filter(state="done").select_related("agent"):
        at_work = AgentStateSpell.objects.filter(
            person=item.agent_id, started_at__lte=item.accepted_at, ended_at__gt=item.accepted_at
        )
        assert at_work.exclude(status="offline").exists()


def test_a_play_that_was_ended_goes_on_and_doubles_nothing(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script
) -> None:
    told = []

    def end_early(line: str) -> None:
        told.append(line)
        if len(told) == 5:
            raise Ended

    with pytest.raises(Ended):
        _make(shops, people, written, say=end_early)
    half = WorkItem.objects.values("conversation").distinct().count()
    assert 0 < half < len(written.scenes)

    stage = past.Stage.of(shops, people)
    [scene, *others] = past.left_to_play(stage, written.scenes)
    broken = replace(scene, steps=[*scene.steps[:-1], replace(scene.steps[-1], kind="lightning")])
    before = _counts()
    with pytest.raises(KeyError):
        past.play(stage, broken)
    assert _counts() == before

    assert _make(shops, people, _script(shops)) == len(written.scenes) - half == 1 + len(others)
    for shop in shops.values():
        _assert_as_written(shop, [each for each in written.scenes if each.arrival.slug == shop.slug])
    _assert_clocks_are_sound()


def test_the_same_beginning_gives_the_same_past(shops: dict[str, Tenant], written: Script) -> None:
    again = _script(shops)
    assert [(scene.name, scene.order, scene.steps) for scene in again.scenes] == [
        (scene.name, scene.order, scene.steps) for scene in written.scenes
    ]
    assert again.spells == written.spells
    other = history.write_script(shops, scale=SCALE * 2, since=written.until - DAYS)
    assert len(other.scenes) > 1.5 * len(written.scenes)


def test_the_living_keep_what_is_in_their_hands(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script
) -> None:
    lucia = people["lucia@bpo.example"]
    for number in range(4):
        conversation_id = Conversation(case_number=str(number)).id
        item = enqueue(
            tenant_id=shops["acme"].id,
            conversation_id=conversation_id,
            channel="webchat",
            channel_group="chat",
            language="it",
        )
        WorkItem.objects.filter(pk=item.id).update(state="active", agent=lucia, accepted_at=clock.now())
    AgentState.objects.filter(pk=lucia.pk).update(status="break", load=4, feed_seq=7, limits={"webchat": 4})
    before = AgentState.objects.values().get(pk=lucia.pk)
    stage = past.Stage.of(shops, people)
    theirs = [scene for scene in written.scenes if "lucia@bpo.example" in scene.agents]
    past.play(stage, theirs[0])
    assert AgentState.objects.values().get(pk=lucia.pk) == before
    assert WorkItem.objects.filter(agent=lucia, state="active").count() == 4


def test_a_shop_with_another_past_keeps_it(shops: dict[str, Tenant], people: dict[str, Person]) -> None:
    lucia = AgentStateSpell.objects.get(person=people["lucia@bpo.example"].pk)
    AgentStateSpell.objects.filter(pk=lucia.pk).update(ended_at=OPENED)
    AgentStateSpell.objects.create(person_id=lucia.person_id, status="break", started_at=_end_of(lucia))
    script, told = _script(shops), list[str]()
    spells = AgentStateSpell.objects.count()
    assert not history.prepare(shops, people, script)
    assert _make(shops, people, script, say=told.append) == 0
    assert "a past of their own" in told[0]
    assert AgentStateSpell.objects.count() == spells
    assert not WorkItem.objects.exists()


def _end_of(spell: AgentStateSpell) -> datetime:
    spell.refresh_from_db()
    assert spell.ended_at is not None
    return spell.ended_at


def test_papers_of_a_month_are_issued_once(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script
) -> None:
    acme, omar = shops["acme"], people["omar@bpo.example"]
    period = Period.holding(written.until, acme.time_zone).before(1)

    def issue(*, is_billed: bool) -> list[str]:
        return papers.issue_papers(shop=acme, operator=omar, period=period, until=written.until, is_billed=is_billed)

    assert len(issue(is_billed=False)) == 1
    assert not Invoice.objects.exists()
    assert [word.partition(" ")[0] for word in issue(is_billed=True)] == ["invoice"]
    assert issue(is_billed=True) == []
    report, invoice = SlaReport.objects.get(tenant=acme), Invoice.objects.get(tenant=acme)
    assert period.end < report.issued_at <= written.until
    assert invoice.status == "issued"
    assert invoice.issued_at is not None
    assert period.end < invoice.issued_at <= written.until
    assert not Usage.objects.exclude(tenant=acme).exists()


def test_every_text_is_in_the_language_that_it_is_said_to_be_in() -> None:
    allowed = {shop["slug"]: shop["languages"] for shop in SHOPS}
    for scene in _some_scenes():
        slug, spoken = scene.arrival.slug, scene.arrival.language
        guess = language.detect(scene.say(scene.matter.ask), allowed[slug], {"widget": spoken})
        assert guess.language == spoken, scene.say(scene.matter.ask)


def _some_scenes() -> list[Scene]:
    arrivals = crowd.gather(OPENED, scale=2, since=OPENED - timedelta(days=20))
    return [open_scene(arrival, "AC", is_bad_day=False) for arrival in arrivals]


def _counts() -> tuple[int, ...]:
    found = [model.objects.count() for model in (Person, Clock, WorkItem, Invoice, AgentStateSpell, Offer)]
    for shop in Tenant.objects.all():
        with enter(shop):
            found += [Conversation.objects.count(), Message.objects.count(), Evaluation.objects.count()]
    return tuple(found)


def _run(*options: str) -> str:
    said = StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def test_describing_names_every_door_and_everybody(settings: Any) -> None:
    settings.PORT = "8123"
    text = _run("--describe")
    for shop in SHOPS:
        assert f"http://{shop['slug']}.localhost:8123/" in text
    for person in (*AGENTS, *COLLEAGUES):
        assert person.email in text
    assert PASSWORD in text
    assert "http://desk.localhost:8123/" in text


def test_something_waits_for_whoever_looks_and_its_mail_stays_here(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script, settings: Any, mailbox: list[Any]
) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    _make(shops, people, written)
    stage = past.Stage.of(shops, people)
    made = pending.prepare(stage, written.until)
    assert any("questions to clients" in line for line in made)
    for slug, shop in shops.items():
        plan = ReportPlan.objects.get(tenant=shop)
        assert all(one.endswith(".example") for one in plan.recipients) and plan.is_on
        with enter(shop):
            open_ones = list(Approval.objects.filter(state="open"))
            readers = set(ApprovalLetter.objects.values_list("person_id", flat=True))
            assert not Message.objects.filter(delivery="pending").exists()
        addresses = Person.objects.filter(pk__in=readers).values_list("email", flat=True)
        assert {one.partition("@")[2] for one in addresses} == {f"{slug}.example"}
        assert len(open_ones) == sum(question.slug == slug for question in pending.QUESTIONS)
        states = Counter(disputes.state_of(one) for one in Dispute.objects.filter(tenant=shop))
        assert states["open"] <= 1 and sum(states.values()) <= len(pending.DISPUTES)
    assert Dispute.objects.filter(answer=None).exists() and Dispute.objects.exclude(answer=None).exists()
    assert check_clocks().wrong == {}
    assert not WorkItem.objects.filter(state="active").exists() and mailbox == []
    assert pending.prepare(stage, written.until) == []


def test_where_mail_leaves_the_machine_nothing_is_made_that_is_mailed(
    shops: dict[str, Tenant], people: dict[str, Person], written: Script, settings: Any
) -> None:
    settings.EMAIL_HOST = "smtp.relay.example"
    made = pending.prepare(past.Stage.of(shops, people), written.until)
    assert "no report plans" in made[-1] and not ReportPlan.objects.exists()
    for shop in shops.values():
        with enter(shop):
            assert not Approval.objects.exists()
