"""The next event of each clock in its row; clocks that run already get theirs from the first sweep."""

from django.db import migrations, models

FORWARD = """
UPDATE public.sla_contracts_clock SET warned = 3, told = 3 WHERE breached_at IS NOT NULL;
UPDATE public.sla_contracts_clock SET timer_event = 'at_risk', timer_at = started_at
 WHERE state = 'running' AND breached_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("sla_contracts", "0004_signatures")]
    operations = [
        migrations.AddField(
            "clock", "timer_event",
            models.CharField(blank=True, db_default="", default="", help_text="at_risk, nearly or breach.", max_length=8),
        ),
        migrations.AddField(
            "clock", "timer_at",
            models.DateTimeField(help_text="When the next event is due; none while nothing is.", null=True),
        ),
        migrations.AddField(
            "clock", "warned",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="The last event claimed: 1, 2, 3 in their order."
            ),
        ),
        migrations.AddField(
            "clock", "tell_at",
            models.DateTimeField(help_text="From when the last event claimed is to be told.", null=True),
        ),
        migrations.AddField(
            "clock", "told", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="The last event told.")
        ),
        migrations.AlterField(
            "clock", "metric",
            models.CharField(help_text="first_response, next_response, resolution or answer.", max_length=20),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]  # fmt: skip
