"""What PostgreSQL's planner is to know of typed columns: which values are common in which object.

Objects share the columns. Without this, the planner takes a value that is common in one object for as common in all.
The next ANALYZE of the table, which autovacuum does by itself, fills them. SQLite has nothing of the kind.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COLUMNS = (
    *(f"text_{place}" for place in range(1, 13)),
    *(f"number_{place}" for place in range(1, 9)),
    *(f"moment_{place}" for place in range(1, 7)),
)


def create(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, "CREATE STATISTICS record_{0}_by_object (mcv) ON custom_object_id, {0} FROM customobjects_record")


def drop(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, "DROP STATISTICS record_{0}_by_object")


def _run(editor: BaseDatabaseSchemaEditor, sql: str) -> None:
    if editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            editor.execute(sql.format(column))


class Migration(migrations.Migration):
    dependencies = [("customobjects", "0010_emptying_lookups")]

    operations = [migrations.RunPython(create, drop)]
