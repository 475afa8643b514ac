from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from salesos.errors import DomainError


class Command(BaseCommand):
    help = "Make an API key that acts for a user, and print it. Each run makes another key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the user the key acts for")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--scope", action="append", choices=ApiKey.Scope.values, help="repeat for several")
        parser.add_argument("--days", type=int, help="days until it expires; without, it never does")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist as error:
            raise CommandError(f"there is no user with the e-mail {options['email']}") from error
        days = options["days"]
        expires_at = None if days is None else timezone.now() + timedelta(days=days)
        try:
            _row, key = create_api_key(user, options["name"], options["scope"] or ["read"], expires_at=expires_at)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stderr.write("Keep this key; it is shown this once.")
        self.stdout.write(key)
