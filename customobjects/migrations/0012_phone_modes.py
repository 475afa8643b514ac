from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def say_mode(apps: Apps, _editor: BaseDatabaseSchemaEditor | None) -> None:
    """Fields for phone numbers take all that are possible, as new ones do: what they took, and more."""
    for field in apps.get_model("customobjects", "Field").objects.filter(type="PHONE"):
        field.options.setdefault("mode", "possible")
        field.save(update_fields=["options"])


class Migration(migrations.Migration):
    dependencies = [
        ("customobjects", "0011_statistics_by_object"),
    ]

    operations = [migrations.RunPython(say_mode, migrations.RunPython.noop)]
