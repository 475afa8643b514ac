"""An index for the records that a person owns, changed last first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0019_table_imports")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True)),
                fields=["owner", "updated_at", "id"],
                name="record_owner",
            ),
        ),
    ]
