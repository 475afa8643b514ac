"""The forms of the organization's setup, and of who comes by a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from customobjects.queries.objects import as_uuid
from customobjects.web.forms.base import EMPTY_CHOICE, ServiceForm
from customobjects.web.forms.combobox import Combobox
from customobjects.web.forms.locale_choices import format_choices, zone_choices
from customobjects.web.languages import Language
from salesos.accounts.models import ApiKey, Organization, User
from salesos.accounts.people import MAX_NAME_LENGTH
from salesos.accounts.profiles import Hue

ROLE_HELP = (
    "Representatives keep records; managers also delete and give away those of others; administrators also define "
    "objects, and see this setup."
)
EXPIRIES = {"30": "In 30 days", "90": "In 90 days", "365": "In a year", "": "Never"}
# What stands between the addresses of an invitation, and how long they are at most.
SEPARATOR = re.compile(r"[\r\n,;]+")
MAX_EMAILS = 30_000
SCOPE_HELP = "At most what the person may do, and of that what is ticked here."

# Pairs of a person's id and name.
People = Sequence[tuple[str, str]]


class PersonField(forms.Field):
    """One of the organization's people; its script finds them as one types."""

    def __init__(self, people: People, **more: Any) -> None:
        widget = Combobox(choices=[EMPTY_CHOICE, *people], attrs={"data-choices": reverse("web:people")})
        super().__init__(widget=widget, **more)

    def clean(self, value: Any) -> UUID:
        id_ = as_uuid(str(super().clean(value)))
        if id_ is None:
            raise forms.ValidationError("Choose one of the people there are.")
        return id_


class SetupForm(ServiceForm):
    """A form whose controls are all declared, and go to a service by their names."""

    def __init__(
        self, data: QueryDict | None = None, *, language: Language, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, language=language, is_new=initial is None)
        self.initial = initial or {}
        self.prepare()
        self.compare()

    def prepare(self) -> None:
        """Make the controls that are not declared."""

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name in self.touched}


class InviteForm(SetupForm):
    """Whom to invite."""

    controls = {"email": "email", "role": "role"}

    email = forms.CharField(
        label="E-mail",
        max_length=MAX_EMAILS,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="One address or several: one a line, or with commas between them. Each gets a link of its own.",
    )
    role = forms.ChoiceField(choices=User.Role.choices, initial=User.Role.REP, help_text=ROLE_HELP)

    def clean_email(self) -> list[str]:
        """The addresses, as they are written."""
        return [text for part in SEPARATOR.split(self.cleaned_data["email"]) if (text := part.strip())] or [""]

    def values(self) -> dict[str, Any]:
        return {"emails": self.cleaned_data["email"], "role": self.cleaned_data["role"]}


class PersonForm(SetupForm):
    """What administrators change of a person."""

    controls = {"name": "name", "role": "role"}

    name = forms.CharField(max_length=MAX_NAME_LENGTH, required=False)
    role = forms.ChoiceField(choices=User.Role.choices, help_text=ROLE_HELP)


class OrganizationForm(SetupForm):
    """The organization's name and look, and what holds for its people who have not chosen for themselves."""

    controls = {"name": "name", "hue": "hue", "language": "language", "timeZone": "time_zone"}

    name = forms.CharField(max_length=Organization._meta.get_field("name").max_length)
    hue = forms.ChoiceField(
        choices=Hue.choices, label="Colour", help_text="Of the sign at the top of the sidebar, for everybody."
    )

    def prepare(self) -> None:
        self.fields["language"] = forms.ChoiceField(
            choices=[("", "As each person's browser asks"), *format_choices()],
            required=False,
            label="Numbers and dates",
            help_text="How they are written for people who have not chosen for themselves, in their own settings.",
        )
        self.fields["time_zone"] = forms.ChoiceField(
            choices=[("", "As each person's browser has it"), *zone_choices(self.initial["time_zone"])],
            required=False,
            help_text="Of people who have not chosen for themselves.",
        )


class KeyForm(ServiceForm):
    """A new key."""

    controls = {"name": "name", "userId": "person", "scopes": "scopes", "expiresAt": "expires"}

    name = forms.CharField(max_length=MAX_NAME_LENGTH, help_text="What the program is that will use it.")

    def __init__(self, data: QueryDict | None = None, *, language: Language, people: People, person: str) -> None:
        super().__init__(data, language=language, is_new=True)
        self.fields["person"] = PersonField(
            people, label="For", initial=person, help_text="The key acts for them: what it does has their name."
        )
        self.fields["scopes"] = forms.MultipleChoiceField(
            choices=ApiKey.Scope.choices,
            widget=forms.CheckboxSelectMultiple,
            initial=[ApiKey.Scope.READ],
            help_text=SCOPE_HELP,
            error_messages={"required": "Tick at least one."},
        )
        self.fields["expires"] = forms.ChoiceField(
            choices=list(EXPIRIES.items()), initial="90", required=False, label="Expires"
        )
        self.compare()

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        days = given["expires"]
        return {
            "user_id": given["person"],
            "name": given["name"],
            "scopes": given["scopes"],
            "expires_at": timezone.now() + timedelta(days=int(days)) if days else None,
        }


class HandOverForm(ServiceForm):
    """Who is to have the records of somebody."""

    controls = {"to": "to"}

    def __init__(self, data: QueryDict | None = None, *, language: Language, people: People) -> None:
        super().__init__(data, language=language, is_new=True)
        self.fields["to"] = PersonField(people, label="To")
        self.compare()

    def values(self) -> dict[str, Any]:
        return {"to_id": self.cleaned_data["to"]}


class NewPasswordForm(SetPasswordForm):
    """A new password, twice, of who came by a link."""

    def __init__(self, user: User, *given: Any, **more: Any) -> None:
        super().__init__(user, *given, **more)
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())


class JoinForm(NewPasswordForm):
    """What somebody who is invited says of themselves."""

    name = forms.CharField(
        max_length=MAX_NAME_LENGTH, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    field_order = ["name", "new_password1", "new_password2"]
