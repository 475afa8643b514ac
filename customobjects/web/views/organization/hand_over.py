"""Pages on which the records of one person go to another: asking to whom, and how far it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from customobjects.models import HandOver
from customobjects.queries.ownership import find_hand_over, list_hand_overs, owned_by_object
from customobjects.queries.people import people_to_choose
from customobjects.services.forms import Made
from customobjects.services.hand_over import hand_over
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.organization import HandOverForm
from customobjects.web.views.base import SetupPage
from customobjects.web.views.organization.base import NewPage
from customobjects.web.views.organization.people import PersonPage

MAX_CHOICES = 100
# So many earlier ones are shown.
MAX_EARLIER = 10


class HandOverNew(PersonPage, NewPage):
    """What somebody owns, and to whom it is to go."""

    template = "web/organization/hand_over.html"

    def form(self, data: QueryDict | None = None) -> HandOverForm:
        own = str(self.person.id)
        people = [one for one in people_to_choose(self.actor, "", MAX_CHOICES) if one[0] != own]
        return HandOverForm(data, language=self.language, people=people)

    def context(self) -> dict[str, Any]:
        owned = owned_by_object(self.actor, self.person.id)
        return {
            "person": self.person,
            "owned": owned,
            "total": sum(count for _object, count in owned),
            "earlier": list_hand_overs(self.actor).filter(of=self.person)[:MAX_EARLIER],
        }

    def create(self, form: ServiceForm) -> Made:
        self.made: HandOver = hand_over(self.actor, self.person.id, **form.values())
        return Made(str(self.person), reverse("web:hand-over-state", args=[self.made.id]))

    def created(self, name: str) -> str:
        return f"The records of {name} are being handed over."


class HandOverState(SetupPage):
    """How far it is."""

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        found = find_hand_over(self.actor, self.kwargs["hand_over_id"])
        context = {"hand_over": found, "taken": found.done + found.refused}
        return render(request, "web/organization/hand_over_state.html", context)
