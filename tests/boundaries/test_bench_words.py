"""A benchmark that meets another shop's word does not end well."""

from __future__ import annotations

import pytest

from config.replay.canaries import token_of
from conversations.models import Message
from kernel.tenancy import enter
from people.access import clients_of
from tenants.models import Tenant
from tests.bench.stage import set_up
from tests.bench.words import foreign_texts, require_own
from tests.conversations.shoppers import chat, say


def test_an_answer_with_another_shops_word_ends_the_run() -> None:
    own = f"Where is it? {token_of('bench-1')}"
    require_own("bench-1", own, "open")
    require_own("bench-1", own.encode(), "open")
    with pytest.raises(RuntimeError, match="bench-2"):
        require_own("bench-1", f"{own} {token_of('bench-2')}".encode(), "open")


def test_a_benchmarks_shops_and_agents_can_be_made(acme: Tenant, northlight: Tenant) -> None:
    stage = set_up(tenants=3, agents=2, clients_each=2)
    assert len({tenant.mark for tenant in [*stage.tenants, acme, northlight]}) == 5
    assert [len(clients_of(agent)) for agent in stage.agents] == [2, 2]


@pytest.mark.planted_leak
def test_a_stored_word_of_another_shop_is_counted(acme: Tenant, northlight: Tenant) -> None:
    for shop in (acme, northlight):
        say(shop, chat(f"Where is it? {token_of(shop.slug)}"))
    assert foreign_texts() == 0
    with enter(northlight):
        Message.objects.update(text=f"Where is it? {token_of(acme.slug)}")
    assert foreign_texts() == 1
