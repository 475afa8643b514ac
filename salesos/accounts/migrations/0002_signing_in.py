"""Families of refresh tokens, in place of simplejwt's list of every token; e-mails in lower case."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import salesos.accounts.models


def lower_emails(apps: Any, schema_editor: Any) -> None:
    """Write existing e-mails as people sign in with them.

    Two that differ by case alone cannot be there: the constraint ``user_email_any_case`` forbids it. SQLite compares
    letters of other alphabets by case all the same; there the second of two stays as it is, as nobody signs in with it.
    """
    users = apps.get_model("accounts", "User").objects
    taken = {email for email in users.values_list("email", flat=True) if email == email.strip().lower()}
    for user in users.only("email").order_by("created_at", "id"):
        email = user.email.strip().lower()
        if user.email != email and email not in taken:
            taken.add(email)
            users.filter(pk=user.pk).update(email=email)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TokenFamily",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token_id", models.CharField(max_length=32)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="token_families",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name_plural": "token families"},
        ),
        migrations.RunPython(lower_emails, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=salesos.accounts.models.LowercaseEmailField(max_length=254, unique=True),
        ),
        # Tables of an app that is used no longer.
        migrations.RunSQL("DROP TABLE IF EXISTS token_blacklist_blacklistedtoken", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE IF EXISTS token_blacklist_outstandingtoken", migrations.RunSQL.noop),
    ]
