"""What both sides say in a dispute, in the client's schema."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0007_promise'),
        ('quality', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeWord',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('dispute', models.UUIDField()),
                ('side', models.CharField(choices=[('client', 'Client'), ('bpo', 'Bpo')], max_length=6)),
                ('text', models.TextField()),
                ('said_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dispute_words', to='conversations.conversation')),
                ('said_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['said_at'],
                'constraints': [models.UniqueConstraint(fields=('dispute', 'side'), name='one_word_a_side')],
            },
        ),
    ]
