"""The forms of a person's own settings and password."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any

from babel.core import Locale
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, QueryDict

from customobjects.web.formats import ENGLISH
from customobjects.web.forms.base import ServiceForm
from customobjects.web.languages import Language
from salesos.accounts.models import User
from salesos.accounts.profiles import LANGUAGES, Density, Theme, time_zones

# Names of zones that are of no place, and older ones of places that have another.
NOT_PLACES = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")
# As Django takes them: a name and its label, or a group's label and such pairs.
Choices = list[tuple[str, Any]]


class ProfileForm(ServiceForm):
    """What a person has chosen for themselves."""

    controls = {"language": "language", "timeZone": "time_zone", "density": "density", "theme": "theme"}

    def __init__(self, data: QueryDict | None = None, *, language: Language, user: User) -> None:
        super().__init__(data, language=language, is_new=False)
        profile = user.profile
        now = "" if profile.time_zone else f" ({language.zone_name})"
        self.fields["language"] = forms.ChoiceField(
            choices=[("", "As the browser asks"), *_languages()],
            initial=profile.language,
            required=False,
            help_text="How numbers, dates and times are written and read.",
        )
        self.fields["time_zone"] = forms.ChoiceField(
            choices=[("", f"As the browser has it{now}"), *_zones(profile.time_zone)],
            initial=profile.time_zone,
            required=False,
            help_text="Where you are: times are shown and read as they are there.",
        )
        self.fields["density"] = forms.ChoiceField(
            choices=Density.choices, initial=profile.density, required=False, label="Rows of tables"
        )
        self.fields["theme"] = forms.ChoiceField(
            choices=Theme.choices, initial=profile.theme, required=False, label="Colours"
        )
        self.compare()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name in self.touched}


@cache
def _languages() -> Choices:
    """All languages by their English names, in the order of these."""
    labels = ((tag, str(Locale.parse(name).get_display_name(ENGLISH))) for tag, name in LANGUAGES.items())
    return sorted(labels, key=lambda pair: pair[1])


@cache
def _places() -> Choices:
    """The time zones of places, by continent."""
    names = sorted(name for name in time_zones() if "/" in name and not name.startswith(NOT_PLACES))
    grouped = groupby(names, key=lambda name: name.partition("/")[0])
    return [(area, [(name, name.partition("/")[2].replace("_", " ")) for name in of_area]) for area, of_area in grouped]


def _zones(held: str) -> Choices:
    """The time zones to choose from; the one that is held among them, though it is of no place."""
    others = {"UTC", held} - {name for _area, pairs in _places() for name, _label in pairs} - {""}
    return [*((name, name) for name in sorted(others)), *_places()]


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
