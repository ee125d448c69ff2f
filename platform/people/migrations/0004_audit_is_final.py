"""The audit is append-only: held by the database, not by care."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '23001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.people_auditentry
  FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();
"""
BACKWARD = """
DROP TRIGGER append_only ON public.people_auditentry;
DROP FUNCTION public.refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_sessions_and_invitations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
