"""The forms of a person's own settings and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, QueryDict

from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.locale_choices import EXAMPLES, format_choices, zone_choices
from customobjects.web.languages import Language
from salesos.accounts.models import User
from salesos.accounts.profiles import LANGUAGES, Density, Theme

OF_ORGANIZATION = "As the organization has it"


class ProfileForm(ServiceForm):
    """What a person has chosen for themselves."""

    controls = {"language": "language", "timeZone": "time_zone", "density": "density", "theme": "theme"}

    def __init__(self, data: QueryDict | None = None, *, language: Language, user: User) -> None:
        super().__init__(data, language=language, is_new=False)
        organization = user.organization
        has_format, has_zone = organization.language in LANGUAGES, bool(organization.time_zone)
        # What is in force without a choice can be named where nothing has been chosen.
        written = "" if user.language else f": {EXAMPLES[language.name]}"
        zone = "" if user.time_zone else f" ({language.zone_name})"
        self.fields["language"] = forms.ChoiceField(
            choices=[("", f"{OF_ORGANIZATION if has_format else 'As the browser asks'}{written}"), *format_choices()],
            initial=user.language,
            required=False,
            label="Numbers and dates",
            help_text="How numbers, dates and times are written, and read in forms. Texts are in English in any case.",
        )
        self.fields["time_zone"] = forms.ChoiceField(
            choices=[
                ("", f"{OF_ORGANIZATION if has_zone else 'As the browser has it'}{zone}"),
                *zone_choices(user.time_zone),
            ],
            initial=user.time_zone,
            required=False,
            help_text="Where you are: times are shown and read as they are there.",
        )
        self.fields["density"] = forms.ChoiceField(
            choices=Density.choices, initial=user.density, required=False, label="Rows of tables"
        )
        self.fields["theme"] = forms.ChoiceField(
            choices=Theme.choices, initial=user.theme, required=False, label="Colours"
        )
        self.compare()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name in self.touched}


class PasswordForm(PasswordChangeForm):
    """The old password and a new one, twice. Wrong ones are counted as they are at the door."""

    def __init__(self, *given: Any, request: HttpRequest, **more: Any) -> None:
        super().__init__(*given, **more)
        self.request = request
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())

    def clean_old_password(self) -> str:
        """Raises ``TooManyAttempts``, which has a page of its own."""
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old) != self.user:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old
