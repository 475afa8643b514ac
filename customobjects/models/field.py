from __future__ import annotations

from django.db import models

from customobjects.models.base import PRESENT, Authored
from customobjects.models.custom_object import CustomObject
from salesos import json


class Field(Authored):
    """One typed attribute of an object.

    - ``api_name`` and ``type`` never change.
    - ``number`` is the field's own within its object and never given twice; ``search_text`` marks values with it.
    - ``data_key`` is where ``Record.data`` keeps the value: the ``api_name``, or, where a deleted field of that name
      is not purged yet, a name that no value has been kept under.
    - ``group`` is the heading that the field stands under on a record's page and in its forms; empty: under none.
    - ``column`` is the typed column that mirrors the value, or empty. ``filling`` is the one that is to, and has the
      values of new records already; when the background has filled in the old ones' too, it becomes ``column``.
    - ``fills_default`` says that the background is giving the default to records that are older than the field.
    - ``fill_number`` is the number that the background gives to the next record that is older than the field, or None.
    - ``fills_text`` says that the background is writing the records' names and search texts anew, since the field has
      become the primary one, or its values look different.
    - ``unique_key_id`` is the name of the keys of its values where it is unique; None: its id.
    - ``filled_to`` is the last record that the background has done, ``filled_count`` how many; those last written
      before the object's version ``fill_version`` are to get the default.
    - ``emptying`` says how many lookups the background has emptied, for each deletion of records that they are to.
    """

    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="fields")
    number = models.PositiveIntegerField()
    api_name = models.CharField(max_length=60)
    data_key = models.CharField(max_length=80)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=20)
    group = models.CharField(max_length=80, blank=True, default="", db_default="")
    help_text = models.CharField(max_length=500, blank=True, default="")
    is_required = models.BooleanField(default=False)
    is_unique = models.BooleanField(default=False)
    unique_key_id = models.UUIDField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    default_value = models.JSONField(null=True, encoder=json.Encoder, decoder=json.Decoder)
    order = models.PositiveIntegerField(default=0)
    options = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)
    column = models.CharField(max_length=20, blank=True, default="")
    filling = models.CharField(max_length=20, blank=True, default="")
    fills_default = models.BooleanField(default=False)
    fill_number = models.PositiveBigIntegerField(null=True, editable=False)
    fills_text = models.BooleanField(default=False)
    filled_to = models.UUIDField(null=True, editable=False)
    filled_count = models.PositiveBigIntegerField(default=0)
    fill_version = models.PositiveIntegerField(default=0)
    emptying = models.JSONField(default=dict, db_default={}, editable=False)
    # The object that a LOOKUP points at.
    target = models.ForeignKey(CustomObject, null=True, on_delete=models.RESTRICT, related_name="lookups")
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["custom_object", "api_name"], condition=PRESENT, name="field_api_name_once"
            ),
            models.UniqueConstraint(fields=["custom_object", "data_key"], name="field_data_key_once"),
            models.UniqueConstraint(fields=["custom_object", "number"], name="field_number_once"),
            models.UniqueConstraint(
                fields=["custom_object", "column"], condition=~models.Q(column=""), name="field_column_once"
            ),
        ]

    @property
    def key_name(self) -> str:
        """What the unique keys of its values are kept under, while it is unique."""
        return str(self.unique_key_id or self.id)

    def __str__(self) -> str:
        return self.label
