"""What a value of each type is: one class a type, found here by its key.

Adding a type is adding a file to this package with a subclass of ``FieldType`` in it that has a ``key``; ``register``
adds one from elsewhere. The package knows no model and no request, so that the same rules hold in the API, in forms, in
files and in tests. Whoever has a value asks its type, and never which type it is.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart, FormControl, Notation, ReferenceKind, Widget
from customobjects.fieldtypes.kinds import ColumnKind, FilterFamily, ValueProblem

__all__ = [
    "DEFAULT_TYPE",
    "TYPES",
    "ColumnKind",
    "DisplayPart",
    "FieldType",
    "FilterFamily",
    "FormControl",
    "Notation",
    "ReferenceKind",
    "ValueProblem",
    "Widget",
    "register",
    "unregister",
]

# The type of the field that names an object's records, where nobody chose one.
DEFAULT_TYPE = "TEXT"

_types: dict[str, type[FieldType]] = {}
# All types by their keys, in the order in which a designer lists them.
TYPES: Mapping[str, type[FieldType]] = MappingProxyType(_types)


def register(type_: type[FieldType]) -> None:
    """Make a type one that fields can have. Raises ``ValueError`` where its key is another's."""
    if _types.get(type_.key, type_) is not type_:
        raise ValueError(f"there is a field type {type_.key} already: {_types[type_.key]!r}")
    _types[type_.key] = type_
    for known in sorted(_types.values(), key=lambda known: known.place):
        _types[known.key] = _types.pop(known.key)


def unregister(type_: type[FieldType]) -> None:
    """Take a type away again. Fields that have it are to be purged before."""
    del _types[type_.key]


def _discover() -> None:
    for module in pkgutil.iter_modules(__path__):
        for found in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, FieldType) and "key" in vars(found):
                register(found)


_discover()
