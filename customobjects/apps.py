from collections.abc import Collection, Iterable
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_migrate, post_save

# What people see of a user.
SHOWN_OF_USERS = {"name", "email"}


class CustomObjectsConfig(AppConfig):
    name = "customobjects"
    verbose_name = "Custom objects"

    def ready(self) -> None:
        from customobjects.services.heartbeat import background_report
        from customobjects.services.reserved_names import add_source
        from customobjects.storage import search_index, transaction_numbers
        from customobjects.storage.dialect import add_functions
        from salesos import readiness

        add_source(_names_in_use)
        readiness.add_report("background", background_report)
        post_migrate.connect(search_index.prepare, sender=self, dispatch_uid="customobjects.search index")
        post_migrate.connect(transaction_numbers.prepare, sender=self, dispatch_uid="customobjects.numbers")
        connection_created.connect(add_functions, dispatch_uid="customobjects.functions")
        post_delete.connect(_invitation_gone, sender="accounts.Invitation", dispatch_uid="customobjects.invited")
        post_save.connect(_user_saved, sender="accounts.User", dispatch_uid="customobjects.users")


def _names_in_use(kind: str) -> Iterable[str]:
    # Imported when it is asked: most processes that are not the server never make a field.
    from customobjects.api.names import names_in_use

    return names_in_use(kind)


def _user_saved(instance: Any, created: bool, raw: bool, update_fields: Collection[str] | None, **_signal: Any) -> None:
    """Have records that are named by a user follow. Signing in saves neither name nor e-mail."""
    if raw or created or (update_fields is not None and SHOWN_OF_USERS.isdisjoint(update_fields)):
        return
    from customobjects.services.following import follow_person

    follow_person(instance)


def _invitation_gone(instance: Any, **_signal: Any) -> None:
    """Have records that are named by somebody who was invited follow: they have joined now, or are nobody."""
    from customobjects.services.following import follow_person

    follow_person(instance)
