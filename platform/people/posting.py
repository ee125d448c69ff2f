"""The mail that brings a link to set a password, in its reader's language."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from kernel.access import declares, system
from people import invitations
from tenants.models import Tenant

_TEXTS = {
    ("invite", "en"): (
        "Your account at {place}",
        "Hello {name},\n\nan account was made for you at {place}. Open this link to choose your password. It works"
        " once, for three days:\n\n{link}\n\nIf you do not expect this, ignore it.",
    ),
    ("invite", "es"): (
        "Su cuenta en {place}",
        "Hola, {name}:\n\nse ha creado una cuenta para usted en {place}. Abra este enlace para elegir su contraseña."
        " Funciona una sola vez, durante tres días:\n\n{link}\n\nSi no lo esperaba, no haga nada.",
    ),
    ("reset", "en"): (
        "A new password for {place}",
        "Hello {name},\n\nsomebody, probably you, asked for a new password at {place}. Open this link to choose it. It"
        " works once, for half an hour:\n\n{link}\n\nIf it was not you, ignore this: your password stays as it is.",
    ),
    ("reset", "es"): (
        "Una contraseña nueva para {place}",
        "Hola, {name}:\n\nalguien, probablemente usted, ha pedido una contraseña nueva en {place}. Abra este enlace"
        " para elegirla. Funciona una sola vez, durante media hora:\n\n{link}\n\nSi no ha sido usted, no haga nada: su"
        " contraseña no cambia.",
    ),
}


@declares("mail", system(opens="people", by="row", why="to the address of the person's own account"))
def post(invitation_id: UUID) -> bool:
    """Send a link to its person; whether there was one to send. Raises what the mail server raises."""
    drawn = invitations.draw_token(invitation_id)
    if drawn is None:
        return False
    made, token = drawn
    subject, text = _TEXTS[(made.purpose, "es" if made.person.language == "es" else "en")]
    words = {
        "name": " ".join(made.person.name.split()),
        "place": made.tenant.name if made.tenant else "Centralita",
        "link": link_to(made.tenant, token),
    }
    EmailMessage(
        subject=" ".join(subject.format_map(words).split()),
        body=text.format_map(words),
        from_email=settings.STAFF_MAIL_FROM,
        to=[made.person.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
    invitations.mark_posted(made.pk)
    return True


def link_to(tenant: Tenant | None, token: str) -> str:
    """The token stands behind the #: no server log and no Referer ever has it."""
    host = f"{tenant.slug}.{settings.DOMAIN}" if tenant else settings.DESK_HOST
    port = "" if settings.PORT in ("80", "443") else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host}{port}/{'portal/' if tenant else ''}set-password#{token}"
