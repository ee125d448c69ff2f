"""One address is one customer, also when it comes by eight doors at once; an address proves nothing."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from customers.models import Customer, Identity
from customers.recognise import add_identity, address_of, learn, recognise
from kernel.errors import Refusal
from kernel.tenancy import WrongTenant, enter
from tenants.models import Tenant
from tests.live_stack import LiveStack


def test_same_address_is_the_same_customer_of_one_shop(acme: Tenant, northlight: Tenant) -> None:
    with enter(acme):
        first = recognise(kind="email", address=" Maria@Example.com ", name="Maria", language="it")
        again = recognise(kind="email", address="maria@example.com", name="Somebody Else")
        assert (first.is_new, again.is_new, again.id, again.name) == (True, False, first.id, "Maria")
        assert recognise(kind="handle", address="maria@example.com").id != first.id
    with enter(northlight):
        assert recognise(kind="email", address="maria@example.com").is_new


def test_an_address_proves_nothing(acme: Tenant) -> None:
    with enter(acme):
        recognise(kind="email", address="maria@example.com")
        assert Identity.objects.get().verified is False


def test_no_address_is_a_customer_without_identities(acme: Tenant) -> None:
    with enter(acme):
        customer = recognise(kind="email", address=" ", name="?")
        assert not Identity.objects.filter(customer=customer.id).exists()


def test_too_long_an_address_is_refused(acme: Tenant) -> None:
    with enter(acme), pytest.raises(Refusal, match="too long"):
        recognise(kind="email", address="x" * 255)


def test_needs_the_tenant_entered(acme: Tenant) -> None:
    with pytest.raises(WrongTenant):
        recognise(kind="email", address="maria@example.com")


def test_a_name_is_learnt_once_and_a_language_each_time(acme: Tenant) -> None:
    with enter(acme):
        customer_id = recognise(kind="widget", address="w").id
        learn(customer_id, name="Maria", language="it")
        learn(customer_id, name="Eva", language="en")
        row = Customer.objects.get(pk=customer_id)
        assert (row.name, row.language) == ("Maria", "en")


def test_an_address_of_somebody_else_is_not_taken_over(acme: Tenant) -> None:
    with enter(acme):
        maria, eve = (recognise(kind="email", address=f"{who}@example.com").id for who in ("maria", "eve"))
        assert not add_identity(customer_id=eve, kind="email", address="MARIA@example.com")
        assert add_identity(customer_id=eve, kind="email", address="eve2@example.com")
        assert address_of(maria, "email") == "maria@example.com"
        assert address_of(eve, "email") == "eve2@example.com"


def test_eight_doors_at_once_make_one_customer(live_stack: LiveStack, acme: Tenant) -> None:
    barrier, found = threading.Barrier(8), []

    def knock() -> None:
        try:
            barrier.wait(10)
            with enter(acme), transaction.atomic():
                found.append(recognise(kind="email", address="maria@example.com").id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 8
    assert len(set(found)) == 1
    with enter(acme):
        assert Customer.objects.count() == Identity.objects.count() == 1
