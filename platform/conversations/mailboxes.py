"""Connect a mail line to the IMAP mailbox where a shop's mail really arrives."""

from __future__ import annotations

from carriers.models import Mailbox
from kernel.secrets import Unreadable, seal, unseal
from kernel.tenancy import require_entered
from tenants.models import Line


def connect(
    *,
    line: Line,
    host: str,
    username: str,
    password: str,
    port: int = 993,
    use_tls: bool = True,
    folder: str = "INBOX",
) -> Mailbox:
    """Poll this mailbox for this line from now on, its present mails included; repeating renews port and password."""
    require_entered()
    mailbox, _ = Mailbox.objects.update_or_create(
        host=host,
        username=username,
        folder=folder,
        defaults={"line": line, "port": port, "use_tls": use_tls, "password": seal(password), "error": ""},
    )
    Line.objects.filter(pk=line.pk).update(is_polled=True)
    return mailbox


def disconnect(*, mailbox: Mailbox) -> None:
    """Poll it no more; what came from it stays."""
    require_entered()
    line_id = mailbox.line_id
    mailbox.delete()
    if not Mailbox.objects.filter(line=line_id).exists():
        Line.objects.filter(pk=line_id).update(is_polled=False)


def renew_passwords() -> tuple[int, int]:
    """Encrypt the entered shop's passwords with the newest key; how many were, and how many no key opens."""
    require_entered()
    done, lost = 0, 0
    for mailbox in Mailbox.objects.order_by("id"):
        try:
            sealed = seal(unseal(mailbox.password))
        except Unreadable:
            lost += 1
            continue
        # Only if nobody entered another one in the meantime.
        done += Mailbox.objects.filter(pk=mailbox.pk, password=mailbox.password).update(password=sealed)
    return done, lost
