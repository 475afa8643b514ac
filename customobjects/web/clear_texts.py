"""Numbers and dates that mean the same in every language, however the language itself would write them."""

from __future__ import annotations

import re

APOSTROPHES = "'’"
# A number with two kinds of marks, of which the last stands once: that is the point.
TWO_MARKS = re.compile(
    rf"(?P<whole>\d+(?P<group>[.,{APOSTROPHES} ])\d+(?:(?P=group)\d+)*)(?!(?P=group))[.,](?P<fraction>\d+)"
)


def with_two_marks(digits: str) -> str | None:
    """A number in which one mark groups digits and another is the point, as programs write it; None for other texts.

    Spaces in it are plain ones.
    """
    found = TWO_MARKS.fullmatch(digits)
    if found is None:
        return None
    first, *others = (len(group) for group in found["whole"].split(found["group"]))
    # By three; or, as in India, by two before the last three.
    is_grouped = others[-1] == 3 and any(first <= size and {*others[:-1]} <= {size} for size in (2, 3))
    if not is_grouped or int(found["whole"][0]) == 0:
        return None
    return f"{found['whole'].replace(found['group'], '')}.{found['fraction']}"


def order_with_points(first: str, last: str, order: str) -> str:
    """In which order a date with points has its parts: whoever writes points puts the day first, or the whole year.

    A short year may be at either end where the language, whose ``order`` it is, begins with the year.
    """
    if len(first) > 2:
        return "yMd"
    return order if order.startswith("y") and len(last) <= 2 else "dMy"
