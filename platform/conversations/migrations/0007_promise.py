from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0006_plans_that_do_not_grow")]

    operations = [
        migrations.AddField(
            "conversation",
            "promise",
            models.JSONField(
                default=dict,
                db_default=models.Value({}, output_field=models.JSONField()),
                help_text="Instead of waiting in the chat: kind callback (phone, starts_at, ends_at) or mail (email); or {}.",
            ),
        ),
    ]
