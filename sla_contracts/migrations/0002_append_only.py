"""The ledger is append-only and a signed version immutable: held by the database, not by care."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.sla_contracts_clockevent
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER signed_is_final BEFORE UPDATE ON public.sla_contracts_contractversion
  FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL AND
    (OLD.terms IS DISTINCT FROM NEW.terms OR OLD.valid_from IS DISTINCT FROM NEW.valid_from
     OR OLD.terms_sha256 IS DISTINCT FROM NEW.terms_sha256 OR NEW.signed_at IS NULL))
  EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER issued_is_final BEFORE UPDATE OR DELETE ON public.sla_contracts_slareport
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
"""
BACKWARD = """
DROP TRIGGER issued_is_final ON public.sla_contracts_slareport;
DROP TRIGGER signed_is_final ON public.sla_contracts_contractversion;
DROP TRIGGER append_only ON public.sla_contracts_clockevent;
DROP FUNCTION public.refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("sla_contracts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
