"""IMAP polling against a real dovecot: from where it was left, each mail once, one broken mailbox stopping no other."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from carriers.models import Mailbox
from config.launch.ports import free_port
from conversations import mail_polling, mailboxes
from conversations.models import Receipt
from kernel.tenancy import enter
from tenants.models import Line, Tenant
from tests.carriers.letters import letter, unsaved_line
from tests.carriers.mail_servers import DOVECOT, Dovecot

pytestmark = pytest.mark.skipif(DOVECOT is None and not os.environ.get("CI"), reason="dovecot is not installed")


@pytest.fixture(scope="module")
def _dovecot() -> Iterator[Dovecot]:
    # Not below pytest's own folder: every new pytest closes that to other users, and dovecot runs as one.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        server = Dovecot(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    for path in [*_dovecot.maildir.glob("new/*"), *_dovecot.maildir.glob("cur/*")]:
        path.unlink()
    return _dovecot


@pytest.fixture
def line(acme: Tenant) -> Line:
    return Line.objects.select_related("tenant").get(tenant=acme, carrier=Line.Carrier.EMAIL)


@pytest.fixture
def mailbox(line: Line, dovecot: Dovecot) -> Mailbox:
    return connect(line, dovecot.port)


def connect(line: Line, port: int, username: str = "anna") -> Mailbox:
    with enter(line.tenant):
        return mailboxes.connect(
            line=line, host="127.0.0.1", port=port, use_tls=False, username=username, password="secret"
        )


def poll(line: Line) -> int:
    with enter(line.tenant):
        Mailbox.objects.update(polled_at=None)
        return mail_polling.poll_line(tenant=line.tenant, line_id=line.id)


def stored(line: Line) -> list[bytes]:
    with enter(line.tenant):
        return [bytes(row.payload) for row in Receipt.objects.filter(line=line.id).order_by("received_at", "id")]


def state_of(mailbox: Mailbox, tenant: Tenant) -> Mailbox:
    with enter(tenant):
        return Mailbox.objects.get(pk=mailbox.pk)


def test_what_lies_in_the_mailbox_is_brought_in_once(dovecot: Dovecot, mailbox: Mailbox, line: Line) -> None:
    for number in range(3):
        dovecot.deliver(letter(f"numero {number}", mail_id=f"<{number}@x>"))
    assert poll(line) == 3
    assert [b"numero %d" % number in mail for number, mail in enumerate(stored(line))] == [True] * 3
    after = state_of(mailbox, line.tenant)
    assert after.uid_validity and after.last_uid >= 3 and after.polled_at and not after.error
    assert poll(line) == 0
    dovecot.deliver(letter("numero 3", mail_id="<3@x>"))
    assert poll(line) == 1
    assert len(stored(line)) == 4
    # Nothing was marked as seen: people may still read the mailbox.
    assert not [path for path in dovecot.maildir.glob("cur/*") if "S" in path.name.rpartition(",")[2]]


def test_a_mailbox_with_new_uids_brings_nothing_twice(dovecot: Dovecot, mailbox: Mailbox, line: Line) -> None:
    for number in range(3):
        dovecot.deliver(letter(f"numero {number}", mail_id=f"<{number}@x>"))
    poll(line)
    before = state_of(mailbox, line.tenant)
    with enter(line.tenant):
        Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=(before.uid_validity or 0) + 7, last_uid=900)
    dovecot.deliver(letter("numero 3", mail_id="<3@x>"))
    assert poll(line) == 4
    assert len(stored(line)) == 4
    after = state_of(mailbox, line.tenant)
    assert after.uid_validity == before.uid_validity and after.last_uid < 900


def test_a_mail_larger_than_we_take_is_refused_with_a_reason(
    dovecot: Dovecot, mailbox: Mailbox, line: Line, settings: pytest.FixtureRequest
) -> None:
    from carriers.email import email

    settings.MAIL_MAX_BYTES = 5000  # type: ignore[attr-defined]
    dovecot.deliver(letter("x" * 20_000, mail_id="<big@x>"))
    dovecot.deliver(letter("dopo", mail_id="<small@x>"))
    assert poll(line) == 2
    big, small = stored(line)
    parsed = email.parse(unsaved_line(), big)
    assert not isinstance(parsed, list) and parsed.reason.startswith("too_big: 2")
    assert len(big) < 2000 and b"dopo" in small


def test_a_mailbox_that_cannot_be_read_says_so_and_stops_no_other(
    dovecot: Dovecot, mailbox: Mailbox, line: Line
) -> None:
    away = connect(line, free_port(), username="bruno")
    wrong = connect(line, dovecot.port, username="carla")
    dovecot.deliver(letter())
    assert poll(line) == 1
    assert "ConnectionRefusedError" in state_of(away, line.tenant).error
    assert "Login" in state_of(wrong, line.tenant).error
    assert state_of(mailbox, line.tenant).error == ""


def test_a_mail_that_cannot_be_accepted_is_set_aside_and_stops_no_other(
    dovecot: Dovecot, mailbox: Mailbox, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    from carriers.email import Email

    real = Email.external_id
    trouble: list[Exception] = [ValueError("unforeseen\0 mail")]

    def external_id(self: Email, payload: bytes) -> str:
        if b"veleno" in payload:
            raise trouble[0]
        return real(self, payload)

    monkeypatch.setattr(Email, "external_id", external_id)
    dovecot.deliver(letter("veleno", mail_id="<1@x>"))
    assert poll(line) == 0
    dovecot.deliver(letter("dopo", mail_id="<2@x>"))
    for failed in range(2, mail_polling.FAILURES_MAX):
        assert poll(line) == 0
        assert f"failed {failed} of 5 times: ValueError: unforeseen" in state_of(mailbox, line.tenant).error
    trouble[0] = OperationalError("the database is down")
    with pytest.raises(OperationalError):
        poll(line)
    trouble[0] = ValueError("unforeseen mail")
    assert poll(line) == 1
    assert state_of(mailbox, line.tenant).error == ""
    with enter(line.tenant):
        aside = Receipt.objects.get(state="quarantined")
        assert b"veleno" in bytes(aside.payload) and aside.error == "ValueError: unforeseen mail"
    assert poll(line) == 0


def test_a_mailbox_being_polled_is_left_alone(dovecot: Dovecot, mailbox: Mailbox, line: Line) -> None:
    dovecot.deliver(letter())
    assert poll(line) == 1
    dovecot.deliver(letter("due", mail_id="<2@x>"))
    with enter(line.tenant):
        assert mail_polling.poll_line(tenant=line.tenant, line_id=line.id) == 0


def test_only_lines_with_mailboxes_of_active_shops_are_polled(
    acme: Tenant, northlight: Tenant, line: Line, mailbox: Mailbox
) -> None:
    assert mail_polling.lines_to_poll() == [(acme.id, line.id)]
    acme.status = Tenant.Status.SUSPENDED
    acme.save(update_fields=["status"])
    assert mail_polling.lines_to_poll() == []
    acme.status = Tenant.Status.ACTIVE
    acme.save(update_fields=["status"])
    with enter(acme):
        mailboxes.disconnect(mailbox=mailbox)
    assert mail_polling.lines_to_poll() == []


def test_one_shop_s_mailbox_brings_nothing_to_another(
    dovecot: Dovecot, mailbox: Mailbox, line: Line, northlight: Tenant
) -> None:
    dovecot.deliver(letter())
    poll(line)
    with enter(northlight):
        assert not Receipt.objects.exists() and not Mailbox.objects.exists()
        with pytest.raises(Line.DoesNotExist):
            mail_polling.poll_line(tenant=northlight, line_id=line.id)


def test_the_task_is_registered_under_the_name_that_beat_rings(settings: pytest.FixtureRequest) -> None:
    from celery import current_app

    import config.celery  # noqa: F401
    import conversations.tasks  # noqa: F401

    assert "carriers.poll_mailboxes" in current_app.tasks
    assert settings.CELERY_BEAT_SCHEDULE["poll-mailboxes"]["task"] == "carriers.poll_mailboxes"  # type: ignore[attr-defined]
