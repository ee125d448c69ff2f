"""One indexed query for what is due, one for what is to be told, one for what is at risk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla_contracts", "0005_clock_timers")]
    operations = [
        migrations.RemoveIndex("clock", "clock_due"),
        migrations.AddIndex(
            "clock",
            models.Index(condition=models.Q(("timer_at__isnull", False)), fields=["timer_at"], name="clock_timer"),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=models.Q(("state__in", ("running", "breached")), ("warned__gt", 0)),
                fields=["tenant"],
                name="clock_warned",
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(condition=models.Q(("tell_at__isnull", False)), fields=["tell_at"], name="clock_to_tell"),
        ),
    ]
