from django.db import migrations, models

from kernel.secrets import is_sealed, seal, unseal


def seal_all(apps, schema_editor):
    for mailbox in apps.get_model("carriers", "Mailbox").objects.all():
        if not is_sealed(mailbox.password):
            mailbox.password = seal(mailbox.password)
            mailbox.save(update_fields=["password"])


def unseal_all(apps, schema_editor):
    for mailbox in apps.get_model("carriers", "Mailbox").objects.all():
        if is_sealed(mailbox.password):
            mailbox.password = unseal(mailbox.password)
            mailbox.save(update_fields=["password"])


class Migration(migrations.Migration):
    dependencies = [("carriers", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="mailbox",
            name="password",
            field=models.TextField(help_text="Sealed by kernel.secrets; never as it is typed."),
        ),
        migrations.RunPython(seal_all, unseal_all, elidable=True),
    ]
