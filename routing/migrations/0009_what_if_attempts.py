"""How often a what-if was claimed by somebody who never came back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0008_what_ifs")]
    operations = [
        migrations.AddField(
            "whatif", "attempts",
            models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Claims of which none came back."),
        ),
    ]  # fmt: skip
