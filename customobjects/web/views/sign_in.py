"""Signing in on a page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from salesos import kept_forms
from salesos.accounts.limits import TooManyAttempts

TEMPLATE = "web/sign_in.html"
KEPT = "kept"


class SignIn(LoginView):
    """The form for e-mail and password. Attempts are counted where passwords are checked, for every door alike.

    It carries along what somebody typed into a form whose session was over, and leads back to that form.
    """

    template_name = TEMPLATE
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and (address := kept_forms.unpack(request, request.POST.get(KEPT, ""))):
            return redirect(address)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as error:
            if not request.POST.get(KEPT):
                raise
            # The page that others get has nothing on it.
            answer = ask_to_sign_in(request, request.POST[KEPT], f"Too many attempts. Try again in {error.in_words}.")
            answer.status_code, answer["Retry-After"] = error.status_code, str(error.wait)
            return answer

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        if not self.request.accepts("text/html"):
            return JsonResponse({"token": get_token(self.request)})
        address = kept_forms.unpack(self.request, self.request.POST.get(KEPT, ""))
        return redirect(address) if address else answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if not self.request.accepts("text/html"):
            return JsonResponse({"text": "The password is wrong."}, status=403)
        return super().form_invalid(form)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, kept=self.request.POST.get(KEPT, ""))

    @classmethod
    def csrf_failed(cls, request: HttpRequest) -> HttpResponseBase:
        """The answer to a form that was shown before somebody signed in or out in this browser."""
        if request.user.is_authenticated:
            return redirect(kept_forms.unpack(request, request.POST.get(KEPT, "")) or "/")
        return ask_to_sign_in(request, request.POST.get(KEPT, ""))


class Session(View):
    """Tells a script whether its person is still signed in: 204, or else 401."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=204 if request.user.is_authenticated else 401)


def ask_to_sign_in(request: HttpRequest, kept: str, problem: str = "") -> HttpResponse:
    """The page for signing in, in the place of one that was sent a form; ``kept`` is what was typed, packed."""
    is_elsewhere = request.path != reverse("web:sign-in")
    context = {
        "form": AuthenticationForm(request),
        "next": request.get_full_path() if is_elsewhere else request.POST.get("next", ""),
        "kept": kept,
        "is_too_long": is_elsewhere and not kept,
        "problem": problem,
    }
    return render(request, TEMPLATE, context, status=401)
