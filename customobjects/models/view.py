from __future__ import annotations

from django.conf import settings as project
from django.db import models

from customobjects.models.base import Authored
from customobjects.models.custom_object import CustomObject
from salesos import json
from salesos.accounts.models import Organization


class ViewKind(models.TextChoices):
    """The ways in which a view shows records."""

    GRID = "grid"
    KANBAN = "kanban"
    CALENDAR = "calendar"
    CHART = "chart"


class View(Authored):
    """A saved way to look at the records of an object.

    - ``owner`` is the person whose own view it is, and None where it is shared with everybody.
    - ``settings`` are as they were when they were written; ``queries.view_settings`` says what they may be, and what of
      them can be used now.
    - ``version`` grows with every change of it, but for that of its place among others, ``order``.
    - ``is_default`` says that the object's list begins with it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="views", db_index=False)
    owner = models.ForeignKey(project.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=ViewKind)
    icon = models.CharField(max_length=40)
    order = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)
    version = models.PositiveIntegerField(default=1)
    # A shared view outlives who made it, and keeps nobody from being deleted.
    created_by = models.ForeignKey(
        project.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    updated_by = models.ForeignKey(
        project.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["custom_object", "owner", "order", "id"], name="view_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["custom_object"], condition=models.Q(is_default=True), name="view_default_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(owner__isnull=True), name="view_default_is_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name
