"""Who is asking: organizations (the tenants), their users, and the API keys of their programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

from salesos.accounts.profiles import MAX_TAG_LENGTH, MAX_WORD_LENGTH, MAX_ZONE_LENGTH, Density, Hue, Profile, Theme


class Organization(models.Model):
    """A tenant. Every row of the product belongs to one, and no path leads from one to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    hue = models.CharField(max_length=MAX_WORD_LENGTH, choices=Hue, default=Hue.BLUE)
    # Of those of its people who have chosen none.
    language = models.CharField(max_length=MAX_TAG_LENGTH, blank=True, default="")
    time_zone = models.CharField(max_length=MAX_ZONE_LENGTH, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Since then the background deletes it with all that it has.
    deletion_began_at = models.DateTimeField("being deleted since", null=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LowercaseEmailField(models.EmailField):
    """An e-mail address in lower case, whoever writes it or looks for it, and in whatever way."""

    def to_python(self, value: Any) -> Any:
        return normalized_email(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


def normalized_email(text: str) -> str:
    """The one form of an e-mail address that people sign in with."""
    return text.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds them by e-mail whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=normalized_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def with_defaults(self) -> models.QuerySet[User]:
        """Users with what their organization has chosen for those who have not, in the same statement."""
        return self.annotate(
            default_language=models.F("organization__language"), default_time_zone=models.F("organization__time_zone")
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalized_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail and belongs to one organization, with one role in it."""

    class Role(models.TextChoices):
        """What a user may do; the rules stand in ``customobjects.access``."""

        ADMIN = "ADMIN", "Administrator"
        MANAGER = "MANAGER", "Manager"
        REP = "REP", "Representative"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="users")
    email = LowercaseEmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REP)
    is_active = models.BooleanField(default=True, help_text="Inactive users are refused on their very next request.")
    is_staff = models.BooleanField("operator", default=False, help_text="May open these operations pages.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Since then the row says only that there was somebody, for what they have written.
    deleted_at = models.DateTimeField("deleted", null=True, editable=False)
    # The ``profile``, in the row of the user, which every page reads anyway.
    language = models.CharField(max_length=MAX_TAG_LENGTH, blank=True, default="")
    time_zone = models.CharField(max_length=MAX_ZONE_LENGTH, blank=True, default="")
    density = models.CharField(max_length=MAX_WORD_LENGTH, choices=Density.choices, default=Density.COMPACT)
    theme = models.CharField(max_length=MAX_WORD_LENGTH, choices=Theme.choices, default=Theme.SYSTEM)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["organization"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]
        # The few operators, and the few who are not active, among all users of the installation.
        indexes = [
            models.Index("email", condition=models.Q(is_staff=True), name="user_operators"),
            models.Index("email", condition=models.Q(is_active=False), name="user_inactive"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def profile(self) -> Profile:
        """The settings in force: what the person has chosen, or else their organization.

        Where the user was not read ``with_defaults``, the organization may take a query.
        """
        language, time_zone = self.language, self.time_zone
        if not (language and time_zone):
            read = vars(self)
            if "default_language" not in read:
                read["default_language"] = self.organization.language
                read["default_time_zone"] = self.organization.time_zone
            language = language or read["default_language"]
            time_zone = time_zone or read["default_time_zone"]
        return Profile(language, time_zone, self.density, self.theme)


class Invitation(models.Model):
    """Somebody who is to become one of an organization's people, by a link. It goes when they do, or is withdrawn.

    They get its ``id``: what names them before they join names them afterwards. ``nonce`` is in the link, signed: a new
    one ends the links before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    email = LowercaseEmailField()
    role = models.CharField(max_length=10, choices=User.Role.choices, default=User.Role.REP)
    nonce = models.CharField(max_length=32, editable=False)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(fields=["organization", "email"], name="invited_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        """Whether its link is too old."""
        return self.expires_at <= timezone.now()


class TokenFamily(models.Model):
    """The refresh tokens that come of one signing in. ``token_id`` is the only one that is good now."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    token_id = models.CharField(max_length=32)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires_at}"


class ApiKey(models.Model):
    """A program's key. It acts for one user, with at most that user's rights, narrowed to its scopes.

    Only a hash of the key is stored; ``prefix`` is what people recognize it by.
    """

    class Scope(models.TextChoices):
        """What a key may do; ``ADMIN`` is changing objects and fields."""

        READ = "read", "Read"
        WRITE = "write", "Create and change records"
        DELETE = "delete", "Delete records"
        ADMIN = "admin", "Change objects and fields"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"
        verbose_name_plural = "API keys"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def organization(self) -> Organization:
        """That of its user."""
        return self.user.organization

    @property
    def is_usable(self) -> bool:
        """Whether the key authenticates now: not revoked, not expired, and its user active."""
        return self.revoked_at is None and not self.is_expired and self.user.is_active

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


def audit_kinds() -> list[tuple[str, Any]]:
    """The kinds of audit entries. Asked for by name, so that a new kind takes no migration."""
    return AuditEntry.Kind.choices


class AuditEntry(models.Model):
    """One thing that somebody did, or tried, that an administrator may have to account for.

    The database keeps entries as they are (``salesos.db.append_only``). They name their organization and their user
    without a constraint, so that none keeps anything from being deleted. An attempt to sign in as somebody who is not
    known belongs to no organization. ``ip`` is None where nobody asked from outside.
    """

    class Kind(models.TextChoices):
        """What was done."""

        SIGN_IN = "sign_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Failed to sign in"
        SIGN_IN_REFUSED = "sign_in_refused", "Tried to sign in too often"
        SIGN_OUT = "sign_out", "Signed out"
        USER_CREATED = "user_created", "Made a user"
        USER_CHANGED = "user_changed", "Changed a user"
        ROLE_CHANGED = "role_changed", "Changed a role"
        USER_DEACTIVATED = "user_deactivated", "Deactivated a user"
        USER_REACTIVATED = "user_reactivated", "Reactivated a user"
        INVITATION_CREATED = "invitation_created", "Invited somebody"
        INVITATION_RENEWED = "invitation_renewed", "Renewed an invitation"
        INVITATION_WITHDRAWN = "invitation_withdrawn", "Withdrew an invitation"
        INVITATION_ACCEPTED = "invitation_accepted", "Accepted an invitation"
        PASSWORD_LINK_CREATED = "password_link_created", "Made a link for a new password"
        USER_DELETED = "user_deleted", "Deleted a user"
        ORGANIZATION_DELETED = "organization_deleted", "Deleted an organization"
        PASSWORD_CHANGED = "password_changed", "Changed a password"
        KEY_CREATED = "key_created", "Made an API key"
        KEY_REVOKED = "key_revoked", "Revoked an API key"
        OBJECT_DELETED = "object_deleted", "Deleted an object"
        OBJECT_RESTORED = "object_restored", "Restored an object"
        RECORDS_DELETED = "records_deleted", "Deleted many records"
        RECORDS_EXPORTED = "records_exported", "Exported records"
        RECORDS_HANDED_OVER = "records_handed_over", "Handed over records"
        ORGANIZATION_CHANGED = "organization_changed", "Changed the organization"
        AUDIT_EXPORTED = "audit_exported", "Exported the audit log"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=30, choices=audit_kinds)
    user = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    via = models.CharField(max_length=10)
    ip = models.GenericIPAddressField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "audit entries"
        # A rare kind, or a person who did little, would be looked for among all entries otherwise.
        indexes = [
            models.Index("organization", models.F("at").desc(), models.F("id").desc(), name="audit_by_time"),
            models.Index("organization", "kind", models.F("at").desc(), models.F("id").desc(), name="audit_by_kind"),
            models.Index("organization", "user", models.F("at").desc(), models.F("id").desc(), name="audit_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


class Purging(models.Model):
    """That rows of an append-only table are being purged, for the time of one transaction."""

    name = models.CharField(max_length=63, primary_key=True)

    def __str__(self) -> str:
        return self.name
