from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "salesos.idempotency"
    label = "idempotency"
    verbose_name = "Safe retries"
