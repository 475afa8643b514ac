"""What people choose for themselves: how numbers and dates are written, their time zone, and how pages look to them.

An organization has a format and a time zone for those who have chosen none. A format goes by the name of its language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.db.models import TextChoices
from django.utils.functional import SimpleLazyObject

if TYPE_CHECKING:
    from django.http import HttpRequest

# The languages in which numbers and times are written and read, by CLDR's names. A list of our own, as each language
# that is loaded stays in memory.
LOCALES = (
    "en_US en_GB en_AU en_CA en_IE en_IN en_NZ en_ZA de de_AT de_CH fr fr_BE fr_CA fr_CH es es_MX es_US it it_CH nl "
    "nl_BE pt_BR pt_PT da sv nb fi is pl cs sk hu ro bg el tr uk ru hr sl sr et lv lt ja ko zh_CN zh_TW he ar hi id vi"
).split()
# The same by their language tags (BCP 47). English without a country is American, as in the CLDR.
LANGUAGES: Mapping[str, str] = {("en" if name == "en_US" else name.replace("_", "-")): name for name in LOCALES}
MAX_TAG_LENGTH, MAX_ZONE_LENGTH, MAX_WORD_LENGTH = 16, 64, 16


class Density(TextChoices):
    """How much room the rows of a table take."""

    COMPACT = "compact", "Compact"
    COMFORTABLE = "comfortable", "Comfortable"


class Theme(TextChoices):
    """The colours of pages."""

    SYSTEM = "system", "As the system has it"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Hue(TextChoices):
    """The colour of an organization, one of the twelve hues that pages are tuned for."""

    GRAY = "gray", "Gray"
    RED = "red", "Red"
    ORANGE = "orange", "Orange"
    AMBER = "amber", "Amber"
    LIME = "lime", "Lime"
    GREEN = "green", "Green"
    TEAL = "teal", "Teal"
    CYAN = "cyan", "Cyan"
    BLUE = "blue", "Blue"
    VIOLET = "violet", "Violet"
    FUCHSIA = "fuchsia", "Fuchsia"
    PINK = "pink", "Pink"


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings in force for a person.

    An empty language is what the browser asks for; an empty time zone is the browser's, or the server's.
    """

    language: str = ""
    time_zone: str = ""
    density: str = Density.COMPACT.value
    theme: str = Theme.SYSTEM.value


NOBODYS = Profile()


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones that this server knows (IANA)."""
    return frozenset(available_timezones())


def profile_of(request: HttpRequest) -> Profile:
    """The settings of who asks; of who is not signed in, those that everybody begins with."""
    return getattr(getattr(request, "user", None), "profile", NOBODYS)


def profile(request: HttpRequest) -> dict[str, Any]:
    """For templates: ``profile.theme`` and ``profile.density``. The user is read where one of them is asked for."""
    return {"profile": SimpleLazyObject(lambda: profile_of(request))}
