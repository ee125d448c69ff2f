"""The tokens: planted in every column, found in whatever wrapping, and nobody else's taken for a shop's own."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from kernel.own_assets import OwnAssets
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests import canaries
from tests.canaries_planting import NO_TOKEN, tenant_models, text_columns

Wrap = Callable[[str], Any]


def _mail(text: str, cte: str) -> bytes:
    letter = EmailMessage()
    letter["Subject"], letter["To"] = f"è {text}", "x@example.com"
    letter.set_content(f"città {text} " + "lungo " * 30, cte=cte)
    letter.add_attachment(text.encode(), maintype="application", subtype="octet-stream", filename="a.bin")
    return letter.as_bytes()


def _zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", f"a;b\n1;{text}\n")
    return out.getvalue()


def _pdf(text: str) -> bytes:
    from weasyprint import HTML

    body = f"<p style='width:6em'>Rechnung {text}</p>"
    made: bytes = HTML(string=body, url_fetcher=OwnAssets()).write_pdf()
    return made


WRAPPINGS: dict[str, Wrap] = {
    "bytes": lambda text: f"x{text}y".encode(),
    "text": lambda text: f"…{text}…",
    "upper case": lambda text: text.upper(),
    "JSON": lambda text: {"a": [{"b": text}]},
    "JSON in a key": lambda text: {text: 1},
    "escaped JSON": lambda text: json.dumps(text).replace("-", "\\u002d"),
    "HTML": lambda text: f"<p title='{text.replace('-', '&#45;')}'>",
    "URL": lambda text: "/search?q=" + "".join(f"%{byte:02X}" for byte in text.encode()),
    "URL in a URL": lambda text: "?next=" + quote(quote(f"/a b/{text}", safe=""), safe=""),
    "base64": lambda text: base64.b64encode(f"hello {text}".encode()),
    "base64 in lines": lambda text: base64.encodebytes((f"{text} " * 9).encode()),
    "base64 for URLs": lambda text: "data," + base64.urlsafe_b64encode(f"?>{text}".encode()).decode().rstrip("="),
    "hex": lambda text: text.encode().hex() if text.startswith("cnry") else text,
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "UTF-16": lambda text: text.encode("utf-16"),
    "ZIP": _zip,
    "mail, quoted-printable": lambda text: _mail(text, "quoted-printable"),
    "mail, base64": lambda text: _mail(text, "base64"),
    "PDF": _pdf,
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("make", [canaries.token_of, canaries.short_of])
def test_a_token_is_found_in_every_wrapping(wrapping: str, make: Callable[[str], str]) -> None:
    blob = WRAPPINGS[wrapping](make("acme"))
    assert canaries.owners_in(blob) == {"acme"}
    assert canaries.foreign("northlight", blob)
    assert canaries.foreign("acme", blob) == []
    assert canaries.foreign(["acme", "northlight"], blob) == []


def test_the_shop_is_told_from_one_whose_name_begins_alike() -> None:
    assert canaries.foreign("acme", f"{canaries.token_of('acme-two')} {canaries.token_of('acme')}") == [
        f"acme-two: {canaries.token_of('acme-two')}"
    ]


def test_what_only_looks_like_a_token_is_none() -> None:
    for text in ("cnry-acme-000000000000", "cnry-acme", canaries.token_of("acme")[:-1], "zq12345", "zq123456789", ""):
        assert canaries.any_in(text) == [], text


def test_every_text_column_of_a_shop_holds_a_token(
    acme: Tenant, northlight: Tenant, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for shop, other in ((acme, northlight), (northlight, acme)):
        planted = canaries.plant(shop)
        for model in tenant_models():
            for column in text_columns(model):
                label = f"{model._meta.label}.{column.name}"
                with connection.cursor() as cursor, enter(shop):
                    cursor.execute(f'SELECT "{column.column}" FROM "{shop.schema_name}"."{model._meta.db_table}"')
                    stored = [row[0] for row in cursor.fetchall()]
                found = [value for value in stored if canaries.own_in(shop, "" if value is None else value)]
                assert found or label in NO_TOKEN, f"{label} holds no token"
                assert not any(canaries.foreign(shop, "" if value is None else value) for value in stored), label
        assert planted.file is not None
        assert canaries.foreign(other, planted.file.read_bytes())


def test_what_cannot_hold_a_token_says_why_and_is_still_there() -> None:
    columns = {f"{model._meta.label}.{one.name}" for model in tenant_models() for one in text_columns(model)}
    assert set(NO_TOKEN) <= columns
    assert all(len(why) > 10 for _, why in NO_TOKEN.values())


def test_planted_rows_leave_the_floor_alone(acme: Tenant, lucia: Person, settings: Any, tmp_path: Path) -> None:
    from routing.models import WorkItem

    settings.MEDIA_ROOT = tmp_path
    canaries.plant(acme, agent=lucia)
    assert not WorkItem.objects.exists()
