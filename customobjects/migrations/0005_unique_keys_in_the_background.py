from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0004_existing_records_are_numbered")]

    operations = [
        migrations.AddField("customobject", "key_fillings", models.JSONField(default=dict)),
        migrations.AddField("field", "unique_key_id", models.UUIDField(null=True, editable=False)),
    ]
