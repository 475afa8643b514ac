"""Operations pages for organizations, users and API keys."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from salesos import json
from salesos.accounts.actor import Actor
from salesos.accounts.administration import note_organization, organization_properties
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.people import hold_organization, require_administrator_left
from salesos.accounts.services import create_api_key, note_password, note_user, revoke_api_key, user_properties
from salesos.admin import OperationsAdmin, ReadOnly
from salesos.admin_lists import BoundedChangeList, BoundedPaginator, TypedFilter
from salesos.errors import Conflict

# Of no use to operators: roles stand at the user.
admin.site.unregister(Group)


def _count_of(relation: str) -> Subquery:
    """How many rows of another table belong to an organization."""
    same = Organization.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(same.annotate(count=Count(relation)).values("count"))


@admin.register(Organization)
class OrganizationAdmin(OperationsAdmin):
    list_display = ["name", "user_count", "object_count", "created_at"]
    search_fields = ["name"]
    readonly_fields = ["id", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        # Each for itself: joined, they would be multiplied before they are counted.
        counts = {"users_there": _count_of("users"), "objects_there": _count_of("custom_objects")}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description="users", ordering="users_there")
    def user_count(self, organization: Any) -> int:
        return organization.users_there

    @admin.display(description="objects", ordering="objects_there")
    def object_count(self, organization: Any) -> int:
        return organization.objects_there

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = organization_properties(Organization.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        if before is not None:
            note_organization(Actor.of_operator(request, obj.id), obj, before)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserForm(UserChangeForm):
    """Refuses what would leave an organization without an active administrator."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        before = User.objects.get(pk=self.instance.pk)
        # Until the transaction of the page ends.
        hold_organization(before.organization_id)
        after = copy(before)
        for name in ("role", "is_active", "organization"):
            if name in cleaned:
                setattr(after, name, cleaned[name])
        try:
            require_administrator_left(after, user_properties(before))
        except Conflict as error:
            message = str(error)
            raise forms.ValidationError(message[:1].upper() + message[1:] + ".", code="last_administrator") from error
        return cleaned


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "organization", "role"]


@admin.register(User)
class UserAdmin(OperationsAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "name", "organization", "role", "is_active", "is_staff", "last_login"]
    list_filter = ["role", "is_active", "is_staff", ("organization", TypedFilter)]
    list_select_related = ["organization"]
    search_fields = ["email", "name", "organization__name"]
    autocomplete_fields = ["organization"]
    readonly_fields = ["last_login", "created_at"]
    ordering = ["email"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Organization", {"fields": ["organization", "role", "is_active"]}),
        ("Operations", {"fields": ["is_staff", "is_superuser"]}),
        ("Times", {"fields": ["last_login", "created_at"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "organization", "role", "password1", "password2"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = user_properties(User.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        note_user(Actor.of_operator(request, obj.organization_id), obj, before)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        answer = super().user_change_password(request, id, form_url)
        # A form that is refused is shown again.
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            user = User.objects.get(pk=id)
            note_password(Actor.of_operator(request, user.organization_id), user)
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Records name their authors: people are deactivated.
        return False


class NewApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, initial=[ApiKey.Scope.READ]
    )

    class Meta:
        model = ApiKey
        fields = ["user", "name", "scopes", "expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(OperationsAdmin):
    form = NewApiKeyForm
    list_display = ["name", "prefix", "user", "scope_names", "is_usable", "last_used_at", "expires_at"]
    list_filter = [("user__organization", TypedFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__email"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    @admin.display(description="scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="usable", boolean=True)
    def is_usable(self, key: ApiKey) -> bool:
        return key.is_usable

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["user", "name", "scopes", "expires_at"]
        times = ["expires_at", "revoked_at", "last_used_at", "created_at"]
        return ["name", "prefix", "user", "scope_names", "is_usable", *times]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        row, key = create_api_key(
            obj.user,
            obj.name,
            form.cleaned_data["scopes"],
            expires_at=form.cleaned_data["expires_at"],
            actor=Actor.of_operator(request, obj.user.organization_id),
        )
        obj.__dict__.update(row.__dict__)
        obj.shown_once = key

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key. A message of the next page would lie in a cookie until then."""
        context = {**self.admin_site.each_context(request), "title": "New API key", "name": obj, "key": obj.shown_once}
        return render(request, "admin/accounts/new_api_key.html", context)

    def made_already(self, request: HttpRequest, made: Any) -> HttpResponse:
        message = "was made already, and its key was shown. If you did not see it, revoke this one and make another."
        messages.warning(request, f"{made.name} {message}")
        return redirect(made.address)

    @admin.action(description="Revoke the selected keys")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset:
            revoke_api_key(key, Actor.of_operator(request, key.user.organization_id))
        messages.success(request, f"{len(queryset)} keys revoked.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """Of all organizations, and of attempts to sign in that belong to none."""

    list_display = ["at", "kind", "organization", "user", "via", "ip", "what"]
    list_filter = ["kind", ("organization", TypedFilter), ("user", TypedFilter)]
    list_select_related = ["organization", "user"]
    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    # The newest come first, as the indexes have them.
    sortable_by = ()
    fields = ["at", "kind", "organization", "user", "via", "ip", "what"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    @admin.display(description="details")
    def what(self, entry: AuditEntry) -> SafeString:
        return format_html("<code class='break-all'>{}</code>", json.dumps(entry.details))
