"""A mailbox's password is encrypted in its column, under keys that can be changed. ASVS 13.3.1."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command

from carriers.models import Mailbox
from conversations import mailboxes
from kernel import secrets
from kernel.tenancy import enter
from tenants.models import Line, Tenant

PASSWORD = "a-walk-in-the-rain-Ñ"


def connected(tenant: Tenant) -> Mailbox:
    line = Line.objects.get(tenant=tenant, carrier="email")
    return mailboxes.connect(line=line, host="imap.acme.example", username="anna", password=PASSWORD)


def stored(mailbox: Mailbox) -> str:
    return str(Mailbox.objects.values_list("password", flat=True).get(pk=mailbox.pk))


def test_the_column_does_not_hold_what_was_typed(acme: Tenant, northlight: Tenant) -> None:
    with enter(acme):
        mailbox = connected(acme)
        assert PASSWORD not in stored(mailbox) and secrets.is_sealed(stored(mailbox))
        assert secrets.unseal(stored(mailbox)) == PASSWORD
        assert secrets.seal(PASSWORD) != secrets.seal(PASSWORD)
        assert secrets.unseal(secrets.seal("")) == ""
    with enter(northlight):
        assert not Mailbox.objects.exists()


def test_another_key_opens_nothing_until_the_old_one_is_named_again(acme: Tenant, settings: Any) -> None:
    with enter(acme):
        mailbox = connected(acme)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-some-length"
        with pytest.raises(secrets.Unreadable):
            secrets.unseal(stored(mailbox))
        settings.SECRET_KEY_FALLBACKS = [old]
        assert secrets.unseal(stored(mailbox)) == PASSWORD


def test_renewing_writes_all_with_the_newest_key(acme: Tenant, northlight: Tenant, settings: Any) -> None:
    with enter(acme):
        ours = connected(acme)
    with enter(northlight):
        theirs = connected(northlight)
    old = settings.SECRET_KEY
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    said = StringIO()
    call_command("renew_secrets", stdout=said)
    assert said.getvalue().startswith("2 passwords")
    settings.SECRET_KEY = "old-one-is-forgotten"
    for tenant, mailbox in ((acme, ours), (northlight, theirs)):
        with enter(tenant):
            assert secrets.unseal(stored(mailbox)) == PASSWORD
    settings.SECRETS_KEYS, settings.SECRET_KEY = [], old
    with pytest.raises(CommandError, match="2 could not be read"):
        call_command("renew_secrets", stdout=StringIO())


def test_plain_ones_of_before_are_sealed_by_the_migration(acme: Tenant) -> None:
    migration = import_module("carriers.migrations.0002_sealed_passwords")
    with enter(acme):
        mailbox = connected(acme)
        Mailbox.objects.filter(pk=mailbox.pk).update(password=PASSWORD)
        with pytest.raises(secrets.Unreadable):
            secrets.unseal(stored(mailbox))
        for _ in range(2):
            migration.seal_all(apps, None)
            assert secrets.unseal(stored(mailbox)) == PASSWORD
        migration.unseal_all(apps, None)
        assert stored(mailbox) == PASSWORD
