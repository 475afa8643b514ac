from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customobjects import access
from customobjects.management.sample.loading import load
from customobjects.management.sample.people import colleagues_of
from salesos.accounts.actor import Actor
from salesos.accounts.models import User


class Command(BaseCommand):
    help = (
        "Give an organization a sample company: accounts, contacts, assets, projects and support cases, with views, "
        "notes, activities and a history, and three colleagues who sign in with the administrator's password. "
        "Safe to run twice: an organization that has objects already is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an administrator of the organization")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist as error:
            raise CommandError(f"there is no user with the e-mail {options['email']}") from error
        if access.visible_objects(Actor.of_user(user)).exists():
            self.stdout.write(f"{user.organization} has objects already; nothing to do.")
            self._tell_of(colleagues_of(user), "")
        else:
            self._tell_of(load(user, self.stdout.write), " with the same password")

    def _tell_of(self, colleagues: Iterable[User], how: str) -> None:
        for colleague in colleagues:
            role = colleague.get_role_display().lower()
            self.stdout.write(f"{colleague.name}, {role}, signs in as {colleague.email}{how}.")
