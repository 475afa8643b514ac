"""The setup's first page with all objects, the limits, and the organization's own properties."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from customobjects.queries.objects import list_objects
from customobjects.queries.record_counts import about, with_counts
from customobjects.queries.totals import Total, number_in_words
from customobjects.queries.usage import usage
from customobjects.services.bulk import MAX_OPERATIONS
from customobjects.services.deletion import MAX_AT_ONCE
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.organization import OrganizationForm
from customobjects.web.languages import Language
from customobjects.web.views.base import SetupPage
from customobjects.web.views.form_pages import saved
from customobjects.web.views.organization.base import SetupFormPage
from salesos.accounts.administration import change_organization
from salesos.accounts.models import Organization, User

# Units of sizes, each a thousand times the one before.
UNITS = ("bytes", "kB", "MB", "GB", "TB")


class Setup(SetupPage):
    """All objects, archived ones too, and the ways to new ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        objects = list(with_counts(self.actor, list_objects(self.actor)))
        counts = about(self.actor, objects)
        rows = [{"object": one, "records": _in_words(counts[one.id])} for one in objects]
        return render(request, "web/organization/setup.html", {"rows": rows})


class Limits(SetupPage):
    """How much of its limits the organization uses."""

    def get(self, request: HttpRequest) -> HttpResponse:
        used = usage(self.actor)
        fullest = sorted(used.objects, key=lambda one: -one.field_count)  # type: ignore[attr-defined]
        context = {
            "usage": used,
            "rows": [{"object": one, "records": _in_words(used.records[one.id])} for one in fullest],
            "records": _in_words(used.total),
            "size": _size(used.bytes),
            "requests": _requests(),
        }
        return render(request, "web/organization/limits.html", context)


def _in_words(total: Total) -> str:
    return number_in_words(total, Language.current().number)


def _size(count: int) -> str:
    """A size in bytes for people, with two digits."""
    size, unit = float(count), 0
    while size >= 1_000 and unit < len(UNITS) - 1:
        size, unit = size / 1_000, unit + 1
    digits = 1 if size < 10 and unit else 0
    return f"{Language.current().number(Decimal(f'{size:.{digits}f}'))} {UNITS[unit]}"


def _requests() -> list[tuple[str, str]]:
    """What one request may be, and how often somebody may try to sign in: pairs of what, and how much."""
    write = Language.current().number
    address, account = settings.SIGN_IN_RATE, settings.SIGN_IN_ACCOUNT_RATE
    return [
        ("Body of a request", _size(settings.MAX_BODY_BYTES)),
        ("One record", _size(settings.MAX_RECORD_BYTES)),
        ("One answer with many records", _size(settings.MAX_ANSWER_BYTES)),
        ("Operations of a bulk request", write(MAX_OPERATIONS)),
        ("Records that are changed or deleted at once", write(MAX_AT_ONCE)),
        ("Wrong passwords from one address", _rate(*address)),
        ("Wrong passwords for one account", _rate(*account)),
        ("Days that deleted things stay in the trash", write(settings.TRASH_DAYS)),
        ("Days that the audit log is kept", write(settings.AUDIT_DAYS) if settings.AUDIT_DAYS else "for ever"),
    ]


def _rate(most: int, seconds: int) -> str:
    names = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day"}
    write = Language.current().number
    return f"{write(most)} in a {names[seconds]}" if seconds in names else f"{write(most)} in {write(seconds)} seconds"


class OrganizationEdit(SetupFormPage):
    """A form for the organization's name and colour, and the formats and the time zone that its people begin with."""

    template = "web/organization/organization.html"

    @property
    def existing(self) -> Organization:
        assert isinstance(self.request.user, User), "the page is for people who are signed in"
        return self.request.user.organization

    def form(self, data: QueryDict | None = None) -> OrganizationForm:
        organization = self.existing
        initial = {name: getattr(organization, name) for name in ("name", "hue", "language", "time_zone")}
        return OrganizationForm(data, language=self.language, initial=initial)

    def context(self) -> dict[str, Any]:
        return {"organization": self.existing}

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            change_organization(self.actor, values)
        return self.done(saved(form), "web:setup-organization")
