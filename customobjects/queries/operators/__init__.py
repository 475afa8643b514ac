"""How filters compare: one class an operator. The API lists them in the order in which they are imported here."""

# isort: off
from customobjects.queries.operators.base import (
    OPERATORS,
    Comparison,
    Operator,
    find_operator,
    operators_of,
    text_operand,
)
from customobjects.queries.operators.values import Exact, IsNull
from customobjects.queries.operators.texts import IContains
from customobjects.queries.operators.lists import Has
# isort: on

__all__ = [
    "OPERATORS",
    "Comparison",
    "Exact",
    "Has",
    "IContains",
    "IsNull",
    "Operator",
    "find_operator",
    "operators_of",
    "text_operand",
]
