"""The audit log, whose entries the database keeps as they are."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import salesos.accounts.models
from salesos.db.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_signing_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Purging",
            fields=[
                ("name", models.CharField(max_length=63, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("kind", models.CharField(choices=salesos.accounts.models.audit_kinds, max_length=30)),
                ("via", models.CharField(max_length=10)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("details", models.JSONField(default=dict)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        models.F("organization"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="audit_by_time",
                    ),
                    models.Index(
                        models.F("organization"),
                        models.F("kind"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="audit_by_kind",
                    ),
                    models.Index(
                        models.F("organization"),
                        models.F("user"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="audit_by_user",
                    ),
                ],
            },
        ),
        append_only("accounts_auditentry"),
    ]
