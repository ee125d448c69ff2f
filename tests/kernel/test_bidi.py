"""A shop whose name is written from right to left turns no case number around: in subjects, letters and on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from carriers.contract import Outgoing
from carriers.email_compose import subject_of
from conversations import approval_post
from conversations.approval_models import ApprovalLetter
from kernel.bidi import isolated
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.desk.asked import asked
from tests.desk.shop import post

Door = Callable[..., Client]
ARABIC = "متجر الأحذية"
APART = f"\N{FIRST STRONG ISOLATE}{ARABIC}\N{POP DIRECTIONAL ISOLATE}"


def test_only_what_is_written_from_right_to_left_is_set_apart() -> None:
    assert isolated("Señor Müller & Ωμέγα 12") == "Señor Müller & Ωμέγα 12"
    assert isolated(ARABIC) == APART
    assert isolated("נעליים") != "נעליים"


def test_an_answers_subject_keeps_its_case_number_readable_and_findable() -> None:
    plain: dict[str, Any] = dict.fromkeys(Outgoing.__dataclass_fields__)
    plain |= {"shop_name": ARABIC, "case_number": "12-4821", "subject": "", "is_automatic": False, "in_reply_to": ""}
    assert subject_of(Outgoing(**plain)) == f"Re: {APART} [12-4821]"


@pytest.mark.django_db
def test_a_letter_sets_the_shops_name_and_the_case_apart(acme: Tenant, lucia: Person, desk_client: Door) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name=ARABIC)
    acme.refresh_from_db()
    asked(desk_client(lucia), acme, lucia)
    with enter(acme):
        letter = ApprovalLetter.objects.select_related("approval__conversation").first()
        assert letter is not None
        mail = approval_post.compose(acme, letter, name="Carla", address="carla@acme.example")
        case = letter.approval.conversation.case_number
    [(page, _)] = [(str(one[0]), one[1]) for one in mail.alternatives]
    assert f'<bdi>{ARABIC}</bdi> · <bdi dir="ltr">{case}</bdi>' in page
    assert APART in mail.subject and "\n" not in mail.subject


@pytest.mark.django_db
def test_a_name_of_300_letters_is_refused_with_the_limit(omar: Person, desk_client: Door) -> None:
    shop = {
        "name": "م" * 300, "slug": "long-name", "country": "ES", "languages": ["es"], "time_zone": "Europe/Madrid",
    }  # fmt: skip
    told = post(desk_client(omar), "/api/desk/clients", **shop)
    assert (told.status_code, "120" in told.json()["fields"]["name"]) == (400, True)
    spanish = desk_client(omar).post(
        "/api/desk/clients", shop, content_type="application/json", headers={"Accept-Language": "es"}
    )
    assert spanish.json()["fields"]["name"] == "120 caracteres como máximo."
    assert not Tenant.objects.filter(slug="long-name").exists()
