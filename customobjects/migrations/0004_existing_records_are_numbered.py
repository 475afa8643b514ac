from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0003_unique_keys_and_filling")]

    operations = [
        migrations.AddField("field", "fill_number", models.PositiveBigIntegerField(null=True, editable=False)),
    ]
