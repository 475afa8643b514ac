"""Pages of who is signed in: their settings, and their password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse_lazy

from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.me import PasswordForm, ProfileForm
from customobjects.web.views.base import INVALID
from customobjects.web.views.form_pages import FormPage, saved
from salesos.accounts.actor import actor_of
from salesos.accounts.models import User
from salesos.accounts.services import change_password, change_profile


class Me(FormPage):
    """A form for one's own settings."""

    template = "web/me.html"

    @property
    def existing(self) -> User:
        assert isinstance(self.request.user, User), "the page is for people who are signed in"
        return self.request.user

    def require(self) -> None:
        """Everybody may."""

    def form(self, data: QueryDict | None = None) -> ProfileForm:
        return ProfileForm(data, language=self.language, user=self.existing)

    def context(self) -> dict[str, Any]:
        return {}

    def change(self, form: ServiceForm) -> HttpResponse:
        change_profile(self.existing, form.values())
        return self.done(saved(form), "web:me")


class PasswordChange(PasswordChangeView):
    """A form for another password. The session that it is sent from goes on; all others of the person end."""

    form_class = PasswordForm
    template_name = "web/password.html"
    success_url = reverse_lazy("web:me")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: PasswordForm) -> HttpResponse:  # type: ignore[override]
        change_password(actor_of(self.request), form.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Your password is changed. Wherever else you were signed in, you no longer are.")
        return redirect(self.get_success_url())

    def form_invalid(self, form: PasswordForm) -> HttpResponse:  # type: ignore[override]
        return self.render_to_response(self.get_context_data(form=form), status=INVALID)
