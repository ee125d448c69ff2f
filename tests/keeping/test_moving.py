"""A client leaves with everything that is theirs, arrives elsewhere row for row, and is deleted for good."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.test import Client

from billing import invoicing, usage
from billing.models import Invoice, InvoiceSeries, Usage
from conversations import sweeping
from desk import closing, shop_archive
from desk.erasing import finish_unfinished
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Membership, Person
from routing.models import AgentState, WorkItem
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock, ClockEvent
from tenants import migrating, rows
from tenants.directory import line_by_token
from tenants.exporting import MANIFEST
from tenants.models import Domain, ErasureEntry, Tenant
from tests.billing.finished import AFTER_MARCH, PER_CHAT, agree, finish_many, period
from tests.conversations.shoppers import chat, line_of, say, take_in_hand
from tests.keeping.people import live, traces_of


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.BACKUPS_ROOT = tmp_path / "media", tmp_path / "backups"


@pytest.fixture
def full(acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, jens: Person, omar: Person) -> dict[str, str]:
    """Both shops with conversations, files, clocks and an issued invoice; each one's token."""
    tokens = {"acme": live(acme, lucia, sofia).token, "northlight": live(northlight, jens, sofia).token}
    for tenant in (acme, northlight):
        agree(tenant, PER_CHAT)
        finish_many(tenant, 3)
        usage.collect(tenant)
        with clock.hold(AFTER_MARCH):
            draft = invoicing.draft(person=omar, tenant=tenant, period=period(tenant))
            invoicing.issue(person=omar, invoice_id=draft.pk)
    connection.check_constraints()  # as each COMMIT would
    return tokens


def exported(tenant: Tenant, person: Person | None = None) -> bytes:
    out = io.BytesIO()
    shop_archive.write(person=person, tenant=tenant, out=out)
    return out.getvalue()


def parts(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def forget(tenant: Tenant) -> None:
    """As if this client had never been in this installation: another, empty one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f'DROP SCHEMA "{tenant.schema_name}" CASCADE')
        keys = {model: list(model._default_manager.filter(**{path: tenant}).values_list("pk", flat=True))
                for model, path in rows.public_models()}  # fmt: skip
        for model, gone in keys.items():
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [gone])
        cursor.execute("DELETE FROM tenants_domain WHERE tenant_id = %s", [tenant.id])
        cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.id])
        cursor.execute("DELETE FROM billing_invoiceseries")
        cursor.execute("SET LOCAL session_replication_role = origin")
    for path in sorted((Path(django_settings.MEDIA_ROOT) / tenant.schema_name).rglob("*")):
        path.unlink()


def test_the_round_trip_is_equal_row_by_row(full: dict[str, str], acme: Tenant, northlight: Tenant) -> None:
    first, before = exported(acme), traces_of(full["northlight"])
    forget(acme)
    assert traces_of(full["acme"]) == []
    tenant = shop_archive.read(io.BytesIO(first))
    connection.check_constraints()
    assert (tenant.id, tenant.slug, tenant.status) == (acme.id, acme.slug, "active")
    one, two = parts(first), parts(exported(tenant))
    assert set(one) == set(two) and len(one) > 30
    numbered = {f"public/{m._meta.db_table}.jsonl" for m, _ in rows.public_models() if not rows.has_own_key(m)}
    assert numbered
    for name in set(one) - {MANIFEST, "people.jsonl"} - numbered:
        assert one[name] == two[name], name
    for name in numbered:
        theirs, ours = ([without_id(line) for line in part[name].splitlines()] for part in (one, two))
        assert [row for row in ours if row.get("action") not in ("shop.imported", "shop.exported")] == [
            row for row in theirs if row.get("action") != "shop.exported"
        ], name
    assert json.loads(one[MANIFEST])["sequences"] == json.loads(two[MANIFEST])["sequences"]
    assert check_clocks(tenant_id=tenant.id).wrong == {}
    assert traces_of(full["northlight"]) == before
    # What comes next goes on where it was.
    message = say(tenant, chat("Eccomi di nuovo"))
    with enter(tenant):
        assert message.conversation.case_number.startswith("AC-")
    assert InvoiceSeries.objects.get().next_number == 2


def without_id(line: bytes) -> dict[str, Any]:
    return {name: value for name, value in json.loads(line).items() if name != "id"}


def test_the_archive_holds_nothing_of_another_shop(full: dict[str, str], acme: Tenant, northlight: Tenant) -> None:
    found = parts(exported(acme))
    whole = b"\n".join(found.values())
    assert full["acme"].encode() in whole and full["northlight"].encode() not in whole
    assert str(northlight.id).encode() not in whole and full["northlight"].encode().hex().encode() not in whole
    assert any(name.startswith("papers/invoice-2026-") for name in found) and any(n.startswith("files/") for n in found)
    # Staff leave under the names that the shop knows, without addresses.
    people = [json.loads(line) for line in found["people.jsonl"].splitlines()]
    assert {row["name"] for row in people if row["is_client"]} == {"Carla C."}
    assert all(row["email"] == "" and row["name"] != "Lucia L." for row in people if not row["is_client"])
    assert b"argon2" not in whole and b"md5$" not in whole


def test_what_is_here_already_is_refused(full: dict[str, str], acme: Tenant) -> None:
    archive = exported(acme)
    before = Tenant.objects.count()
    with pytest.raises(Refusal) as caught:
        shop_archive.read(io.BytesIO(archive))
    assert caught.value.code == "exists" and Tenant.objects.count() == before


@pytest.mark.parametrize("harm", ["cut", "changed", "version", "stranger"])
def test_a_broken_archive_makes_nothing(harm: str, full: dict[str, str], acme: Tenant) -> None:
    archive = exported(acme)
    forget(acme)
    found = parts(archive)
    if harm == "changed":
        found["public/billing_invoice.jsonl"] = found["public/billing_invoice.jsonl"].replace(b"2026", b"2025", 1)
    if harm == "version":
        told = json.loads(found[MANIFEST])
        found[MANIFEST] = json.dumps({**told, "migrations": [*told["migrations"], "tenants.9999_later"]}).encode()
    if harm == "stranger":
        found["files/../../../x"] = b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in found.items():
            made.writestr(name, content)
    broken = archive[: len(archive) // 2] if harm == "cut" else out.getvalue()
    with pytest.raises(Refusal) as caught:
        shop_archive.read(io.BytesIO(broken))
    assert caught.value.code == ("other_version" if harm == "version" else "damaged")
    assert not Tenant.objects.filter(slug="acme").exists() and traces_of(full["acme"]) == []


def test_a_client_is_suspended_exported_deleted(
    full: dict[str, str], acme: Tenant, northlight: Tenant, omar: Person, lucia: Person, carla: Person,
    desk_client: Callable[..., Client],
) -> None:  # fmt: skip
    client, place = desk_client(omar), f"/api/desk/clients/{acme.id}"
    item = take_in_hand(say(acme, chat("Ancora aperto")).conversation_id, lucia)
    connection.check_constraints()
    token, theirs = line_of(acme).token, traces_of(full["northlight"])
    books = list(Invoice.objects.filter(tenant=acme, status="issued").values())
    billed = set(Usage.objects.filter(tenant=acme, line__isnull=False).values_list("pk", flat=True))

    def post(act: str, **body: str) -> Any:
        return client.post(f"{place}/{act}", body, content_type="application/json")

    assert post("delete", confirm="acme").json()["code"] == "not_suspended"
    assert post("suspend").json()["status"] == "suspended"
    assert post("delete", confirm="acme").json()["code"] == "not_exported"
    answer = client.get(f"{place}/export")
    assert answer["Content-Type"] == "application/zip" and full["acme"].encode() in b"".join(
        parts(answer.getvalue()).values()
    )
    assert post("delete", confirm="northlight").json()["code"] == "invalid"
    assert post("delete", confirm="acme").json()["status"] == "deleted"

    assert traces_of(full["acme"]) == [] and traces_of(full["northlight"]) == theirs
    assert list(Invoice.objects.filter(tenant=acme).values()) == books and books
    assert set(Usage.objects.filter(tenant=acme).values_list("pk", flat=True)) == billed and billed
    for model in (WorkItem, Clock):
        assert not model.objects.filter(tenant=acme).exists() and model.objects.filter(tenant=northlight).exists()
    assert (
        not ClockEvent.objects.filter(clock__tenant=acme).exists() and not Domain.objects.filter(tenant=acme).exists()
    )
    assert not WorkItem.objects.filter(pk=item.id).exists() and AgentState.objects.get(person=lucia).load == 0
    with pytest.raises(Refusal) as caught:
        line_by_token(token)
    assert caught.value.status == 410
    carla.refresh_from_db()
    assert not carla.is_active and "carla" not in carla.email and not Membership.objects.filter(person=carla).exists()
    again = client.post(
        "/api/desk/clients",
        {"name": "Acme", "slug": "acme", "country": "IT", "languages": ["it"], "time_zone": "Europe/Rome", "mark": "AC",
         "color": "#c2410c"},
        content_type="application/json",
    )  # fmt: skip
    assert again.status_code == 409
    assert ErasureEntry.objects.get().kind == "tenant" and post("resume").json()["code"] == "deleted"
    assert AuditEntry.objects.filter(action="shop.deleted", tenant=acme).count() == 1


def test_what_goes_over_all_clients_passes_a_deleted_one_by(
    full: dict[str, str], acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    closing.suspend(person=omar, tenant=acme)
    exported(acme, omar)
    closing.delete(person=omar, tenant=acme, confirm="acme")
    assert migrating.migrate_tenants().failed == {}
    assert [northlight.schema_name] in migrating.schemas_by_applied().values()
    call_command("renew_secrets")
    for sweep in (sweeping.sweep_receipts, sweeping.sweep_outbound):
        sweep()


@pytest.mark.parametrize("who", ["lucia", "sofia", "carla", None])
def test_only_operators_close_and_export(
    who: str | None, acme: Tenant, omar: Person, desk_client: Callable[..., Client], request: pytest.FixtureRequest
) -> None:
    client = desk_client(request.getfixturevalue(who) if who else None)
    for act in ("suspend", "resume", "delete"):
        answer = client.post(f"/api/desk/clients/{acme.id}/{act}", {}, content_type="application/json")
        assert answer.status_code == (403 if who else 401)
    assert client.get(f"/api/desk/clients/{acme.id}/export").status_code == (403 if who else 401)
    assert desk_client(omar).get(f"/api/desk/clients/{acme.id}/export").status_code == 200
    acme.refresh_from_db()
    assert acme.status == "active"


def test_a_deletion_stopped_half_way_is_finished(
    full: dict[str, str], acme: Tenant, omar: Person, monkeypatch: Any
) -> None:
    def die(*args: Any) -> None:
        raise KeyboardInterrupt

    closing.suspend(person=omar, tenant=acme)
    exported(acme, omar)
    with monkeypatch.context() as patch:
        patch.setattr(closing, "_delete_rows", die)
        with pytest.raises(KeyboardInterrupt):
            closing.delete(person=omar, tenant=acme, confirm="acme")
    acme.refresh_from_db()
    assert acme.status == "suspended" and traces_of(full["acme"])
    assert closing.finish(ErasureEntry.objects.get()) and not closing.finish(ErasureEntry.objects.get())
    assert traces_of(full["acme"]) == []


def files_of(tenant: Tenant) -> list[Path]:
    return sorted(path for path in (Path(django_settings.MEDIA_ROOT) / tenant.schema_name).rglob("*") if path.is_file())


def test_a_deletion_whose_transaction_fails_leaves_the_files(full: dict[str, str], acme: Tenant, omar: Person) -> None:
    """A last statement that PostgreSQL refuses, as one that lost a deadlock would be."""
    closing.suspend(person=omar, tenant=acme)
    exported(acme, omar)
    before = [(path, path.read_bytes()) for path in files_of(acme)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;"
            " CREATE TRIGGER refused BEFORE UPDATE ON tenants_line FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )
    with pytest.raises(DatabaseError, match="not now"):
        closing.delete(person=omar, tenant=acme, confirm="acme")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refused ON tenants_line")
    acme.refresh_from_db()
    assert acme.status == "suspended"
    assert before and [(path, path.read_bytes()) for path in files_of(acme)] == before
    with clock.hold(clock.now() + timedelta(minutes=2)):
        assert finish_unfinished() == 1
    assert files_of(acme) == [] and traces_of(full["acme"]) == []


@pytest.mark.parametrize("how", [KeyboardInterrupt, PermissionError])
def test_files_that_a_stopped_process_left_are_swept_up(
    full: dict[str, str], acme: Tenant, northlight: Tenant, omar: Person, monkeypatch: pytest.MonkeyPatch,
    how: type[BaseException],
) -> None:  # fmt: skip
    closing.suspend(person=omar, tenant=acme)
    exported(acme, omar)
    theirs = files_of(northlight)

    def die(*args: Any, **options: Any) -> None:
        raise how

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(shutil, "rmtree", die)
        closing.delete(person=omar, tenant=acme, confirm="acme")
    acme.refresh_from_db()
    assert (acme.status, ErasureEntry.objects.get().done_at) == ("deleted", None) and files_of(acme)
    assert not AuditEntry.objects.filter(action="shop.deleted").exists()
    with clock.hold(clock.now() + timedelta(minutes=2)):
        assert (finish_unfinished(), finish_unfinished()) == (1, 0)
    assert files_of(acme) == [] and files_of(northlight) == theirs != []
    assert traces_of(full["acme"]) == [] and ErasureEntry.objects.get().done_at is not None
    assert AuditEntry.objects.filter(action="shop.deleted", tenant=acme).count() == 1


class Watched(io.BytesIO):
    """Notes with each read how long this transaction may stand idle."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.seen: list[str] = []

    def read(self, size: int | None = -1) -> bytes:
        self.seen.append(patience())
        return super().read(size)


def patience() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        return str(cursor.fetchone()[0])


def be_impatient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1min'")


def test_taking_a_client_in_may_pause_as_long_as_its_archive_does(full: dict[str, str], acme: Tenant) -> None:
    source = Watched(exported(acme))
    forget(acme)
    be_impatient()
    tenant = shop_archive.read(source)
    assert files_of(tenant)
    # First all parts are looked over, outside of any transaction; from the first row on it is allowed.
    allowed = source.seen.index("0")
    assert set(source.seen[:allowed]) == {"1min"} and set(source.seen[allowed:]) == {"0"}
    assert len(source.seen) - allowed >= len(files_of(tenant))


def test_removing_the_files_of_a_client_may_take_its_time(
    full: dict[str, str], acme: Tenant, omar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing.suspend(person=omar, tenant=acme)
    exported(acme, omar)
    be_impatient()
    seen, remove = [patience()], shutil.rmtree

    def watched(path: Path) -> None:
        seen.append(patience())
        remove(path)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", watched)
        closing.delete(person=omar, tenant=acme, confirm="acme")
    assert seen == ["1min", "0"] and files_of(acme) == []


def test_every_public_model_of_a_client_is_moved_or_left_with_a_reason() -> None:
    pointing = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_config.name not in django_settings.TENANT_APPS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Tenant
    }
    assert pointing - set(rows.MOVED) - set(rows.LEFT) == set()
    assert set(rows.MOVED) & set(rows.LEFT) == set()
