"""What all pages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from customobjects import access
from salesos import errors
from salesos.accounts.actor import Actor, actor_of
from salesos.errors import Conflict

# A form that has errors comes back with this status.
INVALID = 422


class Page(LoginRequiredMixin, View):
    """A page for people who are signed in. What does not exist for them is a 404, what they may not do a 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except errors.NotFound as error:
            raise Http404(str(error)) from error
        except errors.PermissionDenied as error:
            raise PermissionDenied(str(error)) from error
        except errors.DomainError as error:
            # What a form shows at its controls does not come here; this is for buttons without a form.
            context = {"status": 409, "title": "That did not work", "message": str(error)}
            return render(request, "error.html", context, status=409)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """The page, made from ``templates/web/<template>``; 422 where a form has errors."""
        common = {"can_define": access.can_define(self.actor)}
        return render(self.request, f"web/{template}", common | context, status=status)


@dataclass(frozen=True)
class Question:
    """What a person is asked before something is deleted, and where they are led: ``back``, or on, once it is done."""

    title: str
    text: str
    back: str
    done: str
    on: str


class DeletePage(Page):
    """Asks, and deletes."""

    def question(self, **named: str) -> Question:
        """What to ask about the thing that the path names. Raises ``NotFound``, ``PermissionDenied``."""
        raise NotImplementedError

    def remove(self, **named: str) -> None:
        """Delete it by a service. Raises ``Conflict`` where something stands against it."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        return self.show("confirm_delete.html", {"question": self.question(**named)})

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        question = self.question(**named)
        try:
            self.remove(**named)
        except Conflict as error:
            context = {"question": question, "problems": error.problems}
            return self.show("confirm_delete.html", context, status=INVALID)
        messages.success(request, question.done)
        return redirect(question.on)
