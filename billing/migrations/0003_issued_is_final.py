"""An issued invoice and its lines never move: held by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.refuse_issued_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'invoice % is issued and final', OLD.number USING ERRCODE = '23001';
END $$;
CREATE TRIGGER issued_is_final BEFORE UPDATE OR DELETE ON public.billing_invoice
  FOR EACH ROW WHEN (OLD.status = 'issued') EXECUTE FUNCTION public.refuse_issued_invoice();
CREATE FUNCTION public.refuse_issued_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.billing_invoice
             WHERE id IN (OLD.invoice_id, COALESCE(NEW.invoice_id, OLD.invoice_id)) AND status = 'issued') THEN
    RAISE EXCEPTION 'the invoice of this line is issued and final' USING ERRCODE = '23001';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER issued_is_final BEFORE UPDATE OR DELETE ON public.billing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION public.refuse_issued_line();
"""
BACKWARD = """
DROP TRIGGER issued_is_final ON public.billing_invoiceline;
DROP FUNCTION public.refuse_issued_line();
DROP TRIGGER issued_is_final ON public.billing_invoice;
DROP FUNCTION public.refuse_issued_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
