"""What was evaluated before there were releases was seen at once."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('quality', '0003_drafts_releases_disputes')]

    operations = [
        migrations.RunSQL(
            'UPDATE quality_evaluation SET released_at = made_at WHERE released_at IS NULL AND release_on IS NULL',
            migrations.RunSQL.noop,
        ),
    ]
