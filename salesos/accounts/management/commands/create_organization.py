from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from salesos.accounts.models import Organization
from salesos.accounts.services import create_organization
from salesos.errors import DomainError

PASSWORD_VARIABLE = "ADMIN_PASSWORD"


def ask_for_password() -> str:
    """The password that somebody types twice. Raises ``CommandError`` where nobody can, or it is not the same."""
    if not sys.stdin.isatty():
        raise CommandError(f"Set {PASSWORD_VARIABLE} to the administrator's password.")
    password = getpass("The administrator's password: ")
    if not password:
        raise CommandError("The password must not be empty.")
    if getpass("Again: ") != password:
        raise CommandError("These were two different passwords.")
    return password


class Command(BaseCommand):
    help = (
        "Make an organization with its administrator. Safe to run twice: an organization of that name stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the organization's name")
        parser.add_argument("--email", required=True, help="the administrator's e-mail, to sign in with")
        parser.add_argument(
            "--password",
            help=f"the administrator's password; better in {PASSWORD_VARIABLE}, or asked for: others see command lines",
        )
        parser.add_argument("--person", default="", help="the administrator's name")
        parser.add_argument(
            "--operator", action="store_true", help="also let the administrator operate the whole installation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, email = options["name"], options["email"]
        existing = Organization.objects.filter(name=name).first()
        if existing is not None and existing.users.filter(email=email.strip().lower()).exists():
            self.stdout.write(f"{name} exists already, and {email} is in it.")
            return
        password = options["password"] or os.environ.get(PASSWORD_VARIABLE) or ask_for_password()
        try:
            create_organization(
                name,
                email=email,
                password=password,
                person=options["person"],
                operator=options["operator"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"Made {name}; {email} is its administrator."))
