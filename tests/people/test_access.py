"""Who may enter which shop; each denial beside the same call allowed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from kernel import clock
from kernel.errors import Refusal
from people import access
from people.access import Declared, alias_for, clients_of, enter_client, may_serve
from people.models import Accreditation, AuditEntry, Person
from tenants.models import Tenant


def test_an_agent_enters_by_accreditation(acme: Tenant, northlight: Tenant, paolo: Person) -> None:
    with enter_client(paolo, acme.id) as tenant:
        assert tenant == acme
        assert connection.schema_name == acme.schema_name  # type: ignore[attr-defined]
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
    with pytest.raises(Refusal) as refused, enter_client(paolo, northlight.id):
        pass
    with pytest.raises(Refusal) as unknown, enter_client(paolo, uuid4()):
        pass
    assert refused.value.as_json() == unknown.value.as_json()


def test_supervisors_and_operators_enter_every_active_shop(
    acme: Tenant, northlight: Tenant, sofia: Person, omar: Person
) -> None:
    for person in (sofia, omar):
        assert clients_of(person) == [acme, northlight]
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
    assert clients_of(sofia) == [northlight]
    with pytest.raises(Refusal), enter_client(sofia, acme.id):
        pass


def test_client_users_serve_nobody(acme: Tenant, carla: Person) -> None:
    assert not may_serve(carla, acme)
    assert clients_of(carla) == []


def test_an_accreditation_has_an_end_and_a_beginning(acme: Tenant, paolo: Person) -> None:
    now = clock.now()
    Accreditation.objects.filter(person=paolo).update(valid_until=now + timedelta(hours=1))
    assert may_serve(paolo, acme)
    with clock.hold(now + timedelta(hours=2)):
        assert not may_serve(paolo, acme)
        assert clients_of(paolo) == []
    with clock.hold(now - timedelta(days=4000)):
        assert not may_serve(paolo, acme)


def test_the_suspended_serve_nobody(acme: Tenant, paolo: Person, sofia: Person) -> None:
    for person in (paolo, sofia):
        assert may_serve(person, acme)
        person.is_active = False
        assert not may_serve(person, acme)


def test_shoppers_see_the_alias(acme: Tenant, lucia: Person, sofia: Person) -> None:
    assert alias_for(lucia, acme) == "Lucia A."
    assert alias_for(sofia, acme) == "Sofia"


def test_an_entry_is_written_down_once_a_spell(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    for tenant in (acme, acme, northlight, acme):
        with enter_client(lucia, tenant.id):
            pass
    entries = AuditEntry.objects.filter(person=lucia, action="client.entered")
    assert sorted(entry.tenant.slug for entry in entries if entry.tenant) == ["acme", "northlight"]


def test_a_refused_entry_leaves_no_entry(northlight: Tenant, paolo: Person) -> None:
    with pytest.raises(Refusal), enter_client(paolo, northlight.id):
        pass
    assert not AuditEntry.objects.filter(action="client.entered").exists()


class _Undeclared(APIView):
    permission_classes = [Declared]

    def get(self, request: Any) -> Any:
        raise AssertionError("never reached")


def test_a_view_that_declares_nothing_is_refused_to_everyone(omar: Person) -> None:
    request = APIRequestFactory().get("/")
    request.user = omar
    request.tenant = None  # type: ignore[attr-defined]
    assert _Undeclared.as_view()(request).status_code in (401, 403)


def test_declarations_say_where(acme: Tenant) -> None:
    assert access.staff("agent", opens="desk", by="own").realm == "desk"
    assert access.client(opens="report").realm == "client"
    assert access.anyone("why").why == "why"
