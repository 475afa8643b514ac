"""The filters of lists of plain rows on pages, by django-filter. What makes no sense in an address is passed over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from customobjects.web.search_text import MAX_SEARCH
from salesos.accounts.administration import EXPIRED, REVOKED, USABLE, having_words, keys_in_state
from salesos.accounts.models import ApiKey, AuditEntry, User

ACTIVE, DEACTIVATED, INVITED = "active", "deactivated", "invited"
PEOPLE_STATES = [(ACTIVE, "Active"), (DEACTIVATED, "Deactivated"), (INVITED, "Invited")]
KEY_STATES = [(USABLE, "In use"), (EXPIRED, "Expired"), (REVOKED, "Revoked")]


def _search(method: str) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"type": "search", "data-key": "/"})
    return django_filters.CharFilter(method=method, max_length=MAX_SEARCH, label="Search", widget=widget)


class PeopleFilterSet(django_filters.FilterSet):
    """People by their names and addresses, their role, and whether they are active."""

    search = _search("having")
    role = django_filters.ChoiceFilter(choices=User.Role.choices, label="Role", empty_label="Any")
    state = django_filters.ChoiceFilter(choices=PEOPLE_STATES, method="in_state", label="State", empty_label="Any")

    class Meta:
        model = User
        fields: list[str] = []

    def having(self, people: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        return having_words(people, text, "name", "email")

    def in_state(self, people: QuerySet[User], _name: str, state: str) -> QuerySet[User]:
        return people.none() if state == INVITED else people.filter(is_active=state == ACTIVE)


class InvitationFilterSet(PeopleFilterSet):
    """The same filters, of invitations."""

    def having(self, people: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        return having_words(people, text, "email")

    def in_state(self, people: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        return people if state == INVITED else people.none()


class KeyFilterSet(django_filters.FilterSet):
    """Keys by their names and their people, and what became of them."""

    search = _search("having")
    state = django_filters.ChoiceFilter(choices=KEY_STATES, method="in_state", label="State", empty_label="Any")
    person = django_filters.UUIDFilter(field_name="user_id", widget=forms.HiddenInput)

    class Meta:
        model = ApiKey
        fields: list[str] = []

    def having(self, keys: QuerySet[ApiKey], _name: str, text: str) -> QuerySet[ApiKey]:
        return having_words(keys, text, "name", "prefix", "user__name", "user__email")

    def in_state(self, keys: QuerySet[ApiKey], _name: str, state: str) -> QuerySet[ApiKey]:
        return keys_in_state(keys, state)


class AuditFilterSet(django_filters.FilterSet):
    """Entries of the audit log by what was done, by whom, and on which days in the person's time zone."""

    kind = django_filters.ChoiceFilter(choices=AuditEntry.Kind.choices, label="What", empty_label="Anything")
    person = django_filters.UUIDFilter(field_name="user_id", label="Who")
    since = django_filters.DateFilter(method="from_day", label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = django_filters.DateFilter(method="to_day", label="To", widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def from_day(self, entries: QuerySet[AuditEntry], _name: str, day: date) -> QuerySet[AuditEntry]:
        return entries.filter(at__gte=_beginning(day))

    def to_day(self, entries: QuerySet[AuditEntry], _name: str, day: date) -> QuerySet[AuditEntry]:
        return entries if day == date.max else entries.filter(at__lt=_beginning(day + timedelta(days=1)))


def _beginning(day: date) -> datetime:
    """When a day begins, in the current time zone."""
    # What lies around the first and the last day of the calendar has no other zone's time.
    if not date.min < day < date.max:
        return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
    return timezone.make_aware(datetime.combine(day, time()))
