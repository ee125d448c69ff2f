"""The mail that brings an SLA report: in the report's language, from what the report itself says."""

from __future__ import annotations

from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from kernel.bidi import isolated
from kernel.links import shop_origin
from sla_contracts.models import ReportDelivery, ReportPlan
from sla_contracts.report_page import on_letter
from sla_contracts.report_sentences import sentences, verdict
from sla_contracts.speech import Speech

SUBJECT_MAX = 200
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def compose(row: ReportDelivery) -> EmailMultiAlternatives:
    """One mail to one recipient; each try of it has the same Message-ID."""
    report, data = row.report, row.report.data
    letter = on_letter(data)
    speech = Speech(data["language"], country=data["tenant"]["country"], time_zone=data["period"]["time_zone"])
    shop = _one_line(data["tenant"]["name"])
    said = _one_line(speech.say("mail_subject", month=letter["month"], client="{client}"))
    subject = said.replace("{client}", isolated(shop[:SUBJECT_MAX]))
    is_attached = row.form == ReportPlan.Form.ATTACHED
    values: dict[str, Any] = {
        **letter,
        "subject": subject,
        "shop_name": shop,
        "verdict": verdict(data, speech),
        "sentences": sentences(data, speech),
        "where": speech.say("mail_attached" if is_attached else "mail_link"),
        "link": f"{shop_origin(row.tenant.slug)}/portal/reports",
        "proof": speech.say("mail_proof", hash=report.data_sha256),
        "sender": settings.BPO_NAME,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("mail/report.txt", values),
        from_email=settings.STAFF_MAIL_FROM,
        to=[row.recipient],
        reply_to=[settings.BPO_EMAIL],
        headers={
            "Message-ID": f"<report-{row.id}@{settings.DOMAIN}>",
            "Content-Language": speech.language,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(_INLINER.inline(render_to_string("mail/report.html", values)), "text/html")
    if is_attached:
        message.attach(
            f"SLA-{row.tenant.slug}-{data['period']['month']}-{report.language}.pdf",
            bytes(report.pdf),
            "application/pdf",
        )
    return message


def _one_line(text: str) -> str:
    """Without line ends and other control characters: a header has one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
