from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0004_economic_order")]

    operations = [
        migrations.AddField(
            "agentstate",
            "switches_per_hour",
            models.PositiveSmallIntegerField(help_text="Changes of client; none: no limit.", null=True),
        ),
    ]
