"""Organizations and users are deleted by the background, which is seen at them; operators are found among all users."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_organization_setup"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="deletion_began_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="being deleted since"),
        ),
        migrations.AddField(
            model_name="user",
            name="deleted_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="deleted"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(models.F("email"), condition=models.Q(("is_staff", True)), name="user_operators"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(models.F("email"), condition=models.Q(("is_active", False)), name="user_inactive"),
        ),
    ]
