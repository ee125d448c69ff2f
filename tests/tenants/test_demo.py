"""The demo: made once, through the real use cases, consistent, and never sent to anybody."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from billing.models import Invoice
from config.demo import past
from config.demo.cast import AGENTS, COLLEAGUES, PASSWORD, SHOPS
from conversations.models import Conversation, Message
from kernel import clock
from kernel.tenancy import enter
from people.access import may_serve
from people.models import Person
from quality.models import Evaluation
from routing.models import AgentState, AgentStateSpell, WorkItem
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock
from tenants.models import Tenant


def _run(*options: str) -> str:
    said = StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def test_the_past_is_finished_consistent_and_sent_to_nobody(
    rows: None, monkeypatch: pytest.MonkeyPatch, committed: Any
) -> None:
    monkeypatch.setattr(past, "A_SHOP", 6)
    with committed() as calls:
        said = _run()
    assert "12 conversations" in said
    assert len(calls) < 80  # evaluations and invoices tell; twelve conversations of six messages do not
    for shop in Tenant.objects.all():
        _assert_finished(shop)
    assert set(WorkItem.objects.values_list("state", flat=True)) <= {"done", "abandoned"}
    findings = check_clocks()
    assert findings.checked == Clock.objects.count() > 12
    assert not findings.wrong
    _assert_agents_went_home()
    _assert_nobody_handled_what_they_may_not()
    before = _counts()
    assert "already there" in _run()
    assert _counts() == before


def _assert_finished(shop: Tenant) -> None:
    with enter(shop):
        assert Conversation.objects.filter(status="closed", closed_at__lt=clock.now()).count() == 6
        assert not Message.objects.filter(delivery__in=("pending", "sending", "unknown", "failed")).exists()
        assert Evaluation.objects.count() == WorkItem.objects.filter(tenant=shop, state="done").count()
    assert Invoice.objects.filter(tenant=shop, status="issued").count() == 1


def _assert_agents_went_home() -> None:
    assert set(AgentState.objects.values_list("status", "load")) == {("offline", 0)}
    for spell in AgentStateSpell.objects.filter(ended_at__isnull=False):
        assert spell.ended_at is not None
        assert spell.started_at < spell.ended_at <= clock.now()


def _assert_nobody_handled_what_they_may_not() -> None:
    languages = {agent.email: agent.skills for agent in AGENTS}
    for item in WorkItem.objects.filter(state="done").select_related("agent", "tenant"):
        assert item.agent is not None
        assert may_serve(item.agent, item.tenant)
        assert languages[item.agent.email][item.language] >= 2


def _counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Person, Clock, WorkItem, Invoice, AgentStateSpell))


def test_describing_names_every_door_and_everybody(settings: Any) -> None:
    settings.PORT = "8123"
    text = _run("--describe")
    for shop in SHOPS:
        assert f"http://{shop['slug']}.localhost:8123/" in text
    for person in (*AGENTS, *COLLEAGUES):
        assert person.email in text
    assert PASSWORD in text
    assert "http://desk.localhost:8123/" in text
