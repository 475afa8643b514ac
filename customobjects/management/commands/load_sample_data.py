from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from customobjects import access
from customobjects.management.sample import OBJECTS, RECORDS, Company
from customobjects.services.objects import create_object
from customobjects.services.records import create_record
from salesos.accounts.actor import Actor
from salesos.accounts.models import User


class Command(BaseCommand):
    help = (
        "Give an organization sample objects and records: accounts, contacts, assets, projects and support cases. "
        "Safe to run twice: an organization that has objects already is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an administrator of the organization, who will own it all")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist as error:
            raise CommandError(f"there is no user with the e-mail {options['email']}") from error
        actor = Actor.of_user(user)
        if access.visible_objects(actor).exists():
            self.stdout.write(f"{user.organization} has objects already; nothing to do.")
            return
        company = Company(str(actor.user_id))
        # All or nothing, so that an interrupted run can be run again.
        with transaction.atomic():
            for definition, records in zip(OBJECTS, RECORDS, strict=True):
                made = create_object(actor, **definition)
                ids = [str(create_record(actor, str(made.id), values).id) for values in records(company)]
                company.made[made.api_name] = ids
                self.stdout.write(f"{made.plural_name}: {len(ids)} records")
