"""Mails for tests: the shared corpus where it lies, and letters made here."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from django.conf import settings

from carriers.contract import Incoming, Refused
from carriers.email import email
from tenants.models import Line, Tenant

SHARED = Path(settings.ROOT).parent / "shared" / "data"
ACME = UUID("01890000-0000-7000-8000-0000000000a1")
NORTHLIGHT = UUID("01890000-0000-7000-8000-0000000000b2")


def unsaved_line(address: str = "help@acme.example", tenant_id: UUID = ACME) -> Line:
    tenant = Tenant(id=tenant_id, name="Acme Shoes", slug="acme", color="#c2410c", languages=["it", "en"])
    return Line(id=UUID(int=tenant_id.int + 1), tenant=tenant, carrier=Line.Carrier.EMAIL, address=address)


def corpus() -> list[Path]:
    """The mails of the shared folder; empty where it is absent."""
    if not (SHARED / "mail").is_dir():
        return []
    return sorted(path for path in (SHARED / "mail").rglob("*") if path.is_file() and path.name != "LICENSE")


def hostile_html() -> list[str]:
    """The shared payloads and our own, which stand in for them where the folder is absent."""
    path = SHARED / "hostile_html.json"
    shared = [str(entry["payload"]) for entry in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
    return [*shared, *OWN_PAYLOADS]


OWN_PAYLOADS = [
    "<script>alert(1)</script><img src=x onerror=alert(1)><img src='http://evil.example/p.gif'>",
    "<a href='javascript:alert(1)'>x</a><a href='jAvAscript&#58;alert(1)'>y</a><a href='data:text/html,x'>z</a>",
    "<p style=\"background:url(http://evil.example/a)\">x</p><p style='color:red;background-image:u\\72l(//e)'>y</p>",
    "<style>@import 'http://evil.example/x.css';</style><link rel=stylesheet href=http://evil.example/x.css>",
    "<svg><image href='http://evil.example/x'/></svg><math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x><base href=//e>",
    "<form action=http://evil.example><input autofocus onfocus=alert(1)><button formaction=//e>b</button></form>",
    "<img srcset='http://evil.example/1x 1x' src='data:image/svg+xml,<svg onload=alert(1)>'><video poster=//e src=//e>",
    "<table background='http://evil.example/x'><td background=//e>x</table><meta http-equiv=refresh content='0;//e'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript><!--<img src='--><img src=x onerror=a>",
]


def letter(
    text: str = "Dove sono le mie scarpe?",
    *,
    sender: str = "Anna Bianchi <anna@post.example>",
    to: str = "help@acme.example",
    subject: str = "Il mio ordine",
    mail_id: str = "<1@post.example>",
    html: str = "",
    headers: dict[str, str] | None = None,
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Mon, 09 Nov 2026 10:00:00 +0100"
    if mail_id:
        message["Message-ID"] = mail_id
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def taken_in(payload: bytes, line: Line | None = None) -> Incoming:
    parsed = email.parse(line or unsaved_line(), payload)
    assert not isinstance(parsed, Refused), parsed.reason
    assert len(parsed) == 1
    return parsed[0]


def refusal(payload: bytes, line: Line | None = None) -> Refused:
    parsed = email.parse(line or unsaved_line(), payload)
    assert isinstance(parsed, Refused)
    return parsed
