"""Operators see the background's work, the newest first and what failed, however much of it is kept."""

from django.db import migrations

TABLE = "django_tasks_database_dbtaskresult"


class Migration(migrations.Migration):
    dependencies = [
        ("customobjects", "0022_home_preference"),
        ("django_tasks_database", "0019_rename_django_task_new_ordering_idx_tasks_db_new_ordering_idx_and_more"),
    ]

    operations = [
        migrations.CreateModel(
            name="BackgroundTask",
            fields=[],
            options={
                "verbose_name": "background task",
                "ordering": ["-enqueued_at", "-id"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("django_tasks_database.dbtaskresult",),
        ),
        migrations.RunSQL(
            f"CREATE INDEX tasks_by_time ON {TABLE} (enqueued_at DESC, id DESC)", "DROP INDEX tasks_by_time"
        ),
        migrations.RunSQL(
            f"CREATE INDEX tasks_by_status ON {TABLE} (status, enqueued_at DESC, id DESC)", "DROP INDEX tasks_by_status"
        ),
    ]
