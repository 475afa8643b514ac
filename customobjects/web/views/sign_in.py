"""Signing in on a page."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from salesos.accounts.throttling import SignInThrottle


class SignIn(LoginView):
    """The form for e-mail and password; attempts count together with those on the API."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        throttle = SignInThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it looks at the address alone
            wait = int(throttle.wait() or 1) + 1
            context = {"status": 429, "title": "Too many attempts", "message": f"Try again in {wait} seconds."}
            answer = render(request, "error.html", context, status=429)
            answer["Retry-After"] = str(wait)
            return answer
        return super().post(request, *args, **kwargs)
