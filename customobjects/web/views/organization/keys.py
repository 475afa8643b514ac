"""Pages of API keys: which there are, a new one, which is shown once, and ending one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from customobjects.queries.people import people_to_choose
from customobjects.services.forms import Made
from customobjects.web.filter_sets import KeyFilterSet
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.organization import KeyForm
from customobjects.web.snippets import first_call
from customobjects.web.views.organization.base import ListPage, NewPage, QuestionPage, shown_once
from salesos.accounts import administration
from salesos.accounts.models import ApiKey

MAX_CHOICES = 100
KEY_AGAIN = "was made already, and shown. If you do not have it, revoke it and make another one."


class KeyList(ListPage):
    """All keys of the organization's people."""

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = KeyFilterSet(request.GET, administration.list_keys(self.actor))
        scopes = dict(ApiKey.Scope.choices)
        context = self.listed(filters)
        context["rows"] = [
            {"key": key, "scopes": ", ".join(str(scopes.get(scope, scope)) for scope in key.scopes)}
            for key in context["rows"]
        ]
        return render(request, "web/organization/keys.html", context)


class KeyNew(NewPage):
    """A form for a new key."""

    template = "web/organization/key_new.html"

    def form(self, data: QueryDict | None = None) -> KeyForm:
        people = people_to_choose(self.actor, "", MAX_CHOICES)
        own = (str(self.actor.user_id), str(self.request.user))
        people = people if own in people else [own, *people]
        return KeyForm(data, language=self.language, people=people, person=own[0])

    def create(self, form: ServiceForm) -> Made:
        self.made = administration.make_key(self.actor, **form.values())
        return Made(self.made[0].name, reverse("web:setup-keys"))

    def already(self, made: Made) -> str:
        return f"{made.name} {KEY_AGAIN}"

    def lead_on(self, made: Made) -> HttpResponse:
        key, secret = self.made
        call = first_call(key.scopes)
        return shown_once(
            self.request,
            section="keys",
            title=f"The key {key.name}",
            text=f"A program sends it as X-API-Key, and acts for {key.user}. It is shown this once.",
            kind="key",
            secret=secret,
            call=call,
            program=call.curl(f"{self.request.scheme}://{self.request.get_host()}", secret),
            back=reverse("web:setup-keys"),
            back_name="API keys",
        )


class KeyRevoke(QuestionPage):
    """Ends a key."""

    def question(self) -> dict[str, str]:
        key = administration.get_key(self.actor, self.kwargs["key_id"])
        return {
            "title": f"Revoke the key {key.name}?",
            "text": "Whatever uses it is refused at its very next request. A revoked key stays so.",
            "button": "Revoke",
            "is_warning": "yes",
            "back": reverse("web:setup-keys"),
        }

    def act(self) -> HttpResponse:
        key = administration.revoke_key(self.actor, self.kwargs["key_id"])
        return self.done(f"The key {key.name} is revoked.", "web:setup-keys")
