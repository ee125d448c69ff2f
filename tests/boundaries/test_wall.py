"""The second wall: whatever the application gets wrong, a client's role in the database reaches its own rows alone."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.utils import ProgrammingError
from psycopg import errors

from billing.models import Usage
from conversations.models import Category
from kernel import clock, statements
from kernel.ids import new_id
from kernel.postgres import standing
from kernel.tenancy import connection, enter, hop, tenant_task
from kernel.wall import NoRole, role_of
from people.access import audit
from people.models import Person
from routing import queue
from routing.models import Offer, WorkItem
from sla_contracts.clocks import start_for_arrival
from tenants import roles
from tenants.models import Tenant
from tenants.wall import PUBLIC_TABLES
from tests.live_stack import LiveStack

WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
_START_NONE = """
SELECT started FROM public.start_clocks('[]', %s::uuid, NULL, NULL, '', '', '', '', NULL, now(), NULL, 1)
"""
# Whose rows are a matter of who serves whom, not of a foreign key to the shop.
BY_PERSON = {"people_person", "people_personskill", "routing_agentstate"}


@pytest.fixture
def both(acme: Tenant, northlight: Tenant, lucia: Person, carla: Person) -> tuple[Tenant, Tenant]:
    """Both shops, with rows in every table where rows of several shops are mixed."""
    for tenant in (acme, northlight):
        conversation, now = new_id(), clock.now()
        item = queue.enqueue(
            tenant_id=tenant.id, conversation_id=conversation, channel="relay", channel_group="chat", language="en"
        )
        Offer.objects.create(work_item=item, agent=lucia, made_at=now, expires_at=now + timedelta(seconds=15))
        start_for_arrival(
            tenant_id=tenant.id,
            conversation_id=conversation,
            work_item_id=item.id,
            channel="relay",
            channel_group="chat",
            language="en",
            at=now,
            cause_id=None,
            seq=1,
        )
        Usage.objects.create(
            tenant=tenant, work_item=item.id, conversation=conversation, kind="conversation", quantity=1, at=now
        )
        audit(lucia, "client.entered", tenant=tenant)
    return acme, northlight


def test_another_shop_s_schema_is_closed(acme: Tenant, northlight: Tenant) -> None:
    tried = 0
    for tenant, other in ((acme, northlight), (northlight, acme)):
        tables = _tables(other.schema_name)
        with enter(tenant):
            for table in tables:
                for statement in _statements(f'"{other.schema_name}"."{table}"'):
                    _refused(statement)
                    tried += 1
            _refused(f"SELECT nextval('\"{other.schema_name}\".case_number_seq')")
            _refused(f'CREATE TABLE "{other.schema_name}".mine ()')
    assert tried >= 2 * 5 * 10


def test_a_wrong_search_path_ends_in_an_error_not_in_data(acme: Tenant, northlight: Tenant) -> None:
    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("customers", "automation", "conversations", "quality")
    ]
    assert len(ours) > 7
    with enter(acme):
        assert Category.objects.exists()
        for model in ours:

            def read(model: type[models.Model] = model) -> None:
                _run(f"SET search_path = {northlight.schema_name}, public")
                model._default_manager.first()

            _refused_by(read, model.__name__)
        assert Category.objects.exists()
    with enter(Tenant(id=acme.id, schema_name=northlight.schema_name)):
        _refused_by(Category.objects.exists)
        _refused_by(lambda: statements.run_in_shop("SELECT 1 FROM {shop}.conversations_category"))
    with enter(northlight):
        assert Category.objects.exists()


def test_a_schema_without_its_tenant_is_not_entered(acme: Tenant) -> None:
    with pytest.raises(NoRole):
        connection.set_schema(acme.schema_name)
    assert _user() == _login()


def test_every_table_of_public_says_what_clients_may(acme: Tenant) -> None:
    assert set(_tables("public")) == set(PUBLIC_TABLES)
    assert _open_tables() == []


def test_a_forgotten_table_is_found_and_closed(acme: Tenant) -> None:
    _run("CREATE TABLE public.notes (id int, tenant_id uuid REFERENCES public.tenants_tenant)")
    assert set(_tables("public")) - set(PUBLIC_TABLES) == {"notes"}
    with enter(acme):
        for statement in _statements("public.notes"):
            _refused(statement)
    _run(f'GRANT SELECT ON public.notes TO "{roles.group_name()}"')
    assert _open_tables() == ["notes"]


def test_what_is_not_granted_in_public_is_refused(both: tuple[Tenant, Tenant]) -> None:
    for tenant in both:
        with enter(tenant):
            for table, rights in PUBLIC_TABLES.items():
                given = {right.partition(" ")[0] for right in rights.rights} if rights else set()
                for statement in _statements(f"public.{table}"):
                    if statement.split()[0] not in given:
                        _refused(statement)
                if "UPDATE" not in given:
                    _refused(f"SELECT 1 FROM public.{table} FOR UPDATE")
            _refused("SELECT password FROM public.people_person")
            _refused("SELECT detail FROM public.people_auditentry")


def test_mixed_rows_of_another_shop_are_not_there(both: tuple[Tenant, Tenant]) -> None:
    seen: set[str] = set()
    for tenant, other in (both, both[::-1]):
        for model, path in _mixed():
            table, key = model._meta.db_table, model._meta.pk.column
            rights = PUBLIC_TABLES[table]
            if rights is None or table in BY_PERSON:
                continue
            own = _keys(model, path, tenant)
            if table == "people_membership":
                own |= set(model._default_manager.filter(tenant=None).values_list("pk", flat=True))
            assert own, f"{table} has no row of {tenant.slug}"
            assert _keys(model, path, other), f"{table} has no row of {other.slug}"
            with enter(tenant):
                assert {row[0] for row in _run(f'SELECT "{key}" FROM public.{table}')} == own, table
                assert statements.run(f'SELECT count(*) FROM public.{table} WHERE "{key}" <> ALL(%s)', [list(own)]) == [
                    (0,)
                ]
            seen.add(table)
    assert len(seen) >= 12


def test_mixed_rows_of_another_shop_are_not_written(both: tuple[Tenant, Tenant]) -> None:
    tried = 0
    for tenant, other in (both, both[::-1]):
        for model, path in _mixed():
            rights = PUBLIC_TABLES[model._meta.db_table]
            given = {right.partition(" ")[0] for right in rights.rights} if rights else set()
            if model._meta.db_table in BY_PERSON or not given - {"SELECT"}:
                continue
            theirs = model._default_manager.filter(**{path: other.pk}).first()
            ours = model._default_manager.filter(**{path: tenant.pk}).first()
            assert theirs is not None and ours is not None
            with enter(tenant):
                if "INSERT" in given:
                    _refused_by(partial(_write_again, theirs))
                    tried += 1
                if "UPDATE" in given:
                    tried += _cannot_update(model, path, ours, theirs)
    assert tried >= 2 * 6


def test_what_the_owner_does_for_a_client_it_does_for_no_other(both: tuple[Tenant, Tenant], lucia: Person) -> None:
    """Clocks, work and desks are written by functions of the owner, who is above the policies."""
    items = {item.tenant_id: item for item in WorkItem.objects.all()}
    WorkItem.objects.update(state="offered", agent=lucia)
    for tenant, other in (both, both[::-1]):
        with enter(tenant):
            for whose in (tenant, other):
                works: list[Callable[[], object]] = [
                    partial(_enqueue_for, whose, is_first=False),
                    partial(_enqueue_for, whose, is_first=True),
                    partial(statements.run, _START_NONE, [whose.id]),
                ]
                for work in works:
                    if whose is tenant:
                        work()
                    else:
                        _refused_by(work)
            assert queue.touch(conversation_id=items[tenant.id].conversation, seq=2).in_hand
            heard = queue.touch(conversation_id=items[other.id].conversation, seq=2)
            assert not heard.in_hand and heard.open_item is None


def _enqueue_for(tenant: Tenant, *, is_first: bool) -> None:
    queue.enqueue(
        tenant_id=tenant.id,
        conversation_id=new_id(),
        channel="relay",
        channel_group="chat",
        language="en",
        is_first=is_first,
    )
    statements.run("SELECT 1")


def test_people_are_seen_as_far_as_they_serve_the_shop(
    both: tuple[Tenant, Tenant], lucia: Person, paolo: Person, jens: Person, carla: Person, dieter: Person
) -> None:
    stranger = Person.objects.create_user("stranger@bpo.example", "x", name="Stranger")
    for tenant, client, strange in ((both[0], carla, dieter), (both[1], dieter, carla)):
        with enter(tenant):
            people = set(Person.objects.values_list("pk", flat=True))
            assert {lucia.pk, paolo.pk, jens.pk, client.pk} <= people
            assert not {strange.pk, stranger.pk} & people


def test_the_database_knows_who_is_inside(acme: Tenant, northlight: Tenant) -> None:
    assert _user() == _login()
    for tenant in (acme, northlight, acme):
        with enter(tenant):
            assert _user() == role_of(tenant.id)
            assert statements.run("SELECT current_user::text") == [(role_of(tenant.id),)]
            with enter_twice(tenant):
                assert _user() == role_of(tenant.id)
        assert statements.run("SELECT current_user::text") == [(_login(),)]
        assert _user() == _login()


def test_a_cursor_kept_open_stands_where_the_connection_stands(acme: Tenant, northlight: Tenant) -> None:
    def of(cursor: Any) -> str:
        cursor.execute("SELECT current_user::text")
        return str(cursor.fetchone()[0])

    with connection.cursor() as outside:
        with enter(acme):
            with connection.cursor() as inside:
                assert of(inside) == of(outside) == role_of(acme.id)
        assert of(outside) == _login()
        with enter(northlight):
            assert of(outside) == role_of(northlight.id)


def test_the_role_is_right_after_what_was_rolled_back(acme: Tenant, northlight: Tenant) -> None:
    for first, second in ((acme, northlight), (northlight, acme)):
        with pytest.raises(RuntimeError), enter(first):
            assert _user() == role_of(first.id)
            raise RuntimeError
        assert _user() == _login()
        with enter(second):
            with pytest.raises(IntegrityError), transaction.atomic():
                assert statements.run("SELECT current_user::text") == [(role_of(second.id),)]
                Category.objects.create(code="twice", labels={})
                Category.objects.create(code="twice", labels={})
            assert statements.run("SELECT current_user::text") == [(role_of(second.id),)]
            assert _user() == role_of(second.id)
        with pytest.raises(RuntimeError), transaction.atomic(), enter(first):
            assert _user() == role_of(first.id)
            raise RuntimeError
        assert statements.run("SELECT current_user::text") == [(_login(),)]


def test_the_role_is_right_after_a_commit_that_was_none(acme: Tenant, northlight: Tenant, own_line: Any) -> None:
    """An error that somebody swallowed turns COMMIT into ROLLBACK, and takes back every SET with it."""
    own_line.set_tenant(acme)
    assert _user(own_line) == role_of(acme.id)
    own_line.set_autocommit(False)
    own_line.set_tenant(northlight)
    assert _user(own_line) == role_of(northlight.id)
    with pytest.raises(ProgrammingError), own_line.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    own_line.commit()
    assert _user(own_line) == role_of(northlight.id)
    own_line.rollback()
    assert _user(own_line) == role_of(northlight.id)
    own_line.commit()
    own_line.set_autocommit(True)
    own_line.set_schema_to_public()
    assert _user(own_line) == _login()


def test_a_connection_given_back_inside_a_shop_comes_out_as_nobody_s(acme: Tenant, pooled: Callable[[], Any]) -> None:
    first = pooled()
    first.set_tenant(acme)
    assert _user(first) == role_of(acme.id)
    [(pid,)] = _run("SELECT pg_backend_pid()", first)
    first.close()
    second = pooled()
    assert _run("SELECT pg_backend_pid()", second) == [(pid,)]
    assert _user(second) == _login()
    second.close()
    # The same wrapper, which believes that it stands in the shop still.
    assert _user(first) == role_of(acme.id)
    first.close()


def test_a_connection_that_has_met_many_shops_is_replaced(
    acme: Tenant, northlight: Tenant, pooled: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def server(*tenants: Tenant) -> int:
        line = pooled()
        for tenant in tenants:
            line.set_tenant(tenant)
            assert _user(line) == role_of(tenant.id)
        line.set_schema_to_public()
        [(pid,)] = _run("SELECT pg_backend_pid()", line)
        line.close()
        return int(pid)

    monkeypatch.setattr(standing, "CLIENTS_PER_CONNECTION", 1)
    first = server(acme, acme)
    assert server() == first
    assert server(northlight) == first
    assert server() != first


def test_threads_and_tasks_stand_where_they_entered(live_stack: LiveStack, acme: Tenant, northlight: Tenant) -> None:
    @tenant_task
    def who(tenant: object) -> str:
        return _user()

    found: dict[UUID, set[str]] = {acme.id: set(), northlight.id: set()}

    def work(tenant_id: UUID) -> None:
        with contextlib.closing(connection):
            for _ in range(20):
                found[tenant_id].add(who(tenant_id))
                found[tenant_id].add("outside" if _user() == _login() else "lost")

    threads = [threading.Thread(target=work, args=(tenant_id,)) for tenant_id in found for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {tenant_id: {role_of(tenant_id), "outside"} for tenant_id in found}


def test_hops_of_sockets_stand_where_they_entered(live_stack: LiveStack, acme: Tenant, northlight: Tenant) -> None:
    async def all_of_them() -> list[str]:
        return list(await asyncio.gather(*(hop((acme, northlight, None)[n % 3], _user) for n in range(60))))

    expected = [role_of(acme.id), role_of(northlight.id), _login()]
    assert asyncio.run(all_of_them()) == [expected[n % 3] for n in range(60)]


def test_a_client_s_role_has_no_power_of_its_own(acme: Tenant) -> None:
    [row] = _run(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        f" WHERE rolname = '{role_of(acme.id)}'"
    )
    assert row == (False,) * 6
    with enter(acme):
        for statement in (
            "CREATE TABLE public.mine ()",
            "CREATE SCHEMA mine",
            "ALTER TABLE conversations_message ADD x int",
            "DROP TABLE conversations_message",
            "DELETE FROM django_migrations",
        ):
            _refused(statement)


def _mixed() -> Iterator[tuple[type[models.Model], str]]:
    """Models of public whose rows lead to a shop, and how."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in PUBLIC_TABLES and (path := _path_to_shop(model)):
            yield model, path


def _path_to_shop(model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()) -> str | None:
    if model is Tenant:
        return "pk"
    found = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type) or target in {*seen, model, Person}:
            continue
        rest = _path_to_shop(target, seen | {model})
        if rest is not None:
            found.append(field.name if rest == "pk" else f"{field.name}__{rest}")
    return min(found, key=len) if found else None


def _open_tables() -> list[str]:
    """Tables of public with rows of shops (or with secrets of people) that clients may read without a policy."""
    granted = _run(
        "SELECT c.relname, c.relrowsecurity, p.polname IS NOT NULL FROM pg_class c"
        " LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'own_rows'"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')"
        f" AND has_any_column_privilege('{roles.group_name()}', c.oid, 'SELECT, INSERT, UPDATE')"
    )
    harmless = {"people_skill"}
    return [table for table, secured, judged in granted if not (secured and judged) and table not in harmless]


def _cannot_update(model: type[models.Model], path: str, ours: models.Model, theirs: models.Model) -> int:
    table, key = model._meta.db_table, model._meta.pk.column
    column = "is_polled" if table == "tenants_line" else key
    same = f'UPDATE public.{table} SET "{column}" = "{column}" WHERE "{key}" = %s RETURNING 1'
    assert statements.run(same, [theirs.pk]) == []
    assert statements.run(same, [ours.pk]) == [(1,)]
    owner: Any = model._meta.get_field(path.partition("__")[0])
    if column == key:
        move = f'UPDATE public.{table} SET "{owner.column}" = %s WHERE "{key}" = %s'
        _refused_by(lambda: statements.run(move, [getattr(theirs, owner.attname), ours.pk]))
    return 1


def _write_again(row: models.Model) -> None:
    key = row._meta.pk
    row.pk = new_id() if isinstance(key, models.UUIDField) else None
    row._state.adding = True
    row.save(force_insert=True)


def _keys(model: type[models.Model], path: str, tenant: Tenant) -> set[Any]:
    return set(model._default_manager.filter(**{path: tenant.pk}).values_list("pk", flat=True))


def _tables(schema: str) -> list[str]:
    return [row[0] for row in _run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1")]


def _statements(table: str) -> list[str]:
    schema, _, name = table.replace('"', "").partition(".")
    [(column,)] = _run(
        f'SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(\'"{schema}"."{name}"\') AND attnum = 1'
    )
    return [
        f"SELECT count(*) FROM {table}",
        f"INSERT INTO {table} DEFAULT VALUES",
        f'UPDATE {table} SET "{column}" = "{column}"',
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ]


def _refused(statement: str) -> None:
    _refused_by(lambda: _run(statement), statement)


def _refused_by(work: Callable[[], object], what: str = "") -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        work()
    assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege), f"{what}: {refused.value}"


def _run(statement: str, line: Any = connection) -> list[Any]:
    with line.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def _user(line: Any = connection) -> str:
    return str(_run("SELECT current_user::text", line)[0][0])


def _login() -> str:
    return str(connection.settings_dict["USER"])


@contextlib.contextmanager
def enter_twice(tenant: Tenant) -> Iterator[None]:
    with enter(tenant), enter(tenant):
        yield


@pytest.fixture
def own_line(rows: None) -> Iterator[Any]:
    """A connection of its own, outside of the test's transaction."""
    line: Any = connection.copy()
    yield line
    line.set_schema_to_public()
    line.close()


@pytest.fixture
def pooled(rows: None) -> Iterator[Callable[[], Any]]:
    """Connections out of a pool that has one."""

    def take() -> Any:
        line: Any = connection.copy()
        line.settings_dict["CONN_MAX_AGE"] = 0
        line.settings_dict["OPTIONS"] = {**line.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1}}
        return line

    yield take
    take().close_pool()
