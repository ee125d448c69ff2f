"""Accreditations never overlap, and what people could do is put on record: held by the database, not by care."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import people.models

FORWARD = """
CREATE FUNCTION public.refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'who could serve whom is append-only' USING ERRCODE = '23001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.people_leaverecord
  FOR EACH ROW EXECUTE FUNCTION public.refuse_record_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON public.people_leaverecord;
DROP FUNCTION public.refuse_record_change();
"""

_OVERLAPPING = """
SELECT DISTINCT a.person_id, a.tenant_id FROM public.people_accreditation a
  JOIN public.people_accreditation b ON b.person_id = a.person_id AND b.tenant_id = a.tenant_id AND b.id <> a.id
   AND tstzrange(a.valid_from, a.valid_until) && tstzrange(b.valid_from, b.valid_until)
"""
_THEIRS = "FROM public.people_accreditation WHERE person_id = %s AND tenant_id = %s"
_INSERT = """
INSERT INTO public.people_accreditation (person_id, tenant_id, valid_from, valid_until, alias, is_read_only)
VALUES (%s, %s, %s, %s, %s, %s)
"""
Spell = tuple[datetime, datetime | None, str, bool]  # from, until, alias, read only


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """The same leave without overlaps: where two hold, the fuller one does, under the alias of the later one."""
    known = sorted(spells, key=lambda spell: spell[0])
    ends = [spell[1] for spell in known]
    moments: list[datetime | None] = [*sorted({spell[0] for spell in known} | {end for end in ends if end})]
    found: list[Spell] = []
    for start, end in pairwise([*moments, None]):
        assert start is not None
        holding = [spell for spell in known if spell[0] <= start and (spell[1] is None or spell[1] > start)]
        if not holding:
            continue
        alias, is_read_only = holding[-1][2], all(spell[3] for spell in holding)
        if found and found[-1][1:] == (start, alias, is_read_only):
            start = found.pop()[0]
        found.append((start, end, alias, is_read_only))
    return found


def merge_overlapping(apps: Any, schema_editor: Any) -> None:
    """Rows that overlap were possible before; the constraint could not be made over them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING)
        for whose in cursor.fetchall():
            cursor.execute(f"SELECT valid_from, valid_until, alias, is_read_only {_THEIRS}", whose)
            spells = merged(cursor.fetchall())
            cursor.execute(f"DELETE {_THEIRS}", whose)
            cursor.executemany(_INSERT, [[*whose, *spell] for spell in spells])
        # Else the table could not be altered: "pending trigger events".
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [("people", "0006_invitation_posted")]

    operations = [
        BtreeGistExtension(),
        migrations.AlterField("skill", "code", models.CharField(max_length=100, unique=True)),
        migrations.CreateModel(
            name="LeaveRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("is_assumed", models.BooleanField(default=False)),
                ("is_active", models.BooleanField()),
                ("roles", models.JSONField(default=list)),
                ("levels", models.JSONField(default=dict)),
                ("accreditations", models.JSONField(default=list)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["person", "-at"], name="leave_by_person")]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(merge_overlapping, migrations.RunPython.noop),
        migrations.AddConstraint(
            "accreditation",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("person"), "="),
                    (models.F("tenant"), "="),
                    (people.models._TsTzRange("valid_from", "valid_until"), "&&"),
                ],
                name="accreditations_never_overlap",
            ),
        ),
    ]
