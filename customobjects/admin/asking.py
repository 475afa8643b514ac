"""What destroys asks first, with counts, and is done by a service or in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from customobjects.queries.leftovers import Left
from salesos.accounts.actor import Actor
from salesos.admin import OperationsAdmin
from salesos.errors import DomainError


def each(request: HttpRequest, rows: QuerySet[Any], act: Callable[[Actor, Any], object], done: str) -> None:
    """Have a service do something with each row, as the operator within the row's organization; say how it went."""
    succeeded = 0
    for row in rows:
        try:
            act(Actor.of_operator(request, row.organization_id), row)
            succeeded += 1
        except DomainError as error:
            messages.error(request, f"{row}: {error}")
    if succeeded:
        messages.success(request, f"{succeeded} {done}.")


def ask(
    request: HttpRequest, text: str, count: int, *, rows: Sequence[Mapping[str, str]] = (), problem: str = ""
) -> TemplateResponse:
    """The page that asks before an action deletes ``count`` things, for the action's answer.

    Each of the ``rows`` (``id``, ``label``, ``typed``) has a name to be typed. Its form sends the action again, with
    ``confirmed``.
    """
    hidden = [
        ("action", request.POST["action"]),
        ("select_across", request.POST.get("select_across", "0")),
        ("confirmed", str(count)),
        *((ACTION_CHECKBOX_NAME, id_) for id_ in request.POST.getlist(ACTION_CHECKBOX_NAME)),
    ]
    return question(request, text, rows=rows, problem=problem, hidden=hidden, back=request.get_full_path())


def question(
    request: HttpRequest,
    text: str,
    *,
    back: str,
    title: str = "Are you sure?",
    button: str = "Delete",
    left: Iterable[Left] = (),
    rows: Sequence[Mapping[str, str]] = (),
    problem: str = "",
    hidden: Iterable[tuple[str, str]] = (),
) -> TemplateResponse:
    """The page that asks: ``text``, what is ``left`` that would go, and a control for each name to be typed."""
    context = {
        **admin.site.each_context(request),
        "title": title,
        "text": text,
        "left": left,
        "rows": rows,
        "problem": problem,
        "hidden": hidden,
        "button": button,
        "back": back,
    }
    return TemplateResponse(request, "admin/confirm_deletion.html", context)


def is_confirmed(request: HttpRequest, count: int) -> bool:
    """Whether somebody was asked about as many as there are now, and said yes."""
    return request.POST.get("confirmed") == str(count)


class DeletedInBackground(OperationsAdmin):
    """Pages of what the background deletes, when somebody has typed what it is called."""

    def sentence(self, row: Any) -> str:
        """What is asked."""
        raise NotImplementedError

    def called_for(self, row: Any) -> str:
        """What is to be typed."""
        raise NotImplementedError

    def left(self, row: Any) -> Sequence[Left]:
        """What would go along."""
        raise NotImplementedError

    def begin(self, request: HttpRequest, row: Any) -> str:
        """Have it deleted. Returns what is told; raises ``DomainError``."""
        raise NotImplementedError

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        typed = request.POST.get("name-typed", "").strip()
        problem = ""
        if request.method == "POST":
            if typed != self.called_for(row):
                problem = f"That is not {self.called_for(row)}; nothing was deleted."
            else:
                try:
                    messages.success(request, self.begin(request, row))
                    return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
                except DomainError as error:
                    problem = capfirst(str(error))
        rows = [{"id": "typed", "label": f"Type {self.called_for(row)} to delete it", "typed": typed}]
        return question(
            request,
            self.sentence(row),
            title=f"Delete {row}?",
            left=self.left(row),
            rows=rows,
            problem=problem,
            back="../change/",
        )
