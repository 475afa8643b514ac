"""An organization has a format of numbers and dates, and a time zone, for those of its people who have chosen none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_deletion"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="language",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="organization",
            name="time_zone",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
