"""Links to files: for one viewer, for minutes, and only as long as they may see the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Attachment, Message
from kernel import clock
from kernel.links import files_origin
from kernel.tenancy import enter
from people.api_keys import make_key, revoke_key
from people.models import Accreditation, AuditEntry, Membership, Person, Session
from tenants.models import Line, Tenant
from tests.conversations.shoppers import PNG, Visitor, fetch, picture

SECRET = b"dove sono le mie scarpe"


@dataclass
class Shared:
    """A shopper's file, and the three who may see it, each with a link of their own."""

    visitor: Visitor
    conversation: str
    attachment: str
    links: dict[str, str]
    clients: dict[str, Client]


@pytest.fixture
def shared(acme: Tenant, lucia: Person, carla: Person, shop_client: Any, desk_client: Any) -> Shared:
    visitor = Visitor(shop_client(acme), acme)
    said = visitor.send_files(SimpleUploadedFile("nota.txt", SECRET, "text/plain")).json()
    file = visitor.get("conversation").json()["messages"][0]["attachments"][0]
    staff, client = desk_client(lucia), shop_client(acme, carla)
    place = said["conversation"]
    links = {
        "shopper": file["url"],
        "staff": _link(staff.get(f"/api/desk/clients/{acme.id}/conversations/{place}")),
        "client": _link(client.get(f"/api/portal/conversations/{place}")),
    }
    return Shared(visitor, place, file["id"], links, {"staff": staff, "client": client})


VIEWERS = ("shopper", "staff", "client")


@pytest.mark.parametrize("viewer", VIEWERS)
def test_asvs_5_3_2_a_link_opens_the_file_as_a_download_from_its_own_host(shared: Shared, viewer: str) -> None:
    got = fetch(shared.links[viewer])
    assert (got.status_code, got.content) == (200, SECRET)
    assert got["Content-Disposition"] == 'attachment; filename="nota.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert "default-src 'none'" in got["Content-Security-Policy"]
    assert got["Cache-Control"] == "private, no-store"
    assert got["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not got.cookies


def test_asvs_3_5_4_links_stand_at_the_host_of_files_and_say_nothing(shared: Shared, acme: Tenant) -> None:
    key = Session.objects.first()
    for link in shared.links.values():
        assert link.startswith(f"{files_origin()}/f/")
        assert not any(word in link for word in (str(acme.id), acme.id.hex, shared.attachment, "acme", "nota"))
        assert key is not None and key.session_key not in link


@pytest.mark.parametrize("host", ["desk", "acme"])
def test_files_are_served_at_no_other_host_and_nothing_else_at_theirs(shared: Shared, host: str) -> None:
    path = shared.links["staff"].removeprefix(files_origin())
    elsewhere = Client(headers={"host": f"{host}.{settings.DOMAIN}"}).get(path)
    assert elsewhere.content != SECRET
    at_files = Client(headers={"host": settings.FILES_HOST})
    for other in ("/", "/api/me", "/api/csrf", "/_allauth/browser/v1/config", "/portal/", "/f/"):
        assert at_files.get(other).status_code == 404


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_link_dies_after_minutes(shared: Shared, viewer: str) -> None:
    soon, later = (timedelta(seconds=settings.FILE_LINK_SECONDS + n) for n in (-5, 5))
    with clock.hold(clock.now() + soon):
        assert fetch(shared.links[viewer]).status_code == 200
    with clock.hold(clock.now() + later):
        assert_missing(fetch(shared.links[viewer]))


def suspend_shop(shared: Shared, acme: Tenant, lucia: Person, carla: Person) -> None:
    Tenant.objects.filter(pk=acme.pk).update(status="suspended")


def withdraw(shared: Shared, acme: Tenant, lucia: Person, carla: Person) -> None:
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
    Membership.objects.filter(person=carla).delete()
    Line.objects.filter(tenant=acme, carrier="webchat").update(is_active=False)


def end_sessions(shared: Shared, acme: Tenant, lucia: Person, carla: Person) -> None:
    for client in shared.clients.values():
        client.logout()


def deactivate(shared: Shared, acme: Tenant, lucia: Person, carla: Person) -> None:
    Person.objects.filter(pk__in=[lucia.pk, carla.pk]).update(is_active=False)


def change_passwords(shared: Shared, acme: Tenant, lucia: Person, carla: Person) -> None:
    for person in (lucia, carla):
        person.set_password("another-walk-on-the-quay-8")
        person.save()


Event = Callable[[Shared, Tenant, Person, Person], None]


@pytest.mark.parametrize(
    ("event", "hit"),
    [
        (suspend_shop, VIEWERS),
        (withdraw, VIEWERS),
        (end_sessions, ("staff", "client")),
        (deactivate, ("staff", "client")),
        (change_passwords, ("staff", "client")),
    ],
)
def test_a_right_that_ended_ends_the_link_at_once(
    shared: Shared, acme: Tenant, lucia: Person, carla: Person, event: Event, hit: tuple[str, ...]
) -> None:
    assert {fetch(link).status_code for link in shared.links.values()} == {200}
    event(shared, acme, lucia, carla)
    for viewer, link in shared.links.items():
        if viewer in hit:
            assert_missing(fetch(link))
        else:
            assert fetch(link).content == SECRET


def test_a_programs_link_dies_with_its_key(shared: Shared, acme: Tenant, carla: Person) -> None:
    key, token = make_key(person=carla, tenant=acme, name="warehouse")
    program = Client(headers={"host": f"acme.{settings.DOMAIN}", "Authorization": f"Key {token}"})
    link = _link(program.get(f"/api/portal/conversations/{shared.conversation}"))
    assert fetch(link).content == SECRET
    revoke_key(person=carla, tenant=acme, key_id=key.id)
    assert_missing(fetch(link))


def test_a_forged_link_and_one_to_a_file_that_is_gone_answer_alike(shared: Shared, acme: Tenant) -> None:
    link = shared.links["staff"]
    for forged in (link[:-4] + "AAAA", link + "A", f"{files_origin()}/f/x", f"{files_origin()}/f/{'é' * 9}"):
        assert_missing(fetch(forged))
    with enter(acme):
        Attachment.objects.all().delete()
    assert_missing(fetch(link))


def test_notes_files_stay_with_the_staff(shared: Shared, acme: Tenant) -> None:
    with enter(acme):
        Message.objects.filter(attachments__name="nota.txt").update(direction="note")
    assert fetch(shared.links["staff"]).content == SECRET
    assert_missing(fetch(shared.links["client"]))
    assert_missing(fetch(shared.links["shopper"]))


def test_the_same_id_in_another_shop_is_another_file(
    shared: Shared, acme: Tenant, northlight: Tenant, jens: Person, desk_client: Any
) -> None:
    """Who may enter Northlight alone gets no link to Acme's file, by whichever door."""
    client = desk_client(jens)
    for shop in (acme, northlight):
        assert client.get(f"/api/desk/clients/{shop.id}/attachments/{shared.attachment}").status_code == 404
    assert client.get(f"/api/desk/clients/{acme.id}/attachments/{uuid4()}").status_code == 404
    assert (
        shared.clients["staff"].get(f"/api/desk/clients/{acme.id}/attachments/{shared.attachment}").status_code == 302
    )


def test_opening_a_link_is_an_entry_that_is_written_down(shared: Shared, acme: Tenant, lucia: Person) -> None:
    from people.access import forget_entries

    before = AuditEntry.objects.filter(action="client.entered").count()
    forget_entries()
    fetch(shared.links["staff"])
    entry = AuditEntry.objects.filter(action="client.entered").order_by("id")[before]
    assert (entry.person_id, entry.tenant_id) == (lucia.pk, acme.pk)


def test_each_use_of_a_link_is_written_down(
    shared: Shared, acme: Tenant, northlight: Tenant, lucia: Person, carla: Person, jens: Person, shop_client: Any
) -> None:
    """Who, which file, which conversation; of who was turned away, and at the other shop, nothing."""
    other = Visitor(shop_client(northlight), northlight)
    other.send_files(SimpleUploadedFile("note.txt", b"where is my ring", "text/plain"))
    for link in (shared.links["staff"], shared.links["staff"], shared.links["client"], shared.links["shopper"]):
        assert fetch(link).status_code == 200
    Client(headers={"host": settings.FILES_HOST}).head(shared.links["staff"].removeprefix(files_origin()))
    deactivate(shared, acme, lucia, carla)
    assert_missing(fetch(shared.links["staff"]))
    told = AuditEntry.objects.filter(action="file.downloaded").order_by("id")
    assert [(row.person_id, row.detail["viewer"]) for row in told] == [
        (lucia.pk, "staff"), (lucia.pk, "staff"), (carla.pk, "client"), (None, "shopper")
    ]  # fmt: skip
    assert {(row.tenant_id, row.object_id, row.detail["conversation"]) for row in told} == {
        (acme.pk, shared.attachment, shared.conversation)
    }
    theirs = other.get("conversation").json()["messages"][0]["attachments"][0]
    assert fetch(theirs["url"]).status_code == 200
    assert told.last().tenant_id == northlight.pk  # type: ignore[union-attr]
    assert "nota" not in str([row.detail for row in told])


def test_a_programs_download_names_its_key(shared: Shared, acme: Tenant, carla: Person) -> None:
    key, token = make_key(person=carla, tenant=acme, name="warehouse")
    program = Client(headers={"host": f"acme.{settings.DOMAIN}", "Authorization": f"Key {token}"})
    fetch(_link(program.get(f"/api/portal/conversations/{shared.conversation}")))
    told = AuditEntry.objects.get(action="file.downloaded")
    assert (told.person_id, told.detail["key"]) == (carla.pk, str(key.pk))


def test_only_a_picture_that_was_drawn_here_may_stand_in_a_page(
    acme: Tenant, shop_client: Any, desk_client: Any, lucia: Person
) -> None:
    visitor = Visitor(shop_client(acme), acme)
    tiff = SimpleUploadedFile("scan.tiff", picture("TIFF"), "image/tiff")
    visitor.send_files(SimpleUploadedFile("foto.png", PNG, "image/png"), tiff)
    png, scan = visitor.get("conversation").json()["messages"][0]["attachments"]
    shown, saved = fetch(png["url"]), fetch(scan["url"])
    assert shown["Content-Disposition"] == 'inline; filename="foto.png"'
    assert (shown["Content-Type"], shown["Cross-Origin-Resource-Policy"]) == ("image/png", "cross-origin")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert saved["Content-Disposition"].startswith("attachment")
    with enter(acme):
        Attachment.objects.filter(pk=png["id"]).update(redrawn=False)
    assert fetch(png["url"])["Content-Disposition"].startswith("attachment")


def test_what_is_of_no_known_kind_is_bytes(shared: Shared, acme: Tenant) -> None:
    for kind in ("text/html", "image/svg+xml", "application/javascript"):
        with enter(acme):
            Attachment.objects.filter(pk=shared.attachment).update(content_type=kind, name="x.svg", redrawn=True)
        got = fetch(shared.links["shopper"])
        assert (got["Content-Type"], got["Content-Disposition"]) == (
            "application/octet-stream",
            'attachment; filename="x.svg"',
        )


def _link(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.json()["messages"][0]["attachments"][0]["url"])


def assert_missing(answer: Any) -> None:
    """Exactly what a link to nothing answers."""
    nothing = fetch(f"{files_origin()}/f/nothing")
    assert (answer.status_code, answer.content) == (404, nothing.content)
    assert answer.headers == nothing.headers
