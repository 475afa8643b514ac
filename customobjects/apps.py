from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CustomObjectsConfig(AppConfig):
    name = "customobjects"
    verbose_name = "Custom objects"

    def ready(self) -> None:
        from customobjects.storage.dialect import add_functions

        connection_created.connect(add_functions, dispatch_uid="customobjects.functions")
