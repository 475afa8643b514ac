"""Operations pages for organizations: made, renamed, and deleted with all that they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from customobjects.admin.asking import DeletedInBackground
from customobjects.models import CustomObject
from customobjects.queries.leftovers import Left, in_words, left_of
from customobjects.queries.record_counts import CountOf
from customobjects.services import organization_deletion
from salesos.accounts.actor import Actor
from salesos.accounts.administration import note_organization, organization_properties
from salesos.accounts.models import Organization, User
from salesos.admin import link_to_list

# So many users and objects of each organization are counted in the list.
MAX_COUNTED = 1_000
LISTS = {
    "accounts_user": ("Users", "organization__id__exact"),
    "accounts_apikey": ("API keys", "user__organization__id__exact"),
    "customobjects_customobject": ("Objects", "organization__id__exact"),
    "customobjects_tableimport": ("Imports", "organization__id__exact"),
    "accounts_auditentry": ("Audit log", "organization__id__exact"),
}


def _count_of(model: Any, **conditions: Any) -> CountOf:
    """How many rows of another table belong to an organization, up to one above ``MAX_COUNTED``."""
    rows = model._default_manager.filter(organization=OuterRef("pk"), **conditions).order_by()
    return CountOf(rows.values("pk")[: MAX_COUNTED + 1])


def _shown(count: int) -> str:
    return f"{count:,}" if count <= MAX_COUNTED else f"more than {MAX_COUNTED:,}"


@admin.register(Organization)
class OrganizationAdmin(DeletedInBackground):
    list_display = ["name", "state", "user_count", "object_count", "created_at"]
    list_filter = [("deletion_began_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    # As an index has them.
    sortable_by = ["name"]
    fields = ["name", "state", "id", "created_at", "lists"]
    readonly_fields = ["state", "id", "created_at", "lists"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.fields if obj is not None else ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        counts = {"users_there": _count_of(User), "objects_there": _count_of(CustomObject, deleted_at=None)}
        return super().get_queryset(request).annotate(**counts)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = organization_properties(Organization.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        if before is not None:
            note_organization(Actor.of_operator(request, obj.id), obj, before)

    def page_of(self, row: Organization) -> str:
        return reverse("web:object-list")

    @admin.display(description="users")
    def user_count(self, organization: Any) -> str:
        return _shown(organization.users_there)

    @admin.display(description="objects")
    def object_count(self, organization: Any) -> str:
        return _shown(organization.objects_there)

    @admin.display(description="state")
    def state(self, organization: Organization) -> str:
        began_at = organization.deletion_began_at
        if began_at is None:
            return "in use"
        return f"being deleted since {began_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="what it has")
    def lists(self, organization: Organization) -> SafeString:
        links = [link_to_list(model, text, **{by: organization.pk}) for model, (text, by) in LISTS.items()]
        return format_html_join(" · ", "{}", ((link,) for link in links))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.deletion_began_at is None)

    def sentence(self, row: Organization) -> str:
        if row.deletion_began_at is not None:
            return f"{row} is being deleted. If its task failed, delete it again: what is left goes."
        return (
            f"{row} goes for good, with everything it has; nothing of it can be restored. "
            "Its people are refused at once, and the background deletes the rest."
        )

    def called_for(self, row: Organization) -> str:
        return row.name

    def left(self, row: Organization) -> Sequence[Left]:
        return left_of(row.id)

    def begin(self, request: HttpRequest, row: Organization) -> str:
        words = in_words(left_of(row.id))
        organization_deletion.begin(Actor.of_operator(request, row.id), row.id)
        return f"{row} is being deleted in the background: {words}."
