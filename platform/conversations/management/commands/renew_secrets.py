"""``manage.py renew_secrets``: encrypt every stored secret anew, after a key was added or changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations.mailboxes import renew_passwords
from kernel.access import system
from kernel.tenancy import enter
from tenants.models import Tenant


class Command(BaseCommand):
    access = system(opens="mailbox", by="rows", why="for who has a shell on the machine, after a change of keys")
    help = "Encrypts stored secrets anew with the first of SECRETS_KEYS (or with SECRET_KEY)."

    def handle(self, *args: Any, **options: Any) -> None:
        renewed, unreadable = 0, 0
        for tenant in Tenant.objects.exclude(status=Tenant.Status.DELETED).order_by("slug"):
            with enter(tenant):
                done, lost = renew_passwords()
            renewed, unreadable = renewed + done, unreadable + lost
        self.stdout.write(f"{renewed} passwords of mailboxes were encrypted anew.")
        if unreadable:
            raise CommandError(f"{unreadable} could not be read with any key: enter them again.")
