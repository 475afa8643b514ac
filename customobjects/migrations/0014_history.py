"""Revisions of records, which the database keeps from being changed; what made a record, and what deleted it."""

from django.conf import settings
from django.db import migrations, models

import salesos.json
from salesos.db.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_audit"),
        ("customobjects", "0013_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("custom_object_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("update", "Update"), ("delete", "Delete"), ("restore", "Restore")], max_length=10
                    ),
                ),
                ("changes", models.JSONField(decoder=salesos.json.Decoder, encoder=salesos.json.Encoder)),
                ("change_id", models.UUIDField()),
                ("transaction", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by_id", models.UUIDField(null=True)),
                ("via", models.CharField(max_length=10)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="TransactionBase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="customobject",
            name="history_days",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="created_in",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="created_transaction",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="deleted_in",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="deleted_with",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("created_transaction__isnull", False)),
                fields=["organization", "created_transaction", "created_in", "id"],
                name="record_created_in",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["custom_object", "deleted_at", "id"],
                name="record_trash",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "deleted_at", "id"],
                name="record_trash_of_all",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_with"], name="record_deleted_with"
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_in"], name="record_deleted_in"
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["record_id", "-version"], name="revision_record"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                fields=["organization_id", "transaction", "change_id", "id"], name="revision_transaction"
            ),
        ),
        append_only("customobjects_revision", may_change=True),
    ]
