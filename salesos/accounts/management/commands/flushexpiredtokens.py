from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from salesos.accounts import tokens


class Command(BaseCommand):
    help = "Forget refresh tokens that are over. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Forgot {tokens.forget_expired()}.")
