"""The history of definitions, which the database keeps as it is."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import salesos.json
from salesos.db.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_audit"),
        ("customobjects", "0014_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemaRevision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field_api_name", models.CharField(blank=True, default="", max_length=60)),
                ("kind", models.CharField(max_length=10)),
                ("changes", models.JSONField(decoder=salesos.json.Decoder, default=dict, encoder=salesos.json.Encoder)),
                ("schema_version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("via", models.CharField(max_length=10)),
                ("change_id", models.UUIDField(db_index=True, editable=False)),
                ("transaction", models.BigIntegerField(editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "custom_object",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="schema_revisions",
                        to="customobjects.customobject",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customobjects.field",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        models.F("custom_object"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="schema_revision_by_time",
                    )
                ],
            },
        ),
        append_only("customobjects_schemarevision"),
    ]
