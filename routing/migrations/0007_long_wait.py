from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0006_presence")]

    operations = [
        migrations.AddField(
            "queue",
            "long_wait_seconds",
            models.PositiveIntegerField(
                default=300, db_default=300, help_text="From such a wait on, chats are offered a call back or a mail."
            ),
        ),
    ]
