from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0012_phone_modes")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("beaten_at", models.DateTimeField()),
            ],
        ),
    ]
