"""What a value of each type is: one class a type, found here by its key.

Adding a type is adding a file to this package with a subclass of ``FieldType`` in it. The package knows no model and
no request, so that the same rules hold in the API, in forms, in files and in tests.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from customobjects.fieldtypes.base import ColumnKind, FieldType, FilterFamily, ValueProblem

__all__ = ["TYPES", "ColumnKind", "FieldType", "FilterFamily", "ValueProblem"]


def _discover() -> Mapping[str, type[FieldType]]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    found: dict[str, type[FieldType]] = {}
    families = [FieldType]
    while families:
        for subclass in families.pop().__subclasses__():
            families.append(subclass)
            if "key" in vars(subclass):
                found[subclass.key] = subclass
    return MappingProxyType(dict(sorted(found.items(), key=lambda entry: entry[1].place)))


TYPES: Mapping[str, type[FieldType]] = _discover()
