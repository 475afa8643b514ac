"""PostgreSQL's index for searching by any part of a word. SQLite searches without one.

Both extensions are trusted ones: the owner of the database may create them.
"""

from typing import Any

from django.apps.registry import Apps
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CREATE = """
    CREATE INDEX record_search ON customobjects_record USING gin (custom_object_id, search_text gin_trgm_ops)
    WHERE deleted_at IS NULL
"""
DROP = "DROP INDEX record_search"


def on_postgresql(sql: str) -> Any:
    def run(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0001_initial")]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP)),
    ]
