"""Pages of the organization's people: who is there and who is invited, and what is done with one of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from customobjects.services.forms import Made
from customobjects.web.filter_sets import InvitationFilterSet, PeopleFilterSet
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.organization import InviteForm, PersonForm
from customobjects.web.languages import Language
from customobjects.web.views.base import SetupPage
from customobjects.web.views.form_pages import saved
from customobjects.web.views.organization.base import ListPage, NewPage, QuestionPage, SetupFormPage, shown_once
from salesos.accounts import administration, invitations, people
from salesos.accounts.models import Invitation, User

# So many invitations are shown beside a page of people.
MAX_INVITATIONS = 100
LINK_AGAIN = "was invited already, and the link was shown. If you do not have it, renew the invitation."
LINKS_AGAIN = "were invited already, and the links were shown. Of those that you do not have, renew the invitations."


class PeopleList(ListPage):
    """All people, and who is invited."""

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = PeopleFilterSet(request.GET, administration.list_people(self.actor))
        invited = InvitationFilterSet(request.GET, administration.list_invitations(self.actor)).qs
        context = {**self.listed(filters), "invitations": invited[:MAX_INVITATIONS]}
        return render(request, "web/organization/people.html", context)


class Invite(NewPage):
    """A form that invites people, and shows the link of each once."""

    template = "web/organization/invite.html"

    def form(self, data: QueryDict | None = None) -> InviteForm:
        return InviteForm(data, language=self.language)

    def create(self, form: ServiceForm) -> Made:
        self.made = invitations.invite_all(self.actor, **form.values())
        emails = ", ".join(invitation.email for invitation, _token in self.made)
        return Made(emails, reverse("web:setup-people"))

    def already(self, made: Made) -> str:
        return f"{made.name} {LINKS_AGAIN if ', ' in made.name else LINK_AGAIN}"

    def lead_on(self, made: Made) -> HttpResponse:
        if len(self.made) == 1:
            return _link_page(self.request, *self.made[0])
        until = Language.current().moment(self.made[0][0].expires_at)
        return shown_once(
            self.request,
            "web/organization/links_shown.html",
            section="people",
            title=f"{len(self.made)} people are invited",
            text=(
                "Give each of them their own link. By it they choose their name and a password, once, until "
                f"{until}. The links are shown this once."
            ),
            links=[(invitation.email, _link(self.request, token)) for invitation, token in self.made],
            back=reverse("web:setup-people"),
            back_name="People",
        )


class InvitationRenew(QuestionPage):
    """Gives an invitation a new link, and shows it once."""

    @cached_property
    def invitation(self) -> Invitation:
        return administration.get_invitation(self.actor, self.kwargs["invitation_id"])

    def question(self) -> dict[str, str]:
        return {
            "title": f"Renew the invitation of {self.invitation.email}?",
            "text": "You get a new link to give to them. The link before is no longer good.",
            "button": "Make a new link",
            "back": reverse("web:setup-people"),
        }

    def act(self) -> HttpResponse:
        return _link_page(self.request, *invitations.renew_invitation(self.actor, self.invitation.id))


class InvitationWithdraw(InvitationRenew):
    """Ends an invitation."""

    def question(self) -> dict[str, str]:
        return {
            **super().question(),
            "title": f"Withdraw the invitation of {self.invitation.email}?",
            "text": (
                "Its link is no longer good then, and records that name them name nobody. They can be invited again."
            ),
            "button": "Withdraw",
            "is_warning": "yes",
        }

    def act(self) -> HttpResponse:
        invitations.withdraw_invitation(self.actor, self.invitation.id)
        return self.done(f"The invitation of {self.invitation.email} is withdrawn.", "web:setup-people")


def _link(request: HttpRequest, token: str) -> str:
    """The address by which somebody joins."""
    return request.build_absolute_uri(reverse("web:join", args=[token]))


def _link_page(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    return shown_once(
        request,
        section="people",
        title=f"{invitation.email} is invited",
        text=(
            "Give them this link. By it they choose their name and a password, once, until "
            f"{Language.current().moment(invitation.expires_at)}. It is shown this once."
        ),
        kind="link",
        secret=_link(request, token),
        back=reverse("web:setup-people"),
        back_name="People",
    )


class PersonPage(SetupPage):
    """A page of one of the people."""

    @cached_property
    def person(self) -> User:
        return administration.get_person(self.actor, self.kwargs["user_id"])

    @property
    def address(self) -> str:
        return reverse("web:person", args=[self.person.id])


class PersonEdit(PersonPage, SetupFormPage):
    """Who somebody is, with a form for the name and the role, and what else can be done."""

    template = "web/organization/person.html"

    @property
    def existing(self) -> User:
        return self.person

    def forget(self) -> None:
        vars(self).pop("person", None)

    def form(self, data: QueryDict | None = None) -> PersonForm:
        initial = {"name": self.person.name, "role": self.person.role}
        return PersonForm(data, language=self.language, initial=initial)

    def context(self) -> dict[str, Any]:
        return {"person": self.person}

    def change(self, form: ServiceForm) -> HttpResponse:
        if values := form.values():
            people.change_person(self.actor, self.person.id, values)
        # Who is no administrator any more has no way back to this page.
        is_own = self.person.id == self.actor.user_id and values.get("role", User.Role.ADMIN) != User.Role.ADMIN
        return self.done(saved(form), *(["web:object-list"] if is_own else ["web:person", self.person.id]))


class PersonDeactivate(PersonPage, QuestionPage):
    """Deactivates somebody."""

    def question(self) -> dict[str, str]:
        return {
            "title": f"Deactivate {self.person}?",
            "text": (
                "They are signed out at once, their keys are refused, and nobody can choose them any more. Their "
                "records stay theirs until you hand them over. You can reactivate them."
            ),
            "button": "Deactivate",
            "is_warning": "yes",
            "back": self.address,
        }

    def act(self) -> HttpResponse:
        people.change_person(self.actor, self.person.id, {"is_active": False})
        if self.person.id == self.actor.user_id:
            return redirect("web:sign-in")
        return self.done(f"{self.person} is deactivated.", "web:person", self.person.id)


class PersonReactivate(PersonPage):
    """Reactivates somebody."""

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        people.change_person(self.actor, self.person.id, {"is_active": True})
        return self.done(f"{self.person} is active again, with the password of before.", "web:person", self.person.id)


class PersonPassword(PersonPage, QuestionPage):
    """Makes a link by which somebody chooses a new password, and shows it once."""

    def question(self) -> dict[str, str]:
        return {
            "title": f"A new password for {self.person}?",
            "text": (
                "You get a link to give to them. The password of before is good until they have chosen another one; "
                "then they are signed out everywhere."
            ),
            "button": "Make a link",
            "back": self.address,
        }

    def act(self) -> HttpResponse:
        person, token = people.make_password_link(self.actor, self.person.id)
        return shown_once(
            self.request,
            section="people",
            title=f"A link for {person}",
            text="Give it to them. By it they choose a new password, once, within three days. It is shown this once.",
            kind="link",
            secret=self.request.build_absolute_uri(reverse("web:reset-password", args=[person.id, token])),
            back=self.address,
            back_name=str(person),
        )
