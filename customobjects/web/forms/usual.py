"""What options of a new field begin with, where the organization has a usual one."""

from __future__ import annotations

from typing import Any

from customobjects.fieldtypes import TYPES, FieldType
from customobjects.queries.objects import usual_option
from customobjects.web.languages import Language
from salesos.accounts.actor import Actor

# What says in which currency a field's amounts are.
CURRENCY = next(option for option in TYPES["CURRENCY"].option_list if option.name == "currency")


def usual_currency(actor: Actor) -> str:
    """The code of the currency that most fields have, else that of where the person's language is spoken."""
    return usual_option(actor, "CURRENCY", CURRENCY.name) or Language.current().currency


def usual_options(actor: Actor, type_: type[FieldType]) -> dict[str, Any]:
    """What options of a type begin with, rather than with their defaults. One query, where there is such an option."""
    if CURRENCY not in type_.option_list:
        return {}
    currency = usual_currency(actor)
    return {CURRENCY.name: currency} if currency else {}
