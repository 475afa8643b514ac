"""PostgreSQL's index for finding people by any part of their e-mail or name, as operators do among those of all
organizations. Django compares both in capitals. SQLite looks through all.

The extension is a trusted one: the owner of the database may create it.
"""

from django.apps.registry import Apps
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CREATE = """
    CREATE INDEX user_search ON accounts_user
    USING gin (UPPER(email::text) gin_trgm_ops, UPPER(name::text) gin_trgm_ops)
"""


def create(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(CREATE)


def drop(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX user_search")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_organization_formats")]

    operations = [TrigramExtension(), migrations.RunPython(create, drop)]
