"""The people of an organization, for its administrators: who is there, who is invited, and what they may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customobjects.api.base import MetaSerializer
from customobjects.api.filters import UserFilterSet
from customobjects.api.pagination import page_response
from customobjects.api.parameters import PageQuerySerializer, parameters, split_parameters
from customobjects.models import HandOver
from customobjects.models.hand_over import HandOverState
from customobjects.queries.objects import as_uuid
from customobjects.queries.ownership import find_hand_over
from customobjects.queries.totals import Total
from customobjects.services.hand_over import hand_over
from salesos.accounts import administration, invitations, people
from salesos.accounts.actor import actor_of
from salesos.accounts.models import Invitation, User
from salesos.accounts.people import MAX_NAME_LENGTH
from salesos.errors import NotFound
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Boolean, ChoiceField, Id, StrictSerializer, Text, body_of, json_of
from salesos.rest.viewsets import ApiViewSet

MAX_EMAIL_LENGTH = User._meta.get_field("email").max_length
# Whoever keeps answers must not keep these.
NOT_STORED = {"Cache-Control": "no-store"}


class MemberSerializer(StrictSerializer):
    """One of the people, as administrators see them."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    role = serializers.ChoiceField(choices=User.Role.choices, read_only=True)
    is_active = serializers.BooleanField(read_only=True)
    last_signed_in_at = serializers.DateTimeField(read_only=True, allow_null=True, source="last_login")
    created_at = serializers.DateTimeField(read_only=True)


class MemberChangeSerializer(StrictSerializer):
    """What of a person may be sent to change it."""

    name = Text(max_length=MAX_NAME_LENGTH, required=False)
    role = ChoiceField(choices=User.Role.choices, required=False)
    is_active = Boolean(required=False, help_text="`false` signs the person out at once, and refuses their keys.")


@extend_schema_serializer(many=False)
class MemberPageSerializer(StrictSerializer):
    data = MemberSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class InvitationSerializer(StrictSerializer):
    """Who is invited; ``link`` only in the answer that makes it."""

    left_out = frozenset({"link"})

    id = serializers.UUIDField(read_only=True)
    email = serializers.CharField(read_only=True)
    role = serializers.ChoiceField(choices=User.Role.choices, read_only=True)
    invited_by = serializers.UUIDField(read_only=True, allow_null=True, source="invited_by_id")
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    link = serializers.CharField(read_only=True, help_text="Where the person chooses a name and a password; told once.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = dict(super().to_representation(instance))
        if not hasattr(instance, "link"):
            shown.pop("link", None)
        return shown


@extend_schema_field({"type": "string", "format": "email", "minLength": 1, "maxLength": MAX_EMAIL_LENGTH})
class EmailText(Text):
    """An e-mail address, which is judged where people are invited."""


class InvitationCreateSerializer(StrictSerializer):
    email = EmailText(max_length=MAX_EMAIL_LENGTH)
    role = ChoiceField(choices=User.Role.choices, default=User.Role.REP)


@extend_schema_serializer(many=False)
class InvitationPageSerializer(StrictSerializer):
    data = InvitationSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = MetaSerializer(read_only=True)


class HandOverCreateSerializer(StrictSerializer):
    to = Id(help_text="The id of who is to own the records.")


class HandOverSerializer(StrictSerializer):
    """How far records are that go from one person to another."""

    id = serializers.UUIDField(read_only=True)
    of = serializers.UUIDField(read_only=True, source="of_id")
    to = serializers.UUIDField(read_only=True, source="to_id")
    state = serializers.ChoiceField(choices=HandOverState.choices, read_only=True)
    total = serializers.IntegerField(read_only=True)
    done = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(
        read_only=True, help_text="Records that stay, such as those of archived objects."
    )
    problem = serializers.CharField(read_only=True, help_text="Why it ended early, or why the first of those stays.")


def id_of(kind: str, reference: str) -> UUID:
    """The id that a path names. Raises ``NotFound`` for what is none."""
    id_ = as_uuid(reference)
    if id_ is None:
        raise NotFound.named(kind, reference)
    return id_


@extend_schema(tags=["Users"])
class UserViewSet(ApiViewSet, GenericViewSet[User]):
    """The people of the organization, for its administrators."""

    lookup_url_kwarg = "user_reference"
    # What the filters are described by; each action reads what its actor may see.
    queryset = User.objects.none()
    filterset_class = UserFilterSet

    @extend_schema("listUsers", parameters=[PageQuerySerializer], responses=MemberPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List the people of the organization.

        By e-mail, those who are deactivated among them. For administrators; a key takes the scopes `read` and `admin`,
        and changes nobody.
        """
        found = administration.list_people(actor_of(request))
        asked, _filters = split_parameters(request, PageQuerySerializer)
        found = self.filter_queryset(found)
        page, limit = asked["page"], asked["limit"]
        shown = [json_of(person, MemberSerializer) for person in found[(page - 1) * limit : page * limit]]
        return page_response(request, shown, Total(found.count()), page=page, limit=limit)

    @extend_schema("getUser", responses=MemberSerializer)
    def retrieve(self, request: Request, user_reference: str) -> RenderedResponse:
        """Get one of the people."""
        found = administration.get_person(actor_of(request), id_of("user", user_reference))
        return RenderedResponse(json_of(found, MemberSerializer))

    @extend_schema("changeUser", request=MemberChangeSerializer, responses=MemberSerializer)
    def partial_update(self, request: Request, user_reference: str) -> RenderedResponse:
        """Change one of the people: their name, their role, or whether they are active.

        Refused with `last_administrator` where no active administrator would be left.
        """
        id_ = id_of("user", user_reference)
        changed = people.change_person(actor_of(request), id_, body_of(request, MemberChangeSerializer))
        return RenderedResponse(json_of(changed, MemberSerializer))

    @extend_schema("handOverRecords", request=HandOverCreateSerializer, responses={202: HandOverSerializer})
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, user_reference: str) -> RenderedResponse:
        """Hand all records of a person over to another, in the background."""
        given = body_of(request, HandOverCreateSerializer)
        made = hand_over(actor_of(request), id_of("user", user_reference), given["to"])
        headers = {"Location": f"/v1/hand-overs/{made.id}"}
        return RenderedResponse(json_of(made, HandOverSerializer), status=status.HTTP_202_ACCEPTED, headers=headers)


@extend_schema(tags=["Users"])
class HandOverViewSet(ApiViewSet, GenericViewSet[HandOver]):
    """How far records are that go from one person to another."""

    lookup_url_kwarg = "hand_over_reference"
    queryset = HandOver.objects.none()

    @extend_schema("getHandOver", responses=HandOverSerializer)
    def retrieve(self, request: Request, hand_over_reference: str) -> RenderedResponse:
        """Get how far a hand over is."""
        found = find_hand_over(actor_of(request), id_of("hand over", hand_over_reference))
        return RenderedResponse(json_of(found, HandOverSerializer))


@extend_schema(tags=["Users"])
class InvitationViewSet(ApiViewSet, GenericViewSet[Invitation]):
    """Who is invited, for administrators."""

    lookup_url_kwarg = "invitation_reference"
    queryset = Invitation.objects.none()
    # Nobody keeps answers with links.
    takes_idempotency_key = False

    @extend_schema("listInvitations", parameters=[PageQuerySerializer], responses=InvitationPageSerializer)
    def list(self, request: Request) -> RenderedResponse:
        """List the open invitations, by e-mail."""
        found = administration.list_invitations(actor_of(request))
        asked = parameters(request, PageQuerySerializer)
        page, limit = asked["page"], asked["limit"]
        shown = [json_of(one, InvitationSerializer) for one in found[(page - 1) * limit : page * limit]]
        return page_response(request, shown, Total(found.count()), page=page, limit=limit)

    @extend_schema("inviteUser", request=InvitationCreateSerializer, responses={201: InvitationSerializer})
    def create(self, request: Request) -> RenderedResponse:
        """Invite somebody by a link, which the answer has, this once.

        It is good once, for seven days. The API sends no mail. An API key cannot do this.
        """
        made = invitations.invite(actor_of(request), **body_of(request, InvitationCreateSerializer))
        return _with_link(request, *made, status=status.HTTP_201_CREATED)

    @extend_schema("renewInvitation", request=None, responses=InvitationSerializer)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, invitation_reference: str) -> RenderedResponse:
        """Give an invitation a new link; the one before is no longer good."""
        id_ = id_of("invitation", invitation_reference)
        return _with_link(request, *invitations.renew_invitation(actor_of(request), id_))

    @extend_schema("withdrawInvitation", responses={204: None})
    def destroy(self, request: Request, invitation_reference: str) -> Response:
        """Withdraw an invitation; its link is no longer good."""
        invitations.withdraw_invitation(actor_of(request), id_of("invitation", invitation_reference))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _with_link(request: Request, invitation: Any, token: str, **more: Any) -> RenderedResponse:
    invitation.link = request.build_absolute_uri(reverse("web:join", args=[token]))
    return RenderedResponse(json_of(invitation, InvitationSerializer), headers=NOT_STORED, **more)
