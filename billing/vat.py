"""Which VAT an invoice carries: a pure function of where the two parties are established.

Services between businesses are taxed where the recipient is (Directive 2006/112/EC, Art. 44): at home with the standard
rate; in another member state by reverse charge (Art. 196), at 0 per cent; outside the Union not at all.
"""

from __future__ import annotations

from decimal import Decimal

# Standard rates in per cent, in force on 1 January 2026.
EU_RATES = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24", "ES": "21",
    "FI": "25.5", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17",
    "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
}  # fmt: skip
OTHER_RATES = {"CH": "8.1", "GB": "20", "NO": "25"}


def vat_percent(seller: str, client: str) -> Decimal:
    """Per cent on the net, by ISO 3166 countries. KeyError for a seller whose home rate is not known."""
    if seller != client:
        return Decimal("0.00")
    return Decimal((EU_RATES | OTHER_RATES)[seller]).quantize(Decimal("0.01"))


def vat_note(seller: str, client: str, percent: Decimal) -> str:
    """Code of the sentence that an invoice without VAT must carry; empty if it carries VAT."""
    if percent > 0:
        return ""
    if seller == client:
        return "vat_exempt"
    return "reverse_charge" if seller in EU_RATES and client in EU_RATES else "outside_scope"
