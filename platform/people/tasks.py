"""Doorbells of the worker for what concerns people: ids only."""

from __future__ import annotations

import logging
import smtplib
from uuid import UUID

from celery import shared_task

from kernel.access import access, system
from people import invitations
from people.posting import post

log = logging.getLogger(__name__)


@shared_task(name="people.post_invitation")
@access(system(opens="people", by="row"))
def post_invitation(invitation_id: str) -> None:
    """Send one link by mail."""
    try:
        post(UUID(invitation_id))
    except (smtplib.SMTPException, OSError) as error:
        log.warning("invitation %s was not sent: %s", invitation_id, type(error).__name__)


@shared_task(name="people.post_invitations")
@access(system(opens="people", by="rows"))
def post_invitations() -> int:
    """Send every link that was not sent yet; how many there were."""
    waiting = invitations.waiting_to_be_posted()
    for invitation_id in waiting:
        post_invitation(str(invitation_id))
    return len(waiting)
