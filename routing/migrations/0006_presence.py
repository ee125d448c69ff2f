"""Reasons for states; spells that the database keeps whole; who set a state; units per channel; work let go unfinished."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import routing.models

JSON = models.JSONField()
DEFAULTS = (
    ("rest", "break"),
    ("lunch", "break"),
    ("meeting", "break"),
    ("training", "training"),
    ("coaching", "training"),
)

# A spell ends where the next begins: what clocks that differed, or a past that was written by hand, left otherwise.
MEND = """
UPDATE public.routing_agentstatespell s SET ended_at = greatest(s.started_at, least(s.ended_at, n.next))
  FROM (SELECT id, lead(started_at) OVER (PARTITION BY person_id ORDER BY started_at, id) AS next
          FROM public.routing_agentstatespell) n
 WHERE n.id = s.id AND s.ended_at IS NOT NULL
   AND s.ended_at IS DISTINCT FROM greatest(s.started_at, least(s.ended_at, n.next));
"""
FORWARD = """
CREATE FUNCTION public.keep_spells_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF EXISTS (SELECT 1 FROM public.routing_agentstatespell WHERE person_id = NEW.person_id)
       AND NOT EXISTS (SELECT 1 FROM public.routing_agentstatespell
                        WHERE person_id = NEW.person_id AND ended_at = NEW.started_at) THEN
      RAISE EXCEPTION 'a spell begins where the one before it ended' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
       AND (OLD.id, OLD.person_id, OLD.status, OLD.reason, OLD.started_at)
           = (NEW.id, NEW.person_id, NEW.status, NEW.reason, NEW.started_at)
       AND OLD.set_by_id IS NOT DISTINCT FROM NEW.set_by_id THEN
      RETURN NEW;
    END IF;
  ELSIF NOT EXISTS (SELECT 1 FROM public.routing_agentstate WHERE person_id = OLD.person_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'spells are append-only' USING ERRCODE = '23001';
END $$;
CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE ON public.routing_agentstatespell
  FOR EACH ROW EXECUTE FUNCTION public.keep_spells_whole();
"""
# Asks as the owner, because a client's role sees no other client's work; and says only how much, not whose.
IN_HAND = """
CREATE FUNCTION public.units_in_hand(people uuid[]) RETURNS TABLE (person uuid, channel text, units integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT w.agent_id, w.channel::text, sum(w.units)::integer FROM public.routing_workitem w
   WHERE w.agent_id = ANY(people) AND w.state IN ('offered', 'active', 'wrap_up') GROUP BY 1, 2
$$;
"""
BACKWARD = """
DROP TRIGGER append_only ON public.routing_agentstatespell;
DROP FUNCTION public.keep_spells_whole();
"""


def _add_reasons(apps, schema_editor):
    reasons = apps.get_model("routing", "StateReason")
    for position, (code, status) in enumerate(DEFAULTS):
        reasons.objects.get_or_create(code=code, defaults={"status": status, "position": position})


def _set_by():
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0005_switches_per_hour"),
        ("people", "0007_leave_on_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StateReason",
            fields=[
                (
                    "id",
                    models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("busy", "Busy"), ("break", "Break"), ("training", "Training")], max_length=16
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="Empty: the product's own word, in each language.", max_length=40
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("retired_at", models.DateTimeField(help_text="Since then it is offered to nobody.", null=True)),
            ],
        ),
        migrations.RunPython(_add_reasons, migrations.RunPython.noop),
        migrations.AddField(
            "agentstate",
            "set_by",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="The supervisor who set the state; none: the agent, or the clock.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "agentstate",
            "limits",
            models.JSONField(
                default=dict,
                db_default=models.Value({}, output_field=JSON),
                help_text="Channel → units of it at once, where fewer than the capacity.",
            ),
        ),
        migrations.AlterField(
            "agentstate",
            "capacity",
            models.PositiveSmallIntegerField(default=4, help_text="Units in hand at once, of all channels."),
        ),
        migrations.AlterField(
            "agentstate",
            "reason",
            models.CharField(blank=True, help_text="Code of a StateReason, or silent.", max_length=40),
        ),
        migrations.AddField("agentstatespell", "set_by", _set_by()),
        migrations.AlterField(
            "agentstatespell",
            "person",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        # What the statement above changed has checks pending, and the table is altered next.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "agentstatespell",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("person"), "="),
                    (routing.models._TsTzRange("started_at", "ended_at"), "&&"),
                ],
                name="spells_never_overlap",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(IN_HAND, "DROP FUNCTION public.units_in_hand(uuid[]);"),
        migrations.AddField(
            "offer",
            "released_at",
            models.DateTimeField(
                help_text="When accepted work left these hands unfinished: handed on, put off, taken away.", null=True
            ),
        ),
        migrations.AddIndex(
            "offer",
            models.Index(
                condition=models.Q(("released_at__isnull", False)),
                fields=["agent", "released_at"],
                name="offer_released",
            ),
        ),
        migrations.AddIndex(
            "workitem",
            models.Index(condition=models.Q(("state", "done")), fields=["agent", "finished_at"], name="work_done_by"),
        ),
    ]
