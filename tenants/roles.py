"""Each client's role in PostgreSQL: made with its schema, gone with it. Everything here may be repeated.

A client's role cannot log in. The application's login is a member of it, takes it on when it enters the client
(``kernel.wall``), and owns all tables, which is why no policy holds for it. What all clients may do in ``public``
is granted to one group for each database: a grant for each client would not fit into a row of ``pg_class``.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InternalError, connection, transaction
from psycopg import errors, sql

from kernel.tenancy import TenantRow
from kernel.wall import PREFIX, role_of
from tenants.wall import PUBLIC_TABLES, Rights

log = logging.getLogger(__name__)

_NAME_MAX = 63
_THIS_TENANT = f"""
CREATE OR REPLACE FUNCTION public.this_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN starts_with(current_user::text, '{PREFIX}')
            THEN substr(current_user::text, {len(PREFIX) + 1})::uuid END;
"""
# What asks as the owner, who is above the policies: with those of the tables looked into on top, each question is
# planned anew with every change of role, and may read a table from end to end. The client is still the one who asked.
_MINE = f"""CASE WHEN starts_with(current_setting('role'), '{PREFIX}')
                 THEN substr(current_setting('role'), {len(PREFIX) + 1})::uuid END"""
_SERVES = f"""
CREATE OR REPLACE FUNCTION public.serves(one uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE mine uuid := {_MINE};
BEGIN
  RETURN EXISTS (SELECT 1 FROM public.people_membership m
                  WHERE m.person_id = one AND (m.tenant_id IS NULL OR m.tenant_id = mine))
      OR EXISTS (SELECT 1 FROM public.people_accreditation a WHERE a.person_id = one AND a.tenant_id = mine)
      OR EXISTS (SELECT 1 FROM public.routing_workitem w WHERE w.agent_id = one AND w.tenant_id = mine);
END $$;
REVOKE ALL ON FUNCTION public.serves(uuid) FROM PUBLIC;
"""
_MISSING = """
SELECT t.id, t.schema_name
  FROM public.tenants_tenant t
  JOIN pg_namespace n ON n.nspname = t.schema_name
  LEFT JOIN pg_roles r ON r.rolname = %(prefix)s || replace(t.id::text, '-', '')
 WHERE r.oid IS NULL
    OR NOT pg_has_role(session_user, r.oid, 'SET')
    OR NOT pg_has_role(r.oid, %(group)s, 'USAGE')
    OR NOT has_schema_privilege(r.oid, n.oid, 'USAGE')
    OR EXISTS (SELECT 1 FROM pg_class c
                WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND c.relname <> 'django_migrations'
                  AND NOT (has_table_privilege(r.oid, c.oid, 'SELECT') AND has_table_privilege(r.oid, c.oid, 'INSERT')
                       AND has_table_privilege(r.oid, c.oid, 'UPDATE') AND has_table_privilege(r.oid, c.oid, 'DELETE')))
 ORDER BY t.id
"""


class NoRightToMakeRoles(RuntimeError):
    """The database's login may not make roles; the text says what to do."""


def raise_wall(*, say: Callable[[str], object] = lambda line: None) -> int:
    """Bring ``public`` and every client's schema behind the wall; how many clients were not, before.

    Does nothing where the operator has switched the wall off. Raises NoRightToMakeRoles.
    """
    if not settings.TENANT_ROLES:
        say("The wall between clients in the database is OFF (CENTRALITA_TENANT_ROLES).")
        return 0
    wall_in_public()
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"prefix": PREFIX, "group": group_name()})
        missing = cursor.fetchall()
    for tenant_id, schema_name in missing:
        with transaction.atomic():
            _wall_in(role_of(tenant_id), schema_name)
    if missing:
        say(f"{len(missing)} shops got their role in the database")
    return len(missing)


def wall_in_public() -> None:
    """The group of all clients' roles, its grants and the policies on ``public``, if they have changed."""
    text = _public_sql(group_name())
    print_of_it = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(to_regprocedure('public.this_tenant()'), 'pg_proc')"
            " WHERE EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)",
            [group_name()],
        )
        if cursor.fetchone() == (print_of_it,):
            return
        _require_right_to_make_roles()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tenants.roles'))")
        _make_role(group_name())
        cursor.execute(text)
        cursor.execute(f"COMMENT ON FUNCTION public.this_tenant() IS '{print_of_it}'")


def wall_in(tenant: TenantRow) -> None:
    """The role of a client whose schema is there, with its rights on that schema."""
    if not settings.TENANT_ROLES:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [group_name()])
        if cursor.fetchone() is None:  # a copy of a database brings no group of its own
            wall_in_public()
    _wall_in(role_of(tenant.id), tenant.schema_name)


def tear_down(tenant: TenantRow) -> None:
    """The role goes, after its schema is gone; it stays where a copy of this database on the same server needs it."""
    role = role_of(tenant.id)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DROP ROLE IF EXISTS "{role}"')
    except InternalError as error:
        if not isinstance(error.__cause__, errors.DependentObjectsStillExist) or _is_needed_here(role):
            raise
        log.warning("role %s is needed by another database of this server and stays there", role)


def _is_needed_here(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
            " JOIN pg_database b ON b.oid = d.dbid WHERE r.rolname = %s AND b.datname = current_database())",
            [role],
        )
        return bool(cursor.fetchone()[0])


def group_name() -> str:
    """The role that has what all clients of this database may do in ``public``."""
    database = str(connection.settings_dict["NAME"])
    name = f"clients_of_{database}"
    return name if len(name) <= _NAME_MAX else f"clients_of_{hashlib.sha256(database.encode()).hexdigest()[:32]}"


def _wall_in(role: str, schema: str) -> None:
    _make_role(role)
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema), "group": sql.Identifier(group_name())}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_SCHEMA_SQL).format(**names).as_string(None))


# All roles may look names up in a schema: without that, a search_path that is wrong would be passed over in silence,
# and a name be found elsewhere, where it ends in 42501 now.
_SCHEMA_SQL = """
GRANT {role} TO SESSION_USER WITH INHERIT FALSE, SET TRUE;
GRANT {group} TO {role} WITH INHERIT TRUE, SET FALSE;
GRANT USAGE ON SCHEMA {schema} TO {group};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
REVOKE ALL ON {schema}.django_migrations FROM {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


def _make_role(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            _require_right_to_make_roles()
            cursor.execute(f'CREATE ROLE "{name}" NOLOGIN')


def _require_right_to_make_roles() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole, rolname FROM pg_roles WHERE rolname = session_user")
        may, login = cursor.fetchone()
    if not may:
        raise NoRightToMakeRoles(
            f"Each shop has a role of its own in the database, and {login} may not make roles. As a superuser, run\n"
            f'    ALTER ROLE "{login}" CREATEROLE;\n'
            "and start again. CENTRALITA_TENANT_ROLES=off runs without the wall (docs/operations.md)."
        )


def _public_sql(group: str) -> str:
    tables = "".join(_table_sql(table, rights, group) for table, rights in PUBLIC_TABLES.items())
    grants = (
        f'GRANT USAGE ON SCHEMA public TO "{group}";\nGRANT EXECUTE ON FUNCTION public.serves(uuid) TO "{group}";\n'
    )
    return f"{_THIS_TENANT}{_SERVES}{grants}{tables}"


def _table_sql(table: str, rights: Rights | None, group: str) -> str:
    lines = [
        f'REVOKE ALL ON public.{table} FROM PUBLIC, "{group}"',
        f"DROP POLICY IF EXISTS own_rows ON public.{table}",
        f"DROP POLICY IF EXISTS judged_after ON public.{table}",
        f"DROP TRIGGER IF EXISTS judged_after ON public.{table}",
    ]
    if rights is not None:
        lines.append(f'GRANT {", ".join(rights.rights)} ON public.{table} TO "{group}"')
    if rights is not None and rights.rows is not None:
        lines.append(f"CREATE POLICY own_rows ON public.{table} USING ({rights.rows})")
        if rights.after:
            lines.append(_AFTER.format(table=table, mine=_MINE, judge=rights.after))
    # Without a policy nobody but the owner sees a row, whatever somebody grants one day.
    switch = "DISABLE" if rights is not None and rights.rows is None else "ENABLE"
    return ";\n".join([*lines, f"ALTER TABLE public.{table} {switch} ROW LEVEL SECURITY"]) + ";\n"


_AFTER = """
CREATE POLICY judged_after ON public.{table} FOR INSERT WITH CHECK (true);
CREATE OR REPLACE FUNCTION public.judge_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE mine uuid := {mine};
BEGIN
  IF mine IS NOT NULL AND EXISTS (SELECT 1 FROM added WHERE NOT ({judge})) THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "{table}"' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER judged_after AFTER INSERT ON public.{table} REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION public.judge_{table}()"""
