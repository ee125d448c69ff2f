"""Whoever reads a Spanish screen is refused in Spanish: every code that the source can say has its words."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from desk.shop_logo import _WHY as LOGO
from kernel import away
from kernel.errors import Refusal, invalid, not_found
from kernel.refusal_words import codes, in_language_of
from people.models import Person
from sla_contracts.fields import TermsError
from tenants.models import Tenant

Door = Callable[..., Client]
SOURCES = ("platform", "tenants", "routing", "sla_contracts", "billing", "quality")
# Said by the framework's answers and by classes of their own.
ELSEWHERE = {"invalid", "sign_in", "server", "bad_terms", "throttled", away.CODE, *LOGO}


def said() -> Iterator[tuple[str, str]]:
    """Each code that is written out where a Refusal is made, and where."""
    for folder in SOURCES:
        for path in sorted((Path(settings.ROOT) / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                is_refusal = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Refusal"
                if is_refusal and isinstance(node, ast.Call) and node.args:
                    first = node.args[0]
                    for each in [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]:
                        if isinstance(each, ast.Constant):
                            yield str(each.value), f"{path.name}:{node.lineno}"


def test_every_code_has_spanish_words() -> None:
    found = dict(said())
    assert len(found) > 80
    missing = {code: place for code, place in found.items() if code not in codes()}
    missing |= dict.fromkeys(ELSEWHERE - codes(), "elsewhere")
    assert not missing, f"add them to platform/kernel/texts/refusals_es.json: {missing}"


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("es", "Aquí no hay nada"),
        ("es-MX,es;q=0.9,en;q=0.8", "Aquí no hay nada"),
        ("fr-FR,es;q=0.5", "Aquí no hay nada"),
        ("en", "There is nothing here"),
        ("en-GB,es;q=0.5", "There is nothing here"),
        ("", "There is nothing here"),
        ("de", "There is nothing here"),
        ("*", "There is nothing here"),
        (";;;=,,", "There is nothing here"),
    ],
)
def test_the_readers_language_decides(accepted: str, words: str) -> None:
    assert in_language_of(accepted, not_found().as_json())["message"].startswith(words)


def test_a_code_of_several_meanings_says_the_one_that_was_meant_and_keeps_its_code_and_fields() -> None:
    mail = invalid("One of these is no mail address; nothing was changed.", recipients="anna@: no address")
    told = in_language_of("es", mail.as_json())
    assert told == {
        "code": "invalid",
        "message": "Una de estas no es una dirección de correo; no se cambió nada.",
        "fields": {"recipients": "anna@: no es una dirección"},
    }
    other = in_language_of("es", invalid("Nobody has thought of this.", x="because of {0}").as_json())
    assert other["message"].startswith("Algo de lo enviado") and other["fields"] == {"x": "because of {0}"}
    terms = in_language_of("es", TermsError("report.day", "must be 31 at most").as_json())
    assert terms["fields"] == {"report.day": "debe ser 31 como máximo"}
    new = Refusal("not_thought_of", 409, "A newer one.").as_json()
    assert in_language_of("es", new) == new


@pytest.mark.django_db
def test_at_both_hosts_a_spanish_screen_reads_spanish(
    acme: Tenant, carla: Person, omar: Person, desk_client: Door, shop_client: Door
) -> None:
    spanish = {"Accept-Language": "es"}
    at_desk, at_shop = desk_client(omar), shop_client(acme, carla)
    asked = f"/api/desk/clients/{acme.id}/reports/{acme.id}/pdf"
    assert at_desk.get(asked, headers=spanish).json()["message"].startswith("Aquí no hay nada")
    assert at_desk.get(asked).json()["message"].startswith("There is nothing here")
    wrong = at_shop.get("/api/portal/overview?month=2026-13", headers=spanish).json()
    assert (wrong["code"], wrong["fields"]) == ("invalid", {"month": "debe ser AAAA-MM"})
    unsent = at_shop.post("/api/portal/reports", {}, content_type="application/json", headers=spanish).json()
    assert unsent["fields"] == {"month": "Hace falta."}
    assert at_shop.get("/api/nothing", headers=spanish).json()["message"].startswith("Aquí no hay nada")
    assert shop_client(acme).get("/api/portal/overview", headers=spanish).json()["message"].startswith("Inicie")
