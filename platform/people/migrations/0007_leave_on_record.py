"""Accreditations never overlap, and what people could do is put on record: held by the database, not by care."""

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
