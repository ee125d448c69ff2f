"""The invoice on paper: A4, tagged, in the client's language, from the document alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billing.document import document, sha256
from billing.models import Invoice
from billing.wording import Wording
from kernel.access import client, declares
from kernel.papers import typeset

SHORT_HASH = 16


@declares("export", client("client", opens="invoice"))
def render(data: Mapping[str, Any], digest: str) -> bytes:
    """The PDF of a document (``billing.document``); the same document gives the same bytes."""
    return typeset("invoice.html", page(data, digest))


def of_invoice(invoice: Invoice) -> bytes:
    """The frozen PDF of an issued invoice; of a draft, one that says so, made now."""
    if invoice.pdf is not None:
        return bytes(invoice.pdf)
    data = document(invoice, invoice.tenant)
    return render(data, sha256(data))


def page(data: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """What the template shows: every figure and date as it is to be read."""
    period, client, currency = data["period"], data["client"], str(data["currency"])
    words = Wording(data["language"], country=client["country"], time_zone=period["time_zone"])
    is_draft = data["number"] is None
    total = words.money(Decimal(data["total"]), currency)
    return {
        "say": words.texts,
        "language": data["language"],
        "is_draft": is_draft,
        "title": words.say("draft" if is_draft else "invoice"),
        "number": data["number"] or words.say("to_be_given"),
        "issued": _day(words, data["issued_on"]) or words.say("to_be_given"),
        "due": _day(words, data["due_on"]) or words.say("to_be_given"),
        "month": words.month(period["month"]),
        "period": f"{_day(words, period['first_day'])} – {_day(words, period['last_day'])}",
        "counted": words.say("counted", zone=period["time_zone"]),
        "contract": words.say("contract_version", **data["contract"]) if data["contract"] else "",
        "seller": data["seller"],
        "client": client,
        "brand": data["brand"],
        "color": _safe_color(data["brand"]["color"]),
        "on_color": _ink_on(_safe_color(data["brand"]["color"])),
        "lines": [_line(words, line, currency) for line in data["lines"]],
        "net": words.money(Decimal(data["net"]), currency),
        "vat_label": words.say("vat", percent=words.percent(Decimal(data["vat_percent"]))),
        "vat": words.money(Decimal(data["vat"]), currency),
        "vat_note": words.say(data["vat_note"]) if data["vat_note"] else "",
        "total": total,
        "currency": currency,
        "pay_by": "" if is_draft else words.say(
            "pay_by", total=total, due=_day(words, data["due_on"]), number=data["number"]
        ),
        "sha256": digest,
        "short_sha256": digest[:SHORT_HASH],
    }  # fmt: skip


def _line(words: Wording, line: Mapping[str, Any], currency: str) -> dict[str, str]:
    return {
        "description": line["description"],
        "quantity": words.quantity(Decimal(line["quantity"])),
        "unit": words.say(f"unit_{line['unit']}"),
        "unit_price": words.price(Decimal(line["unit_price"])),
        "amount": words.money(Decimal(line["amount"]), currency),
    }


def _day(words: Wording, day: str | None) -> str:
    return words.day(date.fromisoformat(day)) if day else ""


def _safe_color(color: str) -> str:
    """The client's colour if it is written #rrggbb, else a grey: it goes into a style sheet."""
    digits = color.removeprefix("#")
    return color if len(digits) == 6 and all(c in "0123456789abcdefABCDEF" for c in digits) else "#57534e"


def _ink_on(color: str) -> str:
    """Black or white, whichever stands out more (WCAG relative luminance)."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#1c1b19"
