import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

JSON = models.JSONField()


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0003_barred_pairs"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A pool has one policy. The column stays until no running version reads it, and fills itself.
        migrations.AlterField("queue", "policy", models.CharField(db_default="index", max_length=12)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("queue", "policy")]),
        migrations.AddField(
            "queue",
            "preferred_seconds",
            models.PositiveIntegerField(
                default=30, db_default=30, help_text="How long work waits for a busy preferred agent."
            ),
        ),
        migrations.AddField(
            "queue",
            "price",
            models.DecimalField(
                decimal_places=4,
                help_text="Of one more breach by now; none: the priority counts.",
                max_digits=12,
                null=True,
            ),
        ),
        migrations.AddField(
            "queue",
            "keeps_hours",
            models.BooleanField(default=False, db_default=False, help_text="Offer work only in the contract's hours."),
        ),
        migrations.AddField(
            "queue",
            "openings",
            models.JSONField(
                default=list,
                db_default=models.Value([], output_field=JSON),
                help_text="[[opens, closes], …] of the next days, for keeps_hours.",
            ),
        ),
        migrations.AddField(
            "workitem",
            "starts_at",
            models.DateTimeField(help_text="Put off: offered to nobody before; its place stays.", null=True),
        ),
        migrations.AddField(
            "offer",
            "reason",
            models.JSONField(
                default=dict,
                db_default=models.Value({}, output_field=JSON),
                help_text="Why this agent: the terms of the decision.",
            ),
        ),
        migrations.AddField(
            "offer",
            "declined_as",
            models.CharField(
                blank=True, db_default="", help_text="What the agent said when declining.", max_length=40
            ),
        ),
        migrations.CreateModel(
            name="Workload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=16)),
                ("language", models.CharField(max_length=8)),
                ("handle_seconds", models.FloatField()),
                ("agents", models.FloatField(help_text="Erlang: arrivals a second × handle_seconds.")),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="routing.queue"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "channel", "language"), name="one_workload_per_kind")
                ]
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("factor", models.FloatField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "tenant"), name="one_pace_per_client")]
            },
        ),
    ]
