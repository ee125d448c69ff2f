"""An issued invoice takes no further line, and the usage behind its lines stays there: held by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.refuse_line_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.billing_invoice WHERE id = NEW.invoice_id AND status = 'issued') THEN
    RAISE EXCEPTION 'the invoice is issued and takes no further line' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER issued_takes_no_line BEFORE INSERT ON public.billing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION public.refuse_line_of_issued();
CREATE FUNCTION public.refuse_billed_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.billing_invoiceline l JOIN public.billing_invoice i ON i.id = l.invoice_id
             WHERE i.status = 'issued' AND (l.id = OLD.line_id OR (TG_OP = 'UPDATE' AND l.id = NEW.line_id))) THEN
    RAISE EXCEPTION 'this usage stands on an issued invoice' USING ERRCODE = '23001';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER billed_usage_stays BEFORE UPDATE OR DELETE ON public.billing_usage
  FOR EACH ROW EXECUTE FUNCTION public.refuse_billed_usage();
"""
BACKWARD = """
DROP TRIGGER billed_usage_stays ON public.billing_usage;
DROP FUNCTION public.refuse_billed_usage();
DROP TRIGGER issued_takes_no_line ON public.billing_invoiceline;
DROP FUNCTION public.refuse_line_of_issued();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_issued_is_final")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
