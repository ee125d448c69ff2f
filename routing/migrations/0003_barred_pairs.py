"""Clients who compete, and whose work an agent may not be given because a competitor's is in hand."""

import django.db.models.deletion
from django.db import migrations, models

from kernel.wall import PREFIX

# Asks as the owner, because a client's role sees no other client's work; and then says only what is about that client.
# ``rival``: this person may not be given work of that client now; ``pair``: these two clients compete.
FORWARD = f"""
CREATE FUNCTION public.rivals(people uuid[]) RETURNS TABLE (kind text, one uuid, other uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE mine uuid := CASE WHEN starts_with(current_setting('role'), '{PREFIX}')
  THEN substr(current_setting('role'), {len(PREFIX) + 1})::uuid END;
BEGIN
  RETURN QUERY
  SELECT 'pair', b.one_id, b.other_id FROM public.routing_barredpair b
   WHERE mine IS NULL OR mine IN (b.one_id, b.other_id);
  IF FOUND THEN
    RETURN QUERY
    SELECT 'rival', w.agent_id, v.tenant
      FROM public.routing_barredpair b
     CROSS JOIN LATERAL (VALUES (b.one_id, b.other_id), (b.other_id, b.one_id)) AS v (tenant, rival)
      JOIN public.routing_workitem w ON w.tenant_id = v.rival
     WHERE w.state IN ('offered', 'active', 'wrap_up') AND w.agent_id = ANY(people)
       AND (mine IS NULL OR mine = v.tenant);
  END IF;
END $$;
"""
BACKWARD = "DROP FUNCTION public.rivals(uuid[]);"


class Migration(migrations.Migration):
    dependencies = [("routing", "0002_read_and_wrapping_up"), ("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BarredPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["one", "other"], name="one_bar_per_pair"),
                    models.CheckConstraint(condition=models.Q(("one__lt", models.F("other"))), name="lower_id_first"),
                ]
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
