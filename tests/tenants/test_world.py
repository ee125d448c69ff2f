"""What the fixtures promise to every other test."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from conversations.models import Category
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.live_stack import LiveStack


def test_there_are_two_shops_with_rows_of_their_own(acme: Tenant, northlight: Tenant) -> None:
    with enter(acme):
        Category.objects.all().delete()
    with enter(northlight):
        assert Category.objects.exists()


def test_a_test_is_rolled_back(acme: Tenant) -> None:
    with enter(acme):
        assert Category.objects.exists()


def test_a_desk_client_is_signed_in(desk_client: Callable[..., Client], lucia: Person) -> None:
    answer = desk_client(lucia).get("/_allauth/browser/v1/auth/session")
    assert answer.json()["meta"]["is_authenticated"] is True


def test_the_live_stack_reads_what_this_process_commits(live_stack: LiveStack, lucia: Person) -> None:
    answer = live_stack.http(lucia).get("/_allauth/browser/v1/auth/session")
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["user"]["email"] == lucia.email


def test_the_live_stack_is_emptied_between_tests(live_stack: LiveStack, acme: Tenant) -> None:
    from people.models import Session

    assert not Session.objects.exists()
    assert live_stack.http().get("/_allauth/browser/v1/auth/session").status_code == 401
