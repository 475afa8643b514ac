"""Pages for who comes by a link, and is not signed in: joining an organization, and choosing a new password."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from customobjects.web.forms.organization import JoinForm, NewPasswordForm
from customobjects.web.languages import Language, speaking
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID
from customobjects.web.views.organization.base import NOT_STORED
from salesos.accounts import links
from salesos.accounts.addresses import address_of
from salesos.accounts.invitations import accept_invitation, use_password_link
from salesos.accounts.models import Invitation, User
from salesos.errors import DomainError, NotFound

BACKEND = "salesos.accounts.limits.LimitedBackend"


class LinkPage(View):
    """A form behind a link; one that is forged, used or too old leads to a page that says so."""

    template: str

    def form(self, *sent: Any) -> NewPasswordForm:
        """The form, with what was sent. Raises ``NotFound`` for a link that is not good."""
        raise NotImplementedError

    def use(self, form: NewPasswordForm) -> User:
        """Use the link up. Raises ``NotFound``, and ``DomainError``, which the form shows."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the template needs beside the form."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with speaking(Language.of(request)):
            try:
                answer = super().dispatch(request, *args, **kwargs)
            except NotFound:
                answer = render(request, "web/organization/link_gone.html", status=404)
        answer["Cache-Control"] = NOT_STORED
        return answer

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        return self._page(self.form())

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form, status=INVALID)
        try:
            person = self.use(form)
        except NotFound:
            raise
        except DomainError as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, sentence(problem))
            return self._page(form, status=INVALID)
        login(request, person, backend=BACKEND)
        messages.success(request, f"You are signed in as {person}.")
        return redirect("web:object-list")

    def _page(self, form: NewPasswordForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, self.template, {**self.context(), "form": form}, status=status)


class Join(LinkPage):
    """Where somebody who is invited chooses a name and a password."""

    template = "web/organization/join.html"

    @cached_property
    def invitation(self) -> Invitation:
        return links.find_invitation(self.kwargs["token"])

    def form(self, *sent: Any) -> JoinForm:
        invitation = self.invitation
        return JoinForm(User(email=invitation.email, organization=invitation.organization), *sent)

    def context(self) -> dict[str, Any]:
        return {"invitation": self.invitation}

    def use(self, form: NewPasswordForm) -> User:
        given = form.cleaned_data
        address = address_of(self.request)
        return accept_invitation(self.kwargs["token"], given["name"], given["new_password1"], address=address)


class ResetPassword(LinkPage):
    """Where somebody chooses a new password."""

    template = "web/organization/reset_password.html"

    @cached_property
    def person(self) -> User:
        return links.find_reset(self.kwargs["user_id"], self.kwargs["token"])

    def form(self, *sent: Any) -> NewPasswordForm:
        return NewPasswordForm(self.person, *sent)

    def context(self) -> dict[str, Any]:
        return {"person": self.person}

    def use(self, form: NewPasswordForm) -> User:
        password, address = form.cleaned_data["new_password1"], address_of(self.request)
        return use_password_link(self.person.id, self.kwargs["token"], password, address=address)
