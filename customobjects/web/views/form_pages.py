"""Pages with a form that a service saves. Whatever happens, what was typed is still there, with a way on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from customobjects.services.forms import TOO_OLD, Made, digest_of, make_once, new_token, usable_token
from customobjects.web.forms.base import SHOWN, TAKE, TOKEN, ServiceForm
from customobjects.web.languages import Language
from customobjects.web.views.base import INVALID, Page, change_tag
from customobjects.web.views.sign_in import ask_to_sign_in
from salesos import errors, kept_forms

# How often a form that others' changes outran is held against what is there then.
MAX_ATTEMPTS = 5
NOT_CONTENT = ("csrfmiddlewaretoken", SHOWN, TOKEN, TAKE)
KEPT = "Nothing is saved yet: the page had to be loaded again. What you typed is here; save it now."


class FormPage(Page):
    """A form for something new, or for what the path names; where a service refuses it, it comes back and says why."""

    template: ClassVar[str]

    @property
    def existing(self) -> Any:
        """What the form is for, or None where it makes something new. Raises ``NotFound``."""
        raise NotImplementedError

    def require(self) -> None:
        """Raise ``PermissionDenied`` where the form is not for the actor, whatever is in it."""
        raise NotImplementedError

    def form(self, data: QueryDict | None = None) -> ServiceForm:
        """The form, with what was sent. Raises ``NotFound``."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the template needs beside the form."""
        raise NotImplementedError

    def create(self, form: ServiceForm) -> Made:
        """Have a service make what is new. Raises ``DomainError``, which the form shows."""
        raise NotImplementedError

    def created(self, name: str) -> str:
        """What to say when it is made."""
        raise NotImplementedError

    def already(self, made: Made) -> str:
        """What to say where the form has made it before, and is sent again."""
        return made.already

    def lead_on(self, made: Made) -> HttpResponse:
        """The answer when it is made: the page that shows it."""
        messages.success(self.request, self.created(made.name), extra_tags=self.tag())
        return redirect(made.address)

    def tag(self) -> str:
        """What the message is tagged with that says what was made: how it is taken back."""
        return change_tag()

    def change(self, form: ServiceForm) -> HttpResponse:
        """Have a service change what exists, and lead on. Raises ``DomainError``, which the form shows.

        With ``PreconditionFailed`` the form is held against what is there now.
        """
        raise NotImplementedError

    def forget(self) -> None:
        """Read anew what the path names."""

    def who_changed(self) -> str:
        """Who changed last what the form is for."""
        return "Somebody else"

    def who_changed_each(self, form: ServiceForm) -> dict[str, str]:
        """Who changed each control in which there is a clash, by its name."""
        return dict.fromkeys(form.clashes, self.who_changed())

    @property
    def language(self) -> Language:
        return Language.current()

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        kept, token = kept_forms.take(request), request.GET.get(TOKEN, "")
        if self.existing is None and kept is None and usable_token(token) is None:
            # In the address, so that a form that Back or Reload fetches anew is the same one.
            query = request.GET.copy()
            query[TOKEN] = new_token()
            return redirect(f"{request.path}?{query.urlencode()}")
        form = self.form()
        form.initial[TOKEN] = token or new_token()
        if kept:
            form.fill(kept)
            form.notice = KEPT
        if self.existing is None:
            form.focus_first()
        return render(request, self.template, {**self.context(), "form": form})

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        try:
            return self._post(request)
        except (errors.NotFound, errors.PermissionDenied) as error:
            return self.vanished(request, error)

    def _post(self, request: HttpRequest) -> HttpResponse:
        self.require()
        for _ in range(MAX_ATTEMPTS):
            form = self.form(request.POST)
            if not form.is_valid():
                break
            try:
                return self.change(form) if self.existing is not None else self._create(form)
            except errors.PreconditionFailed as error:
                refused: errors.DomainError = error
                self.forget()
            except errors.NotFound:
                raise
            except errors.DomainError as error:
                form.show(error)
                break
        else:
            form.show(refused)
        return self.again(form)

    def _create(self, form: ServiceForm) -> HttpResponse:
        text = form.data.get(TOKEN, "")
        token = usable_token(text)
        if text and token is None:
            return self._with_new_token(form, TOO_OLD)
        if token is None:
            made = self.create(form)
        else:
            sent = make_once(self.actor, token, _digest(self.request.POST), lambda: self.create(form))
            made = sent.made
            if not sent.is_same:
                return self._with_new_token(form, made.otherwise)
            if not sent.is_new:
                messages.info(self.request, self.already(made))
                return redirect(made.address)
        return self.lead_on(made)

    def _with_new_token(self, form: ServiceForm, message: str) -> HttpResponse:
        form.put(TOKEN, new_token())
        form.add_error(None, message)
        return self.again(form)

    def again(self, form: ServiceForm) -> HttpResponse:
        """The form that was sent, with what is wrong."""
        context = {**self.context(), "form": form, "changed_by": self.who_changed_each(form) if form.clashes else {}}
        return render(self.request, self.template, context, status=INVALID)

    def vanished(self, request: HttpRequest, error: errors.DomainError) -> HttpResponse:
        """What was sent has no page any more: it is shown as a text, to be taken elsewhere."""
        is_gone = isinstance(error, errors.NotFound)
        context = {"is_gone": is_gone, "typed": typed(request.POST)}
        return render(request, "web/typed.html", context, status=404 if is_gone else 403)

    # A session that ended, and a page that was open since before ---------------------------------------------------

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return ask_to_sign_in(request, kept_forms.pack(request))
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def csrf_failed(cls, request: HttpRequest) -> HttpResponseBase:
        """The answer to a form that was shown before its person signed in or out: shown again, with its text."""
        if not request.user.is_authenticated:
            return ask_to_sign_in(request, kept_forms.pack(request))
        return redirect(kept_forms.keep(request))


def saved(form: ServiceForm, what: str = "") -> str:
    """What to say when a form has changed something, or ``what`` it is the form of."""
    if not form.touched:
        return "Nothing was changed."
    said = f"{what} is saved." if what else "Saved."
    return f"{said} What others have changed meanwhile is kept, too." if form.has_others_changes else said


def typed(sent: QueryDict) -> list[tuple[str, str]]:
    """What was sent, for a person: names as they were called, and texts."""
    return [
        (name.partition("-")[2].replace("_", " ") or name.replace("_", " "), ", ".join(sent.getlist(name)))
        for name in sent
        if name not in NOT_CONTENT and any(sent.getlist(name))
    ]


def _digest(sent: QueryDict) -> str:
    return digest_of((name, values) for name, values in sent.lists() if name not in NOT_CONTENT)
