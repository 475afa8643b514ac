"""Signing in on a page."""

from __future__ import annotations

from django.contrib.auth.views import LoginView


class SignIn(LoginView):
    """The form for e-mail and password. Attempts are counted where passwords are checked, for every door alike."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True
