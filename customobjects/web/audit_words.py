"""The audit log in words, with links to what it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.queries.audit import Subjects
from customobjects.queries.objects import as_uuid
from customobjects.queries.people import SERVER, SOMEBODY
from customobjects.queries.totals import records_in_words
from customobjects.services.naming import reference_of
from customobjects.web.languages import Language
from salesos.accounts.audit import Kind
from salesos.accounts.models import AuditEntry, User

# What of a user or an organization was changed, in words.
PROPERTIES = {
    "email": "e-mail",
    "name": "name",
    "role": "role",
    "hue": "colour",
    "language": "format of numbers and dates",
    "timeZone": "time zone",
    "isActive": "active",
    "isOperator": "operator",
    "isSuperuser": "superuser",
    "organizationId": "organization",
}
ROLES = dict(User.Role.choices)
THROUGH = {
    "api": "API",
    "key": "API key",
    "page": "page",
    "admin": "operations pages",
    "system": "server",
}
Details = Mapping[str, Any]


def who(entry: AuditEntry) -> str:
    """Who did it."""
    if entry.user is not None:
        return str(entry.user)
    return SERVER.capitalize() if entry.via == "system" else SOMEBODY.capitalize()


def what(entry: AuditEntry, subjects: Subjects) -> SafeString:
    """What was done, as the end of a sentence that begins with who did it."""
    say = SENTENCES.get(entry.kind)
    return say(entry.details, subjects) if say else format_html("{}", entry.get_kind_display().lower())


def _plain(text: str) -> Callable[[Details, Subjects], SafeString]:
    return lambda _details, _subjects: format_html("{}", text)


def _about_person(text: str, id_name: str = "targetUserId", email_name: str = "targetUserEmail") -> Any:
    def say(details: Details, subjects: Subjects) -> SafeString:
        return format_html(text, person=_person(details.get(id_name), details.get(email_name), subjects))

    return say


def _person(id_: Any, email: Any, subjects: Subjects) -> SafeString:
    found = subjects.people.get(as_uuid(str(id_ or "")))  # type: ignore[arg-type]
    if found is None:
        return format_html("{}", email or SOMEBODY)
    return format_html('<a href="{}">{}</a>', reverse("web:person", args=[found.id]), found)


def _changed(details: Details, subjects: Subjects) -> SafeString:
    person = _person(details.get("targetUserId"), details.get("targetUserEmail"), subjects)
    return format_html("changed {}: {}", person, _changes(details))


def _changes(details: Details) -> str:
    said: list[str] = []
    for name, (old, new) in dict(details.get("changes") or {}).items():
        label = PROPERTIES.get(name) or str(name)
        said.append(label if name == "organizationId" else f"{label} from {_value(old)} to {_value(new)}")
    return ", ".join(said)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(ROLES.get(value, value)) if value else "nothing"


def _role(details: Details, subjects: Subjects) -> SafeString:
    old, new = dict(details.get("changes") or {}).get("role", ("", ""))
    person = _person(details.get("targetUserId"), details.get("targetUserEmail"), subjects)
    return format_html("changed the role of {} from {} to {}", person, _value(old), _value(new))


def _invitation(text: str) -> Callable[[Details, Subjects], SafeString]:
    def say(details: Details, _subjects: Subjects) -> SafeString:
        return format_html(text, email=details.get("email", SOMEBODY), role=_value(details.get("role")))

    return say


def _key(verb: str) -> Callable[[Details, Subjects], SafeString]:
    def say(details: Details, subjects: Subjects) -> SafeString:
        person = _person(details.get("targetUserId"), details.get("targetUserEmail"), subjects)
        address = reverse("web:setup-keys")
        return format_html('{} the API key <a href="{}">{}</a> of {}', verb, address, details.get("name", ""), person)

    return say


def _object(verb: str) -> Callable[[Details, Subjects], SafeString]:
    return lambda details, subjects: format_html("{} the object {}", verb, _object_link(details, subjects))


def _object_link(details: Details, subjects: Subjects) -> SafeString:
    found = subjects.objects.get(as_uuid(str(details.get("objectId", ""))))  # type: ignore[arg-type]
    if found is None:
        return format_html("{}", details.get("objectApiName", ""))
    return format_html('<a href="{}">{}</a>', reverse("web:record-list", args=[reference_of(found)]), found.plural_name)


def _records(verb: str) -> Callable[[Details, Subjects], SafeString]:
    def say(details: Details, subjects: Subjects) -> SafeString:
        return format_html("{} {} of {}", verb, _count(details), _object_link(details, subjects))

    return say


def _count(details: Details) -> str:
    return records_in_words(int(details.get("count") or 0), Language.current().number)


def _handed_over(details: Details, subjects: Subjects) -> SafeString:
    of = _person(details.get("targetUserId"), details.get("targetUserEmail"), subjects)
    to = _person(details.get("toUserId"), details.get("toUserEmail"), subjects)
    return format_html("handed {} of {} over to {}", _count(details), of, to)


def _failed(text: str) -> Callable[[Details, Subjects], SafeString]:
    def say(details: Details, _subjects: Subjects) -> SafeString:
        return format_html("{} as {}", text, details.get("email", "nobody known"))

    return say


SENTENCES: Mapping[str, Callable[[Details, Subjects], SafeString]] = {
    Kind.SIGN_IN: _plain("signed in"),
    Kind.SIGN_IN_FAILED: _failed("failed to sign in"),
    Kind.SIGN_IN_REFUSED: _failed("tried too often to sign in"),
    Kind.SIGN_OUT: _plain("signed out"),
    Kind.USER_CREATED: _about_person("made the account of {person}"),
    Kind.USER_CHANGED: _changed,
    Kind.ROLE_CHANGED: _role,
    Kind.USER_DEACTIVATED: _about_person("deactivated {person}"),
    Kind.USER_REACTIVATED: _about_person("reactivated {person}"),
    Kind.INVITATION_CREATED: _invitation("invited {email} as {role}"),
    Kind.INVITATION_RENEWED: _invitation("renewed the invitation of {email}"),
    Kind.INVITATION_WITHDRAWN: _invitation("withdrew the invitation of {email}"),
    Kind.INVITATION_ACCEPTED: _invitation("accepted the invitation as {role}"),
    Kind.PASSWORD_LINK_CREATED: _about_person("made a link for a new password of {person}"),
    Kind.PASSWORD_CHANGED: _about_person("changed the password of {person}"),
    Kind.KEY_CREATED: _key("made"),
    Kind.KEY_REVOKED: _key("revoked"),
    Kind.OBJECT_DELETED: _object("deleted"),
    Kind.OBJECT_RESTORED: _object("restored"),
    Kind.RECORDS_DELETED: _records("deleted"),
    Kind.RECORDS_EXPORTED: _records("exported"),
    Kind.RECORDS_HANDED_OVER: _handed_over,
    Kind.ORGANIZATION_CHANGED: lambda details, _: format_html("changed the organization: {}", _changes(details)),
    Kind.AUDIT_EXPORTED: _plain("exported the audit log"),
}
