"""The tables of the product, one file a model."""

from customobjects.models.activity import Activity, ActivityKind
from customobjects.models.attached import Attached
from customobjects.models.auto_number_counter import AutoNumberCounter
from customobjects.models.background_task import BackgroundTask
from customobjects.models.custom_object import CustomObject
from customobjects.models.field import Field
from customobjects.models.form_use import FormUse
from customobjects.models.hand_over import HandOver, HandOverState
from customobjects.models.heartbeat import Heartbeat
from customobjects.models.home_preference import HomePreference
from customobjects.models.list_preference import ListPreference
from customobjects.models.note import Note
from customobjects.models.object_order import ObjectOrder
from customobjects.models.record import Record
from customobjects.models.record_link import RecordLink
from customobjects.models.revision import Revision, RevisionKind
from customobjects.models.schema_revision import SchemaRevision
from customobjects.models.table_import import ImportState, RefusedRow, TableImport
from customobjects.models.transaction_base import TransactionBase
from customobjects.models.unique_key import UniqueKey
from customobjects.models.view import View, ViewKind

__all__ = [
    "Activity",
    "ActivityKind",
    "Attached",
    "AutoNumberCounter",
    "BackgroundTask",
    "CustomObject",
    "Field",
    "FormUse",
    "HandOver",
    "HandOverState",
    "Heartbeat",
    "HomePreference",
    "ImportState",
    "ListPreference",
    "Note",
    "ObjectOrder",
    "Record",
    "RecordLink",
    "RefusedRow",
    "Revision",
    "RevisionKind",
    "SchemaRevision",
    "TableImport",
    "TransactionBase",
    "UniqueKey",
    "View",
    "ViewKind",
]
