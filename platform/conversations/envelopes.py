"""To whom a mail goes and under which subject, where the agent says so; all else as the conversation has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from carriers.email_text import is_address
from carriers.registry import carrier_for
from conversations.cleaning import clean
from conversations.models import Conversation
from conversations.promising import goes_by_mail
from kernel import cards
from kernel.errors import invalid
from tenants.models import Line

SUBJECT_MAX = 200
TO_MAX, CC_MAX = 5, 10
_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Empty fields are as they would be without an agent's word."""

    subject: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    def as_headers(self) -> dict[str, str]:
        """As a message keeps it."""
        fields = {"subject": self.subject, "to": ", ".join(self.to), "cc": ", ".join(self.cc)}
        return {name: value for name, value in fields.items() if value}


def checked_envelope(conversation: Conversation, given: Mapping[str, str]) -> Envelope:
    """What was typed, as it may be used; Refusal invalid names the field and the address that is none."""
    typed = {name: clean(str(given.get(name, ""))).strip() for name in ("subject", "to", "cc")}
    if not any(typed.values()):
        return Envelope()
    if not leaves_by_mail(conversation):
        raise invalid("Only a mail has a subject and recipients; nothing was sent.", to="This is no mail.")
    subject = " ".join(cards.redact(typed["subject"]).text.split())
    if len(subject) > SUBJECT_MAX:
        raise invalid("The subject is too long; nothing was sent.", subject=f"At most {SUBJECT_MAX} characters.")
    to, cc = _addresses("to", typed["to"], TO_MAX), _addresses("cc", typed["cc"], CC_MAX)
    return Envelope(subject, to, tuple(one for one in cc if one not in to))


def leaves_by_mail(conversation: Conversation) -> bool:
    return carrier_for(conversation.line).channel_group == "mail" or bool(goes_by_mail(conversation))


def _addresses(field: str, typed: str, most: int) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one.lower() for one in _BETWEEN.split(typed) if one))
    if len(found) > most:
        raise invalid("There are too many addresses; nothing was sent.", **{field: f"At most {most}."})
    for one in found:
        if not is_address(one):
            raise invalid(f"{one} is no mail address; nothing was sent.", **{field: f"{one} is no mail address."})
    ours = Line.objects.filter(carrier=Line.Carrier.EMAIL, address__in=found).values_list("address", flat=True).first()
    if ours:
        raise invalid(f"{ours} is a client's own mailbox; nothing was sent.", **{field: f"{ours} is a mailbox here."})
    return found
