"""Case numbers count per shop, from 1001."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE case_number_seq START 1001", "DROP SEQUENCE case_number_seq"),
    ]
