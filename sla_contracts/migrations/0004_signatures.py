"""Each side of a contract signs by itself. What was signed before was signed by both at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


BOTH_AT_ONCE = """
UPDATE public.sla_contracts_contractversion
   SET bpo_signed_at = signed_at, client_signed_at = signed_at, drafted_at = signed_at WHERE signed_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sla_contracts', '0003_events_of_a_deleted_client'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='contractversion',
            name='bpo_signed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='bpo_signer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='client_signed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='client_signer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='drafted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(BOTH_AT_ONCE, migrations.RunSQL.noop),
    ]
