"""Clocks are started by a function of the owner: its plan is one for all clients, and each may start its own alone.

As a statement it is planned for each client's role anew, and once more whenever the tables are analyzed.
"""

from django.db import migrations

from kernel.wall import PREFIX

FORWARD = f"""
CREATE FUNCTION public.start_clocks(
  clocks jsonb, of_tenant uuid, of_conversation uuid, of_work_item uuid, of_group text, of_channel text,
  of_language text, of_priority text, under_version uuid, began timestamptz, because_of uuid, with_seq int
) RETURNS TABLE (started bigint, earliest timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
DECLARE mine uuid := CASE WHEN starts_with(current_setting('role'), '{PREFIX}')
  THEN substr(current_setting('role'), {len(PREFIX) + 1})::uuid END;
BEGIN
  IF mine <> of_tenant THEN
    RAISE EXCEPTION 'these clocks are of another client' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
  WITH given AS (
    SELECT * FROM jsonb_to_recordset(clocks)
             AS g (id uuid, metric text, calendar text, target int, due_at timestamptz, timer_at timestamptz)
  ), new AS (
    INSERT INTO public.sla_contracts_clock AS k (id, tenant_id, conversation, work_item, metric, channel_group, channel,
      language, priority, version_id, calendar, target_seconds, state, started_at, elapsed_seconds, running_since,
      paused_reason, due_at, timer_event, timer_at, warned, told)
    SELECT g.id, of_tenant, of_conversation, of_work_item, g.metric, of_group, of_channel, of_language, of_priority,
      under_version, g.calendar, g.target, 'running', began, 0, began, '', g.due_at,
      CASE WHEN g.timer_at IS NULL THEN '' ELSE 'at_risk' END, g.timer_at, 0, 0
    FROM given g
    WHERE CASE WHEN g.metric = 'next_response' THEN
        NOT EXISTS (SELECT 1 FROM public.sla_contracts_clock c
                     WHERE c.conversation = of_conversation AND c.metric IN ('first_response', 'next_response')
                       AND c.state IN ('running', 'paused', 'breached'))
        AND (NOT 'first_response' = ANY(SELECT metric FROM given) OR EXISTS (
               SELECT 1 FROM public.sla_contracts_clock c
                WHERE c.conversation = of_conversation AND c.metric = 'first_response' AND c.state <> 'voided'))
      ELSE NOT EXISTS (SELECT 1 FROM public.sla_contracts_clock c
                        WHERE c.conversation = of_conversation AND c.metric = g.metric AND c.state <> 'voided') END
    ON CONFLICT DO NOTHING
    RETURNING k.id, k.target_seconds, k.due_at
  ), ledger AS (
    INSERT INTO public.sla_contracts_clockevent
      (clock_id, kind, at, cause, cause_id, conversation_seq, reason, seconds)
    SELECT n.id, 'started', began, 'message', because_of, with_seq, '', n.target_seconds FROM new n
  )
  SELECT count(*), min(n.due_at) FROM new n;
END $$;
"""
BACKWARD = """
DROP FUNCTION public.start_clocks(jsonb, uuid, uuid, uuid, text, text, text, text, uuid, timestamptz, uuid, int);
"""


class Migration(migrations.Migration):
    dependencies = [("sla_contracts", "0008_disputes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
