"""The letter to one of the client's users: what is asked, of which case, by when, and the link; in the shop's language.

It names no shopper: it goes through other people's mail servers.
"""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from carriers.email_compose import inline
from conversations.approval_links import link_to
from conversations.approval_models import ApprovalLetter
from conversations.approval_sayings import TEXTS
from kernel.bidi import isolated
from tenants.models import Tenant


def compose(tenant: Tenant, letter: ApprovalLetter, *, name: str, address: str) -> EmailMultiAlternatives:
    """The mail of a letter; the same letter has the same Message-ID whenever it is made."""
    approval, case = letter.approval, letter.approval.conversation.case_number
    language = tenant.default_language.partition("-")[0]
    texts = TEXTS.get(language, TEXTS["en"])
    locale = language if language in TEXTS else "en"
    shop, link = _one_line(tenant.name), link_to(tenant, letter)
    who = isolated(_one_line(approval.alias) or shop)
    said = {"shop": isolated(shop), "case": case, "name": isolated(_one_line(name)), "who": who}
    facts = []
    if approval.amount is not None:
        facts.append((texts["amount"], format_currency(Decimal(approval.amount), approval.currency, locale=locale)))
    if approval.options:
        facts.append((texts["options"], " · ".join(approval.options)))
    if approval.due_at is not None:
        local = approval.due_at.astimezone(ZoneInfo(tenant.time_zone))
        facts.append((texts["due"], format_datetime(local, "EEEE d MMMM, HH:mm", locale=locale)))
    subject = texts[f"subject_{letter.kind}"].format_map(said)
    values = {
        **{key: texts[key].format_map(said) for key in ("hello", "asks", "once", "foot")},
        "asked": approval.asked, "facts": facts, "link": link, "act": texts["act"], "shop_name": shop,
        "color": tenant.color, "language": locale, "subject": subject, "case_number": case,
    }  # fmt: skip
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("mail/approval.txt", values),
        from_email=settings.STAFF_MAIL_FROM,
        to=[address],
        headers={
            "Message-ID": f"<approval.{letter.pk.hex}@{settings.DESK_HOST}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": locale,
        },
    )
    mail.attach_alternative(inline(render_to_string("mail/approval.html", values)), "text/html")
    return mail


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
