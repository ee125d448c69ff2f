"""Work enters its queue, and desks are rung, by functions of the owner: one plan for all clients, each its own alone."""

from django.db import migrations

from kernel.wall import PREFIX

MINE = f"""CASE WHEN starts_with(current_setting('role'), '{PREFIX}')
  THEN substr(current_setting('role'), {len(PREFIX) + 1})::uuid END"""
# item: the row as a document, but for what comes from its queue. is_sure: without a queue it fails.
ENTER = f"""
CREATE FUNCTION public.enter_queue(item jsonb, of_group text, is_sure boolean)
RETURNS TABLE (queue uuid, takes integer, asks jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
DECLARE
  mine uuid := {MINE};
  of_tenant uuid := item->>'tenant_id';
BEGIN
  IF mine <> of_tenant THEN
    RAISE EXCEPTION 'this work is of another client' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
  INSERT INTO public.routing_workitem AS w
  SELECT r.* FROM (SELECT q.id, q.units, q.needs, q.language_level FROM public.routing_queue q
                    WHERE q.tenant_id = of_tenant AND q.channel_group = of_group AND q.is_active
                    ORDER BY q.id LIMIT 1) q,
         LATERAL jsonb_populate_record(NULL::public.routing_workitem, item || jsonb_build_object(
           'queue_id', q.id, 'units', q.units,
           'needs', q.needs || jsonb_build_object('lang:' || (item->>'language'), q.language_level))) r
  ON CONFLICT DO NOTHING
  RETURNING w.queue_id, w.units::integer, w.needs;
  IF is_sure AND NOT FOUND THEN
    RAISE EXCEPTION 'there is no queue for %', of_group USING ERRCODE = '23502';
  END IF;
END $$;
"""
# Locked in the order in which everybody locks desks. Whose grant has ended hears nothing more of what is in their hands
# until the dispatcher takes it back; who serves all clients has no grants.
RING = f"""
CREATE FUNCTION public.ring_desks(of_conversation uuid, at timestamptz)
RETURNS TABLE (person uuid, feed bigint, tenant uuid, may_hear boolean, state text, open_item uuid, is_put_off boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
DECLARE mine uuid := {MINE};
BEGIN
  RETURN QUERY
  WITH held AS MATERIALIZED (
    SELECT s.person_id, w.tenant_id, w.state,
           COALESCE((SELECT bool_or(a.valid_from <= at AND (a.valid_until IS NULL OR a.valid_until > at))
                       FROM public.people_accreditation a
                      WHERE a.person_id = s.person_id AND a.tenant_id = w.tenant_id), true) AS may_hear
      FROM public.routing_workitem w JOIN public.routing_agentstate s ON s.person_id = w.agent_id
     WHERE w.conversation = of_conversation AND (mine IS NULL OR w.tenant_id = mine)
       AND w.state IN ('offered', 'active', 'wrap_up')
     ORDER BY s.person_id FOR NO KEY UPDATE OF s
  ), told AS (
    UPDATE public.routing_agentstate s SET feed_seq = s.feed_seq + 1
      FROM held h WHERE s.person_id = h.person_id
    RETURNING s.person_id, s.feed_seq::bigint, h.tenant_id, h.may_hear, h.state::text
  )
  SELECT t.*, NULL::uuid, false FROM told t
  UNION ALL
  (SELECT NULL, NULL, NULL, NULL, w.state::text, w.id, COALESCE(w.starts_at > at, false) FROM public.routing_workitem w
    WHERE w.conversation = of_conversation AND (mine IS NULL OR w.tenant_id = mine)
      AND w.state IN ('waiting', 'offered', 'active') ORDER BY w.id LIMIT 1);
END $$;
"""
BACKWARD = """
DROP FUNCTION public.enter_queue(jsonb, text, boolean);
DROP FUNCTION public.ring_desks(uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("routing", "0009_what_if_attempts")]

    operations = [migrations.RunSQL(ENTER + RING, BACKWARD)]
