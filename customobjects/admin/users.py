"""Operations pages for users, who are deleted in the background, as the product keeps what they have written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from customobjects.admin.asking import DeletedInBackground
from customobjects.queries.leftovers import Left, left_of_user
from customobjects.services import user_deletion
from salesos.accounts.actor import Actor
from salesos.accounts.admin import UserAdmin
from salesos.accounts.models import User

admin.site.unregister(User)


@admin.register(User)
class DeletedUserAdmin(DeletedInBackground, UserAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = admin.ModelAdmin.has_delete_permission(self, request, obj)
        return allowed and (obj is None or obj.name != user_deletion.DELETED_NAME or obj.deleted_at is None)

    def sentence(self, row: User) -> str:
        return (
            f"{row.email} of {row.organization} is refused at once, and forgotten: name, e-mail, keys and settings go. "
            "What they have written stays, as a deleted user's. To keep who it was, deactivate them instead."
        )

    def called_for(self, row: User) -> str:
        return row.email

    def left(self, row: User) -> Sequence[Left]:
        return left_of_user(row.id)

    def begin(self, request: HttpRequest, row: User) -> str:
        user_deletion.begin(Actor.of_operator(request, row.organization_id), row.id)
        return f"{row} of {row.organization} is being forgotten in the background."
