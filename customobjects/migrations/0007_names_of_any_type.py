from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0006_form_uses")]

    operations = [migrations.AddField("field", "fills_text", models.BooleanField(default=False))]
