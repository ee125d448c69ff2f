"""One mail to a shopper: plain text and HTML in the shop's colour, threaded, with an address that leads back."""

from __future__ import annotations

import re
from email.utils import formataddr

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from carriers.contract import Outgoing
from carriers.email_clean import clean_html
from carriers.email_threading import ids_in, message_id, reply_address
from kernel.bidi import isolated
from tenants.models import Line

SUBJECT_MAX = 200
REFERENCES_MAX = 20

_ANSWERS = re.compile(r"^(?:\s*(?:re|r|i|aw|wg|fwd?|tr|rv|rif|res|enc|sv|antw)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def compose(line: Line, outgoing: Outgoing) -> tuple[EmailMultiAlternatives, str]:
    """The mail, and its Message-ID. ``line.tenant`` gives the colour."""
    mail_id = message_id(outgoing.message_id, outgoing.tenant_id, outgoing.line_address)
    subject = subject_of(outgoing)
    values = {
        "alias": "" if outgoing.is_automatic else _one_line(outgoing.alias),
        "shop_name": _one_line(outgoing.shop_name),
        "case_number": outgoing.case_number,
        "language": outgoing.language,
        "subject": subject,
        "text": outgoing.text.strip(),
        "body": _body(outgoing),
        "color": _color(line),
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("mail/message.txt", values),
        from_email=formataddr((values["shop_name"], outgoing.line_address)),
        to=outgoing.to.split(", "),
        cc=list(outgoing.cc),
        reply_to=[
            formataddr(
                (
                    values["shop_name"],
                    reply_address(outgoing.line_address, outgoing.tenant_id, outgoing.conversation_id),
                )
            )
        ],
        headers=_headers(outgoing, mail_id),
    )
    message.attach_alternative(inline(render_to_string("mail/message.html", values)), "text/html")
    for file in outgoing.files:
        kind = file.content_type if _MEDIA_TYPE.fullmatch(file.content_type) else "application/octet-stream"
        message.attach(_one_line(file.name), file.content, kind)
    return message, mail_id


def inline(html: str) -> str:
    """With its styles where mail programs look for them; nothing is fetched."""
    return str(_INLINER.inline(html))


def subject_of(outgoing: Outgoing) -> str:
    """``Re: <what the shopper wrote> [AC-1042]``; what is said automatically to no mail keeps its own words."""
    mark = f"[{outgoing.case_number}]"
    words = _one_line(outgoing.subject).replace(mark, "").strip()[:SUBJECT_MAX]
    if outgoing.is_automatic and not outgoing.in_reply_to:
        return words if outgoing.case_number in words else f"{words or _shop(outgoing)} {mark}"
    return f"Re: {_ANSWERS.sub('', words) or _shop(outgoing)} {mark}"


def _shop(outgoing: Outgoing) -> str:
    return isolated(_one_line(outgoing.shop_name))


def _headers(outgoing: Outgoing, mail_id: str) -> dict[str, str]:
    headers = {"Message-ID": mail_id, "Content-Language": _one_line(outgoing.language)}
    answered = ids_in(outgoing.in_reply_to)
    references = ids_in(*outgoing.references)
    references = [known for known in references if known not in answered] + answered
    if answered:
        headers["In-Reply-To"] = answered[0]
    if references:
        # The first names the thread for programs that read no more than one.
        headers["References"] = " ".join([references[0], *references[1:][-REFERENCES_MAX:]])
    if outgoing.is_automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    return headers


def _body(outgoing: Outgoing) -> SafeString:
    if cleaned := clean_html(outgoing.html) if outgoing.html else "":
        return mark_safe(cleaned)
    return mark_safe(urlize(linebreaks(outgoing.text.strip(), autoescape=True), nofollow=False))


def _color(line: Line) -> str:
    color = str(line.tenant.color)
    return color if _COLOR.fullmatch(color) else "#3b5bdb"


def _one_line(text: str) -> str:
    """Without line ends and other control characters: a header has one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
