"""Disputes of judged items and their answers: append-only, gone with their client alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids

FORWARD = """
CREATE FUNCTION public.refuse_change_of_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner uuid;
BEGIN
  IF TG_TABLE_NAME = 'sla_contracts_dispute' THEN
    owner := OLD.tenant_id;
  ELSE
    SELECT d.tenant_id INTO owner FROM public.sla_contracts_dispute d WHERE d.id = OLD.dispute_id;
  END IF;
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM public.tenants_tenant t WHERE t.id = owner AND t.status = 'deleted') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.sla_contracts_dispute
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_dispute();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.sla_contracts_disputeanswer
  FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_dispute();
"""
BACKWARD = """
DROP TRIGGER append_only ON public.sla_contracts_disputeanswer;
DROP TRIGGER append_only ON public.sla_contracts_dispute;
DROP FUNCTION public.refuse_change_of_dispute();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sla_contracts", "0007_report_plans"),
        ("tenants", "0004_embedding_origins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('conversation', models.UUIDField()),
                ('clause', models.CharField(max_length=200)),
                ('period_start', models.DateTimeField()),
                ('period_end', models.DateTimeField()),
                ('outcome', models.CharField(help_text='As it was judged: met, breached or excluded.', max_length=12)),
                ('outcome_reason', models.CharField(blank=True, help_text='Why it was left out.', max_length=40)),
                ('claim', models.CharField(choices=[('leave_out', 'Leave Out'), ('count_late', 'Count Late'), ('count', 'Count')], max_length=12)),
                ('raised_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='disputes', to='sla_contracts.clock')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla_contracts.contractversion')),
            ],
        ),
        migrations.CreateModel(
            name='DisputeAnswer',
            fields=[
                ('dispute', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='answer', serialize=False, to='sla_contracts.dispute')),
                ('is_accepted', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['tenant', 'period_start'], name='dispute_by_period'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['raised_at'], name='dispute_by_time'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('clock', 'clause'), name='one_dispute_per_item'),
        ),
            migrations.RunSQL(FORWARD, BACKWARD),
    ]
