"""``python -m tests.faults.migration N``: a further migration of every shop's schema, as a new version has it.

It expands only: new columns with defaults of the database, and an index. Killed at any schema, it goes on where it was.
"""

from __future__ import annotations

import sys

import django


def main(number: int) -> int:
    django.setup()
    from django.db import migrations, models

    from tenants import migrating, schema_sql

    class Expand(migrations.Migration):
        dependencies = [("customers", "0001_initial")]
        operations = [
            migrations.AddField("customer", f"extra_{number}", models.CharField(max_length=8, null=True)),
            migrations.AddField("customer", f"count_{number}", models.IntegerField(default=0, db_default=0)),
            migrations.RunSQL(
                f"CREATE INDEX customer_extra_{number} ON customers_customer (count_{number})", migrations.RunSQL.noop
            ),
        ]

    known = schema_sql.migration_plan
    schema_sql.migration_plan = lambda: [*known(), Expand(name_of(number), "customers")]
    outcome = migrating.migrate_tenants(say=print)
    for schema, reason in outcome.failed.items():
        print(schema, reason)
    return 1 if outcome.failed else 0


def name_of(number: int) -> str:
    return f"9{number:03}_expand"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
