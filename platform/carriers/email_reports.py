"""Mail that no person wrote: reports of mail servers, automatic answers, lists, and our own mail come back."""

from __future__ import annotations

import re
from email.message import Message
from uuid import UUID

from carriers.contract import Refused
from carriers.email_structure import raw_value, raw_values
from carriers.email_threading import is_ours

HOPS_MAX = 50

_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=.-].*)?@", re.IGNORECASE)
_REPLY_MARKS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id", "x-mail-autoreply")
_REPORT_SEARCHED = 400_000
_ACTION = re.compile(rb"^action:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(rb"^status:[ \t]*(\d\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_RETURNED_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,398}>)", re.IGNORECASE | re.MULTILINE)


def is_automatic(message: Message, sender: str) -> bool:
    """Whether a machine sent it (RFC 3834 §2): it is kept, and never answered by a machine of ours."""
    submitted = raw_value(message, "auto-submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return True
    if raw_value(message, "precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    if any(raw_value(message, mark) for mark in _REPLY_MARKS):
        return True
    return has_null_sender(message) or bool(_MACHINES.match(sender))


def has_null_sender(message: Message) -> bool:
    """Whether nobody is to be told when it fails: the mark of reports and automatic answers."""
    return next(iter(raw_values(message, "return-path")), "").strip() == "<>"


def refuse_loop(message: Message, sender: str, own: bool, tenant_id: UUID) -> Refused | None:
    """Our own mail come back to us, or mail that goes in circles between servers."""
    if own:
        return Refused(reason=f"mail_loop: the sender is the line's own address ({sender})")
    if is_ours(raw_value(message, "message-id").strip(), tenant_id):
        return Refused(reason="mail_loop: this mail was sent by us")
    if len(raw_values(message, "received")) > HOPS_MAX:
        return Refused(reason=f"mail_loop: more than {HOPS_MAX} servers on the way")
    return None


def refuse_report(message: Message, payload: bytes, tenant_id: UUID) -> Refused | None:
    """A report of a mail server (RFC 3464), which is no message; it may say which of ours was not delivered."""
    if message.get_content_type() != "multipart/report":
        return None
    kind = str(message.get_param("report-type") or "").lower()
    report = payload[:_REPORT_SEARCHED]
    actions = {found.decode().lower() for found in _ACTION.findall(report)}
    if kind != "delivery-status" and not actions:
        return Refused(reason=f"report: {kind or 'of an unknown kind'}")
    if "failed" not in actions:
        return Refused(reason=f"bounce: {', '.join(sorted(actions)) or 'no action named'}")
    status = _STATUS.search(report)
    returned = (found.decode("ascii", "replace") for found in _RETURNED_ID.findall(report))
    failed = next((mail_id for mail_id in returned if is_ours(mail_id, tenant_id)), "")
    return Refused(reason=f"bounce: failed {status[1].decode() if status else ''}".strip(), failed_external_id=failed)
