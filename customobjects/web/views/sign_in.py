"""Signing in on a page."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from salesos.accounts.throttling import SignInThrottle
from salesos.views import error_page


class SignIn(LoginView):
    """The form for e-mail and password; attempts count together with those on the API."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        throttle = SignInThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it looks at the address alone
            wait = int(throttle.wait() or 1) + 1
            answer = error_page(request, 429, "Too many attempts", f"Try again in {wait} seconds.")
            answer["Retry-After"] = str(wait)
            return answer
        return super().post(request, *args, **kwargs)
