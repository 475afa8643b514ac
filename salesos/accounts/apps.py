from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "salesos.accounts"
    label = "accounts"
    verbose_name = "People and programs"

    def ready(self) -> None:
        from salesos.accounts import (  # noqa: F401
            openapi,  # registers the security schemes
            signals,
        )

        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(using: str, **_: Any) -> None:
    """Make the table of a cache in the database, where ``CACHE_URL`` asks for one and it is not there yet."""
    call_command("createcachetable", database=using, verbosity=0)
