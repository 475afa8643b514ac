"""People as administrators change them: invited, given roles, deactivated, and never all locked out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.core import signing
from django.test import Client
from django.utils import timezone

from customobjects.fieldtypes.palette import PALETTE
from salesos.accounts import administration, invitations, links, people
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import ApiKey, AuditEntry, Invitation, Organization, User
from salesos.accounts.profiles import Hue
from salesos.accounts.services import create_api_key
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationError
from tests.conftest import Api, make_user


def code(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.problems[0].code


def kinds() -> list[str]:
    return list(AuditEntry.objects.order_by("at", "id").values_list("kind", flat=True))


# Invitations ---------------------------------------------------------------------------------------------------------


def test_who_is_invited_joins_once(actor: Actor) -> None:
    invitation, token = invitations.invite(actor, " Kim@Acme.example ", "MANAGER")
    assert (invitation.email, invitation.role) == ("kim@acme.example", "MANAGER")
    kim = invitations.accept_invitation(token, " Kim \n Lee ", "a-good-password", address="10.1.2.3")
    assert (kim.name, kim.role, kim.organization_id) == ("Kim Lee", "MANAGER", actor.organization_id)
    assert authenticate(None, username="kim@acme.example", password="a-good-password") == kim
    with pytest.raises(NotFound):
        invitations.accept_invitation(token, "Kim", "a-good-password")
    assert kinds() == ["invitation_created", "invitation_accepted"]
    accepted = AuditEntry.objects.get(kind="invitation_accepted")
    assert (accepted.user, accepted.ip, accepted.via) == (kim, "10.1.2.3", "page")
    assert accepted.details == {"email": "kim@acme.example", "role": "MANAGER", "targetUserId": str(kim.id)}
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_renewed_link_ends_the_one_before_and_a_withdrawn_one_is_none(actor: Actor) -> None:
    invitation, first = invitations.invite(actor, "kim@acme.example", "REP")
    _again, second = invitations.renew_invitation(actor, invitation.id)
    with pytest.raises(NotFound):
        links.find_invitation(first)
    assert links.find_invitation(second) == invitation
    invitations.withdraw_invitation(actor, invitation.id)
    with pytest.raises(NotFound):
        links.find_invitation(second)
    assert not Invitation.objects.exists()
    assert kinds() == ["invitation_created", "invitation_renewed", "invitation_withdrawn"]
    invitations.invite(actor, "kim@acme.example", "REP")


def test_an_old_link_is_refused_until_it_is_renewed(actor: Actor) -> None:
    invitation, token = invitations.invite(actor, "kim@acme.example", "REP")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        invitations.accept_invitation(token, "Kim", "a-good-password")
    _again, fresh = invitations.renew_invitation(actor, invitation.id)
    assert links.find_invitation(fresh)


def test_hostile_links_are_refused_and_forged_ones_ask_the_database_nothing(
    actor: Actor, django_assert_num_queries: Any
) -> None:
    invitation, token = invitations.invite(actor, "kim@acme.example", "REP")
    forged = [
        "",
        "x",
        "\x00",
        "é" * 100,
        "a" * 100_000,
        token[:-1],
        token.swapcase(),
        signing.dumps([invitation.id.hex, invitation.nonce]),
        signing.dumps([invitation.id.hex, invitation.nonce], key="another key", salt=links.SALT),
    ]
    with django_assert_num_queries(0):
        for text in forged:
            with pytest.raises(NotFound):
                links.find_invitation(text)
    browser = Client()
    for text in [*forged[1:4], token[:-1], "a" * 2_000]:
        answer = browser.get(f"/join/{text.replace(chr(0), '%00')}/")
        assert (answer.status_code, b"This link is not good" in answer.content) == (404, True)
    for user_id, text in ((uuid4(), "x-y"), (actor.user_id, "x"), (actor.user_id, "1-" + "f" * 32)):
        assert browser.get(f"/reset/{user_id}/{text}/").status_code == 404


def test_several_are_invited_in_as_many_queries_as_one(actor: Actor, django_assert_num_queries: Any) -> None:
    for emails in (["a@acme.example"], ["b@acme.example", "c@acme.example", "B@acme.example"]):
        # 1. The savepoint. 2. The organization. 3. Who has an account. 4. Who is invited. 5. How many are.
        # 6. The invitations. Then an entry of the audit log for each, and the savepoint's end.
        with django_assert_num_queries(7 + len({email.lower() for email in emails})):
            made = invitations.invite_all(actor, emails, "REP")
        assert [one.email for one, _token in made] == list(dict.fromkeys(email.lower() for email in emails))
    assert kinds() == ["invitation_created"] * 3


@pytest.mark.parametrize(
    ("email", "role", "kind", "wrong"),
    [
        ("", "REP", ValidationError, "required"),
        ("kim", "REP", ValidationError, "invalid"),
        ("kim\x00@acme.example", "REP", ValidationError, "invalid"),
        ("k" * 250 + "@acme.example", "REP", ValidationError, "invalid"),
        ("kim@acme.example", "OWNER", ValidationError, "choice"),
        ("ADMIN@acme.example", "REP", Conflict, "duplicate"),
        ("admin@globex.example", "REP", Conflict, "duplicate"),
        ("invited@acme.example", "REP", Conflict, "duplicate"),
    ],
)
def test_refused_invitations(
    actor: Actor, stranger: User, email: str, role: str, kind: type[DomainError], wrong: str
) -> None:
    invitations.invite(actor, "invited@acme.example", "REP")
    with pytest.raises(kind) as error:
        invitations.invite(actor, email, role)
    assert code(error) in (wrong, "invalid")
    assert Invitation.objects.count() == 1


def test_an_address_that_got_an_account_meanwhile_is_told(actor: Actor, stranger: User) -> None:
    _invitation, token = invitations.invite(actor, "kim@acme.example", "REP")
    make_user(stranger.organization, "kim@acme.example")
    with pytest.raises(Conflict) as error:
        invitations.accept_invitation(token, "Kim", "a-good-password")
    assert code(error) == "duplicate"


# Changes -------------------------------------------------------------------------------------------------------------


def test_a_role_is_changed_and_noted(actor: Actor, rep: User) -> None:
    people.change_person(actor, rep.id, {"role": "MANAGER"})
    rep.refresh_from_db()
    assert rep.role == "MANAGER"
    people.change_person(actor, rep.id, {"role": "MANAGER"})
    [entry] = AuditEntry.objects.all()
    assert (entry.kind, entry.details["changes"]) == ("role_changed", {"role": ["REP", "MANAGER"]})


def test_who_is_deactivated_is_out_at_once_and_comes_back(actor: Actor, rep: User, client: Client) -> None:
    client.force_login(rep)
    _row, key = create_api_key(rep, "x", ["read"])
    assert client.get("/").status_code == 200
    token = Api(rep)
    people.change_person(actor, rep.id, {"is_active": False})
    assert client.get("/").status_code == 302
    assert token.get("/v1/custom-objects").status == 401
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 401
    people.change_person(actor, rep.id, {"is_active": True})
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 200
    assert kinds()[-2:] == ["user_deactivated", "user_reactivated"]


@pytest.mark.parametrize("changes", [{"role": "REP"}, {"is_active": False}, {"role": "MANAGER", "is_active": False}])
def test_the_last_administrator_stays(
    actor: Actor, admin: User, rep: User, stranger: User, changes: dict[str, Any]
) -> None:
    gone = make_user(admin.organization, "gone@acme.example")
    User.objects.filter(id=gone.id).update(is_active=False)
    with pytest.raises(Conflict) as error:
        people.change_person(actor, admin.id, changes)
    assert code(error) == "last_administrator"
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("ADMIN", True)
    people.change_person(actor, admin.id, {"name": "Still here"})
    people.change_person(actor, rep.id, {"role": "ADMIN"})
    people.change_person(actor, admin.id, changes)
    assert User.objects.filter(organization=admin.organization, role="ADMIN", is_active=True).get() == rep


def test_who_is_no_administrator_any_more_changes_nobody(actor: Actor, admin: User, rep: User) -> None:
    make_user(admin.organization, "other@acme.example")
    User.objects.filter(id=admin.id).update(role="REP")
    with pytest.raises(PermissionDenied):
        people.change_person(actor, rep.id, {"role": "ADMIN"})


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": " "}, "required"),
        ({"name": "\u200b"}, "required"),
        ({"name": "a\x00b"}, "invalid"),
        ({"name": "a\u202eb"}, "invalid"),
        ({"name": "\ud800"}, "invalid"),
        ({"name": "x" * 121}, "max_length"),
        ({"role": "x"}, "choice"),
    ],
)
def test_what_a_person_cannot_be(actor: Actor, rep: User, changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as error:
        people.change_person(actor, rep.id, changes)
    assert code(error) == wrong


def test_people_of_others_are_not_there(actor: Actor, stranger: User) -> None:
    invitation, _token = invitations.invite(Actor.of_user(stranger), "x@globex.example", "REP")
    key, _text = create_api_key(stranger, "x", ["read"])
    for act in (
        lambda: people.change_person(actor, stranger.id, {"role": "REP"}),
        lambda: people.make_password_link(actor, stranger.id),
        lambda: invitations.renew_invitation(actor, invitation.id),
        lambda: invitations.withdraw_invitation(actor, invitation.id),
        lambda: administration.get_person(actor, stranger.id),
        lambda: administration.get_invitation(actor, invitation.id),
        lambda: administration.revoke_key(actor, key.id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(ValidationError):
        administration.make_key(actor, stranger.id, "x", ["read"])
    assert set(administration.list_people(actor)) == {User.objects.get(id=actor.user_id)}
    assert not administration.list_keys(actor).exists()
    assert not administration.list_invitations(actor).exists()


def test_an_operator_is_changed_by_operators_alone(actor: Actor, rep: User) -> None:
    User.objects.filter(id=rep.id).update(is_staff=True)
    with pytest.raises(PermissionDenied):
        people.make_password_link(actor, rep.id)
    with pytest.raises(PermissionDenied):
        people.change_person(actor, rep.id, {"is_active": False})
    people.change_person(actor, rep.id, {"role": "MANAGER"})
    User.objects.filter(id=actor.user_id).update(is_staff=True)
    people.make_password_link(actor, rep.id)


def test_only_administrators_and_no_key(admin: User, rep: User, manager: User) -> None:
    by_key = Actor(admin.organization_id, admin.id, admin.role, via=Via.KEY)
    narrow = Actor(admin.organization_id, admin.id, admin.role, frozenset({"read"}))
    for actor in (Actor.of_user(rep), Actor.of_user(manager), by_key, narrow):
        for act in (
            lambda: invitations.invite(actor, "x@acme.example", "ADMIN"),
            lambda: people.change_person(actor, rep.id, {"role": "ADMIN"}),
            lambda: people.make_password_link(actor, admin.id),
            lambda: administration.make_key(actor, admin.id, "x", ["admin"]),
            lambda: administration.change_organization(actor, {"name": "x"}),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert administration.list_people(by_key).count() == 3


# New passwords -------------------------------------------------------------------------------------------------------


def test_a_password_link_is_good_once(actor: Actor, rep: User, client: Client) -> None:
    client.force_login(rep)
    _person, token = people.make_password_link(actor, rep.id)
    assert links.find_reset(rep.id, token) == rep
    invitations.use_password_link(rep.id, token, "another-good-password")
    assert authenticate(None, username=rep.email, password="another-good-password") == rep
    assert client.get("/").status_code == 302
    with pytest.raises(NotFound):
        invitations.use_password_link(rep.id, token, "a-third-password")
    assert kinds() == ["sign_in", "password_link_created", "password_changed"]
    with pytest.raises(NotFound):
        links.find_reset(actor.user_id, people.make_password_link(actor, rep.id)[1])


def test_deactivation_ends_a_password_link(actor: Actor, rep: User) -> None:
    _person, token = people.make_password_link(actor, rep.id)
    people.change_person(actor, rep.id, {"is_active": False})
    with pytest.raises(NotFound):
        links.find_reset(rep.id, token)
    with pytest.raises(Conflict):
        people.make_password_link(actor, rep.id)


# Keys, and the organization ------------------------------------------------------------------------------------------


def test_keys_are_made_for_people_and_end(actor: Actor, rep: User) -> None:
    key, text = administration.make_key(
        actor, rep.id, " Sync ", ["read"], expires_at=timezone.now() + timedelta(days=1)
    )
    assert (key.name, key.user, key.scopes) == ("Sync", rep, ["read"])
    assert Api(None, x_api_key=text).get("/v1/custom-objects").status == 200
    administration.revoke_key(actor, key.id)
    administration.revoke_key(actor, key.id)
    assert Api(None, x_api_key=text).get("/v1/custom-objects").status == 401
    assert kinds() == ["key_created", "key_revoked"]


def test_refused_keys(actor: Actor, rep: User) -> None:
    for more, wrong in (
        ({"scopes": []}, "choice"),
        ({"scopes": ["root"]}, "choice"),
        ({"name": ""}, "required"),
        ({"expires_at": timezone.now()}, "min"),
        ({"user_id": uuid4()}, "not_found"),
    ):
        given: dict[str, Any] = {"user_id": rep.id, "name": "x", "scopes": ["read"], **more}
        with pytest.raises(ValidationError) as error:
            administration.make_key(actor, **given)
        assert code(error) == wrong
    User.objects.filter(id=rep.id).update(is_active=False)
    with pytest.raises(ValidationError) as error:
        administration.make_key(actor, rep.id, "x", ["read"])
    assert code(error) == "inactive"
    assert not ApiKey.objects.exists()


def test_the_organization_is_renamed_and_coloured(actor: Actor, stranger: User) -> None:
    changed = administration.change_organization(actor, {"name": " Acme  Ltd ", "hue": "teal"})
    assert (changed.name, changed.hue) == ("Acme Ltd", "teal")
    [entry] = AuditEntry.objects.all()
    assert entry.details == {"changes": {"name": ["Acme", "Acme Ltd"], "hue": ["blue", "teal"]}}
    administration.change_organization(actor, {"name": "Acme Ltd"})
    assert AuditEntry.objects.count() == 1
    for changes, kind in (
        ({"name": "Globex"}, Conflict),
        ({"name": ""}, ValidationError),
        ({"hue": "puce"}, ValidationError),
        ({"language": "xx"}, ValidationError),
        ({"time_zone": "../etc/passwd\x00"}, ValidationError),
        ({"name": "Other", "time_zone": "Mars/Olympus"}, ValidationError),
    ):
        with pytest.raises(kind):
            administration.change_organization(actor, changes)
    assert Organization.objects.get(id=actor.organization_id).name == "Acme Ltd"
    administration.change_organization(actor, {"language": "de", "time_zone": "Europe/Berlin"})
    assert AuditEntry.objects.latest("at").details == {
        "changes": {"language": ["", "de"], "timeZone": ["", "Europe/Berlin"]}
    }


def test_every_colour_of_pages_can_be_the_organizations() -> None:
    assert set(Hue.values) == set(PALETTE)


# Django's admin ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"role": "REP"}, {"is_active": ""}, {"organization": "other"}])
def test_djangos_admin_keeps_the_last_administrator(
    operator: Client, admin: User, stranger: User, changes: dict[str, str]
) -> None:
    path = f"/admin/accounts/user/{admin.id}/change/"
    form = {"email": admin.email, "name": "A", "organization": str(admin.organization_id), "role": "ADMIN"}
    form |= {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    if changes.get("organization"):
        changes = {"organization": str(stranger.organization_id)}
    sent = {name: value for name, value in (form | changes).items() if value}
    refused = operator.post(path, sent)
    assert refused.status_code == 200
    assert "no active administrator" in refused.content.decode()
    admin.refresh_from_db()
    assert (admin.role, admin.is_active, admin.organization.name) == ("ADMIN", True, "Acme")
    make_user(admin.organization, "second@acme.example")
    # Another rule keeps the last operator.
    User.objects.filter(id=stranger.id).update(is_staff=True, is_superuser=True)
    assert operator.post(path, sent).status_code == 302


def test_djangos_admin_notes_what_an_organization_is_called_now(operator: Client, admin: User) -> None:
    path = f"/admin/accounts/organization/{admin.organization_id}/change/"
    assert operator.post(path, {"name": "Acme Ltd", "hue": "blue"}).status_code == 302
    [entry] = AuditEntry.objects.filter(kind="organization_changed")
    assert (entry.via, entry.details) == ("admin", {"changes": {"name": ["Acme", "Acme Ltd"]}})
