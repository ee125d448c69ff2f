"""The one-shot SQL of a new client's schema: everything that the migrations would make, in one text.

``template.sql`` beside this file is written by ``manage.py make_tenant_template``. Its first line names the
migrations it stands for, so that a template older than the code is noticed and never used.
"""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path

from tenants.schema_sql import Key, key_of, migration_plan, record_sql, steps_from, table_of_migrations_sql

log = logging.getLogger(__name__)

PATH = Path(__file__).with_name("template.sql")
_HEAD = "-- migrations sha256: "


@lru_cache(maxsize=1)
def template_sql() -> str:
    """The template of this version of the code: the file, or computed once if the file is older."""
    if is_current():
        return PATH.read_text(encoding="utf-8")
    log.warning("tenants/template.sql is older than the migrations: run manage.py make_tenant_template")
    return compute_template()


def is_current() -> bool:
    """Whether the file stands for the migrations on disk."""
    text = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    return text.partition("\n")[0] == _HEAD + fingerprint(current_keys())


def compute_template() -> str:
    """Run every migration on a reference schema and write down what it sends."""
    steps = steps_from(())
    keys = [step.key for step in steps]
    body = "".join(f"-- {app}.{name}\n{step.sql}" for step in steps if step.sql for app, name in [step.key])
    head = f"{_HEAD}{fingerprint(keys)}\n-- Written by manage.py make_tenant_template; names no schema.\n"
    return head + table_of_migrations_sql() + body + record_sql(keys)


def current_keys() -> list[Key]:
    return [key_of(migration) for migration in migration_plan()]


def fingerprint(keys: list[Key]) -> str:
    return hashlib.sha256("\n".join(f"{app}.{name}" for app, name in keys).encode()).hexdigest()
