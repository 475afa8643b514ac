"""What all pages share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from customobjects import access
from customobjects.web.languages import Language, speaking
from customobjects.web.sentences import sentence, sentences
from customobjects.web.shell import CHANGE
from salesos import errors
from salesos.accounts.actor import Actor, actor_of
from salesos.db import noted_changes
from salesos.views import error_page

# A form that has errors comes back with this status.
INVALID = 422


# Digits of a page's number and of a version.
MAX_DIGITS = 8


def whole_number(text: str) -> int | None:
    """The number that an address or a form says in digits, or None for what is none, or far too large."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


class _Admitting(View):
    """Asks whether the page is for who is signed in, before anything else."""

    def admit(self) -> None:
        """Raise ``PermissionDenied`` where it is not. Most pages are for everybody, and judge what is done."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.admit()
        return super().dispatch(request, *args, **kwargs)


class Page(LoginRequiredMixin, _Admitting):
    """A page for people who are signed in, in their language and time zone.

    What does not exist for them is a 404, what they may not do a 403.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What a request before has noted on this thread is not told by this one.
        noted_changes.take()
        with speaking(Language.of(request)):
            try:
                return super().dispatch(request, *args, **kwargs)
            except errors.DomainError as error:
                return self.refused(error)

    def refused(self, error: errors.DomainError) -> HttpResponse:
        """The answer where a service or a query refuses. What a form shows at its controls does not come here."""
        if isinstance(error, errors.NotFound):
            raise Http404(str(error)) from error
        if isinstance(error, errors.PermissionDenied):
            raise PermissionDenied(str(error)) from error
        return error_page(self.request, 409, "That did not work", sentences(error.problems))

    def handle_no_permission(self) -> HttpResponseRedirect:
        """Scripts are told that the session is over; a person is led to the page for signing in."""
        if getattr(self.request, "htmx", False) or not self.request.accepts("text/html"):
            return HttpResponse(status=401)  # type: ignore[return-value]
        return super().handle_no_permission()

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def page_number(self, last: int | None = None) -> int:
        """The page that the address asks for, up to the ``last``; what makes no sense there is passed over."""
        number = max(whole_number(self.request.GET.get("page", "")) or 1, 1)
        return number if last is None else min(number, last)

    def address_back(self, otherwise: str) -> str:
        """Where the person was: ``next`` of what was sent, or ``otherwise`` where that is no address of this server.

        It begins with a slash; ``redirect`` would take another text for the name of a route.
        """
        address = self.request.POST.get("next", "")
        is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, {self.request.get_host()})
        return address if is_ours else otherwise

    def done(self, message: str, to: str, *args: Any) -> HttpResponse:
        """Lead to the page of the route ``to`` with these arguments, which shows the message."""
        messages.success(self.request, message, extra_tags=change_tag())
        return redirect(to, *args)


# What scripts are answered where something is refused.
_STATUS: dict[type[errors.DomainError], int] = {errors.NotFound: 404, errors.PermissionDenied: 403}


def status_for_scripts(error: errors.DomainError) -> int:
    """The status of an answer to a script that was refused something."""
    return _STATUS.get(type(error), 409)


def change_tag() -> str:
    """What a message is tagged with that tells of what this request did: the change, so that it can be taken back."""
    change = noted_changes.take()
    return f"{CHANGE}{change}" if change else ""


def told_to_script(text: str, *, status: int = 200, **more: Any) -> JsonResponse:
    """What was done, for a script that says so: ``{"text", "change"}``, by which it offers Undo, and ``more``."""
    return JsonResponse({"text": text, "change": noted_changes.take() or "", **more}, status=status)


class SetupPage(Page):
    """A page of the setup of the organization, for its administrators."""

    def admit(self) -> None:
        access.require_administer(self.actor)


class DeletePage(Page):
    """Asks, and deletes."""

    template: ClassVar[str] = "web/confirm_delete.html"

    def question(self) -> dict[str, Any]:
        """What to ask about the thing that the path names: ``title``, ``text``, and where ``back`` leads.

        With a ``name`` that must be typed, where much goes with it, and what the ``button`` says, where it is not
        Delete.

        Raises ``NotFound``, ``PermissionDenied``.
        """
        raise NotImplementedError

    def remove(self) -> HttpResponse:
        """Delete it by a service, and lead on. Raises ``Conflict``, ``PermissionDenied``, which the page shows."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        return render(request, self.template, {"question": self.question()})

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        question = self.question()
        name = question.get("name", "")
        try:
            if name and request.POST.get("name", "").strip() != name:
                raise errors.Conflict.of(f"Type its name, {name}, to delete it", code="name")
            return self.remove()
        except (errors.Conflict, errors.PermissionDenied) as error:
            context = {"question": question, "problems": map(sentence, error.problems)}
            return render(request, self.template, context, status=INVALID)
