"""Operations pages for users, API keys and the audit log; those for organizations know the product."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminEmailInputWidget

from salesos import json
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.services import create_api_key, note_password, revoke_api_key
from salesos.accounts.users import require_nobody_locked_out, save_user
from salesos.admin import OperationsAdmin, ReadOnly, add_problems, link_to_list
from salesos.admin_lists import MAX_LISTED, TypedFilter
from salesos.errors import DomainError

# Of no use to operators: roles stand at the user.
admin.site.unregister(Group)

# What user_properties call otherwise than the form.
CONTROLS = {"isActive": "is_active", "isOperator": "is_staff", "isSuperuser": "is_superuser"}
USER_COLUMNS = {field.name for field in User._meta.concrete_fields}


class LockingOut:
    """A form of a user that says where what is filled in would lock somebody out."""

    def clean(self: Any) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        stored = User.objects.filter(pk=self.instance.pk).first()
        user = copy(self.instance)
        for name, value in (cleaned or {}).items():
            if name in USER_COLUMNS:
                setattr(user, name, value)
        if user.organization_id is not None:
            try:
                require_nobody_locked_out(user, stored)
            except DomainError as error:
                add_problems(self, error, CONTROLS)
        return cleaned


class NewUserForm(LockingOut, UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "organization", "role"]
        widgets = {"email": UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})}


class ChangedUserForm(LockingOut, UserChangeForm):
    pass


@admin.register(User)
class UserAdmin(OperationsAdmin, DjangoUserAdmin):
    form = ChangedUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "name", "organization", "role", "is_active", "is_staff", "last_login"]
    list_filter = [("organization", TypedFilter), "role", "is_active", "is_staff"]
    list_select_related = ["organization"]
    # Searching is done by ``get_search_results``.
    search_fields = ["email", "name", "organization__name"]
    search_help_text = "Parts of the e-mail, the name, or the organization's name"
    autocomplete_fields = ["organization"]
    readonly_fields = ["last_login", "created_at", "deleted_at", "keys"]
    ordering = ["email"]
    # As an index has them.
    sortable_by = ["email"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Organization", {"fields": ["organization", "role", "is_active"]}),
        ("Operations", {"fields": ["is_staff", "is_superuser"]}),
        ("Times", {"fields": ["last_login", "created_at", "deleted_at"]}),
        ("More", {"fields": ["keys"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "organization", "role", "password1", "password2"]}),
    ]

    @admin.display(description="API keys")
    def keys(self, user: User) -> SafeString:
        return link_to_list("accounts_apikey", "API keys of this user", user__id__exact=user.id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Users who have each word in their e-mail, name or organization; that one is looked for by itself, first."""
        for word in search_term.split():
            organizations = Organization.objects.filter(name__icontains=word).order_by().values("pk")[:MAX_LISTED]
            found = Q(email__icontains=word) | Q(name__icontains=word)
            if ids := list(organizations.values_list("pk", flat=True)):
                found |= Q(organization__in=ids)
            queryset = queryset.filter(found)
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_user(Actor.of_operator(request, obj.organization_id), obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            # Somebody else was quicker: the form had nothing to say yet.
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.deleted_at is None)

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
    list_display = [
        *"name prefix user organization scope_names is_usable last_used_at expires_at".split(),
    ]
    list_filter = [("user__organization", TypedFilter), ("user", TypedFilter)]
    list_select_related = ["user__organization"]
    search_fields = ["name", "prefix", "user__email"]
    sortable_by = ()
    ordering = ["-id"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    @admin.display(description="scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="usable", boolean=True)
    def is_usable(self, key: ApiKey) -> bool:
        return key.is_usable

    @admin.display(description="organization")
    def organization(self, key: ApiKey) -> str:
        return str(key.organization)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            # A name first: the focus begins there, and lists to choose from take it over later.
            return ["name", "user", "scopes", "expires_at"]
        times = ["expires_at", "revoked_at", "last_used_at", "created_at"]
        return ["name", "prefix", "user", "organization", "scope_names", "is_usable", *times]

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

    @admin.action(description="Revoke the selected keys", permissions=["act"])
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
    list_filter = [("organization", TypedFilter), ("user", TypedFilter), "kind"]
    list_select_related = ["organization", "user"]
    # The newest come first, as the indexes have them.
    sortable_by = ()
    fields = ["at", "kind", "organization", "user", "via", "ip", "what"]

    @admin.display(description="details")
    def what(self, entry: AuditEntry) -> SafeString:
        return format_html("<code class='break-all'>{}</code>", json.dumps(entry.details))
