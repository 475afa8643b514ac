"""Seeing the pages as somebody of a lesser role does. It is kept in the session, and ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesos.accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

SESSION_KEY = "view_as"
# From all rights to the fewest.
RANKED = (User.Role.ADMIN, User.Role.MANAGER, User.Role.REP)


def lesser_roles(role: str) -> list[User.Role]:
    """The roles that may do less than one; of a role that there is not, none."""
    return list(RANKED[RANKED.index(User.Role(role)) + 1 :]) if role in RANKED else []


def role_in_session(request: Request | HttpRequest, role: str) -> str:
    """The role that somebody acts with on pages: their own, or the lesser one whose pages they look at.

    What the session names is passed over unless it is less than their own role, as it is now. No query.
    """
    session = getattr(request, "session", None)
    seen = session.get(SESSION_KEY, "") if session is not None else ""
    return seen if seen in lesser_roles(role) else role


def view_as(request: HttpRequest, role: str) -> bool:
    """Have the person see the pages as a lesser role, from now on. Returns whether it is one that they may."""
    assert isinstance(request.user, User), "the page is for people who are signed in"
    if role not in lesser_roles(request.user.role):
        return False
    request.session[SESSION_KEY] = role
    return True


def stop_viewing(request: HttpRequest) -> None:
    """Have the person see the pages with their own role again."""
    request.session.pop(SESSION_KEY, None)
