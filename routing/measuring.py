"""What the dispatcher reckons with, measured from finished work: handling times, workloads, and each agent's pace.

Few cases prove little: a mean counts together with ``BELIEF`` cases of the usual. A case left open for days is no day's
work: one counts ``LONGEST`` seconds at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kernel import statements

WINDOW = timedelta(days=7)
USUAL_SECONDS = 300.0
BELIEF = 20
LONGEST = 7200

# An item's time runs from acceptance to the end of its wrap-up.
_HANDLED = """
  SELECT w.queue_id, w.tenant_id, w.channel, w.language, w.agent_id,
         CASE WHEN w.state = 'done' AND w.accepted_at IS NOT NULL
              THEN least(greatest(extract(epoch FROM w.finished_at - w.accepted_at)::float8, 1), %(longest)s) END
           AS seconds
    FROM public.routing_workitem w
   WHERE w.entered_at > %(since)s::timestamptz AND w.entered_at <= %(now)s::timestamptz
"""
_WORKLOADS = f"""
WITH handled AS ({_HANDLED}), measured AS (
  SELECT queue_id, channel, language, count(*) AS arrived,
         (coalesce(sum(seconds), 0) + %(belief)s * %(usual)s) / (count(seconds) + %(belief)s) AS seconds
    FROM handled GROUP BY 1, 2, 3
)
INSERT INTO public.routing_workload (queue_id, channel, language, handle_seconds, agents)
SELECT queue_id, channel, language, seconds, arrived * seconds / %(window)s FROM measured
ON CONFLICT (queue_id, channel, language)
DO UPDATE SET handle_seconds = excluded.handle_seconds, agents = excluded.agents
"""
_QUIET = """
UPDATE public.routing_workload l SET agents = 0
 WHERE l.agents > 0 AND NOT EXISTS (
   SELECT 1 FROM public.routing_workitem w WHERE w.queue_id = l.queue_id AND w.channel = l.channel
      AND w.language = l.language AND w.entered_at > %(since)s::timestamptz)
"""
_PACES = f"""
WITH handled AS ({_HANDLED}), compared AS (
  SELECT h.agent_id, h.tenant_id, sum(h.seconds) AS took, sum(l.handle_seconds) AS usual,
         %(belief)s * avg(l.handle_seconds) AS believed
    FROM handled h JOIN public.routing_workload l USING (queue_id, channel, language)
   WHERE h.seconds IS NOT NULL AND h.agent_id IS NOT NULL GROUP BY 1, 2
)
INSERT INTO public.routing_pace (person_id, tenant_id, factor)
SELECT agent_id, tenant_id, (took + believed) / (usual + believed) FROM compared
ON CONFLICT (person_id, tenant_id) DO UPDATE SET factor = excluded.factor
"""


def measure(now: datetime) -> None:
    """Measure the last ``WINDOW`` anew."""
    values = {
        "since": now - WINDOW,
        "now": now,
        "window": WINDOW.total_seconds(),
        "longest": LONGEST,
        "belief": BELIEF,
        "usual": USUAL_SECONDS,
    }
    with transaction.atomic():
        for statement in (_WORKLOADS, _QUIET, _PACES):
            statements.run(statement, values)
