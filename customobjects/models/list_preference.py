from __future__ import annotations

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from customobjects.models.custom_object import CustomObject
from salesos import json


class ListPreference(models.Model):
    """How a person likes the list of an object: columns, density, and the view they looked at last.

    ``queries.preferences`` says what ``values`` may be.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "custom_object"], name="list_preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.custom_object_id}"
