from collections.abc import Iterable

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CustomObjectsConfig(AppConfig):
    name = "customobjects"
    verbose_name = "Custom objects"

    def ready(self) -> None:
        from customobjects.services.reserved_names import add_source
        from customobjects.storage.dialect import add_functions

        add_source(_names_in_use)
        connection_created.connect(add_functions, dispatch_uid="customobjects.functions")


def _names_in_use(kind: str) -> Iterable[str]:
    # Imported when it is asked: most processes that are not the server never make a field.
    from customobjects.api.names import names_in_use

    return names_in_use(kind)
