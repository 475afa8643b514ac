from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "salesos.accounts"
    label = "accounts"
    verbose_name = "People and programs"

    def ready(self) -> None:
        from salesos.accounts import openapi  # noqa: F401  (registers the security schemes)
