"""The ledger stays append-only; with its client, once that is deleted, it goes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM public.sla_contracts_clock c JOIN public.tenants_tenant t ON t.id = c.tenant_id
     WHERE c.id = OLD.clock_id AND t.status = 'deleted') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
DROP TRIGGER append_only ON public.sla_contracts_clockevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.sla_contracts_clockevent
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_event();
"""
BACKWARD = """
DROP TRIGGER append_only ON public.sla_contracts_clockevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.sla_contracts_clockevent
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
DROP FUNCTION public.refuse_change_of_event();
"""


class Migration(migrations.Migration):
    dependencies = [("sla_contracts", "0002_append_only"), ("tenants", "0003_erasure")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
