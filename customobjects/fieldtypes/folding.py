"""Folding: texts without what people leave out when they search, so that "lodz" finds "Łódź" and sorts beside it."""

from __future__ import annotations

import unicodedata
from typing import Any

# Longer keys would outgrow a B-tree page's share (PostgreSQL: 2,704 bytes; a character takes up to 4).
MAX_KEY_LENGTH = 255
# Stands in a text's key between what sorts it and what folding has lost: less than any character that people write, so
# that "zoë" comes right behind "zoe". Keys that begin with a key and this are of the same folded text.
KEY_END = "\x01"
BEHIND_KEY_END = "\x02"

# What typographers set for the plain ones that keyboards have. (Spaces and the ellipsis, Unicode itself takes apart.)
APOSTROPHES = (
    "\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\ua78c\uff07"
)
QUOTES = "\u00ab\u00bb\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u2e42\u301d\u301e\u301f\uff02"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
# Letters of their own for Unicode, and for most people a kind of the letter, or letters, here.
LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ȷ": "j",
    "ĸ": "k",
    "ŋ": "n",
    "ɖ": "d",
    "ƞ": "n",
    "ꜳ": "aa",
}
# A character with one of these in its name is a kind of the letter that the name begins with: ł, ø, đ, ħ, ŧ, ɓ, ƙ.
KINDS = (
    "STROKE,DIAGONAL STROKE,MIDDLE TILDE,HOOK,BAR,TOPBAR,PALATAL HOOK,RETROFLEX HOOK,SWASH TAIL,TAIL,CURL,BELT".split(
        ","
    )
)
# Accents of Latin, Greek and Cyrillic sit above, below or on a letter: their combining class is 200 or more. The
# voicing marks of Japanese, for example, have another, and make other letters.
LEAST_ACCENT = 200
# No character behind this one has a combining class.
LAST_ACCENT = 0x1FFFF
# Nor is any behind this one Latin, but for those that Unicode itself takes apart.
LAST_LATIN = 0xABFF

# What ends a line, or a table's cell, in some text or other.
BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_BREAKS = dict.fromkeys(map(ord, BREAKS), "\n")


def _plain_letter(name: str) -> str:
    """The letter that a Latin one of that Unicode name is a kind of, or nothing."""
    letter, _with, _rest = name.removeprefix("LATIN SMALL LETTER ").partition(" WITH ")
    is_kind = name.startswith("LATIN SMALL LETTER ") and any(f" WITH {kind}" in name for kind in KINDS)
    return letter.lower() if is_kind and len(letter) == 1 else ""


def _tables() -> tuple[dict[int, str | None], dict[int, str | None]]:
    """What becomes of characters before a text is taken apart, and then of the parts."""
    before: dict[int, str | None] = {0x2044: "/", 0x2215: "/"}
    for plain, many in (("'", APOSTROPHES), ('"', QUOTES), ("-", DASHES)):
        before |= dict.fromkeys(map(ord, many), plain)
    after: dict[int, str | None] = {ord(letter): plain for letter, plain in LETTERS.items()}
    for code in range(LAST_ACCENT + 1):
        character = chr(code)
        if unicodedata.combining(character) >= LEAST_ACCENT:
            after[code] = None
        elif 0x80 < code < LAST_LATIN and (plain := _plain_letter(unicodedata.name(character, ""))):
            after.setdefault(code, plain)
    # Marks that only say where a word may break, or which way it runs: nobody sees them.
    before |= dict.fromkeys([0x00AD, 0x034F, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0xFEFF])
    before |= dict.fromkeys([*range(0x2060, 0x2065), *range(0x2066, 0x206A)])
    return before, after


_BEFORE, _AFTER = _tables()


def composed(text: str) -> str:
    """``text`` in the one form of it that is stored and compared: Unicode's NFC.

    "Zoë" can be sent in two ways that look the same, with one character for the ë, or with an e and a mark.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def single_line(text: str) -> str:
    """``text`` as one line: a run of line breaks and tabs in it is a space, and at its ends nothing.

    What people paste from a table or a document has such.
    """
    if text.isprintable() or not BREAKS.intersection(text):
        return text
    return " ".join(filter(None, (line.strip() for line in text.translate(_BREAKS).split("\n"))))


def composed_json(value: Any) -> Any:
    """A JSON value with all its texts composed, the names of properties among them."""
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, list):
        return [composed_json(entry) for entry in value]
    if isinstance(value, dict):
        return {composed(name): composed_json(entry) for name, entry in value.items()}
    return value


def caseless(text: str) -> str:
    """``text`` without case, and with all else that tells texts apart."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def fold(text: str) -> str:
    """``text`` without case, accents, strokes and ligatures, with plain apostrophes, quotes and dashes."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.translate(_BEFORE).casefold()).translate(_AFTER)
    if spread.isascii():
        return spread.lower()
    # What was taken apart may show what is still to fold: the Roman numeral Ⅻ is three capitals.
    joined = unicodedata.normalize("NFKC", spread.translate(_BEFORE).casefold())
    return joined if joined == text else fold(joined)


def text_behind(start: str) -> str:
    """The least text that is greater, byte by byte, than every text that begins with ``start``."""
    for place in range(len(start) - 1, -1, -1):
        code = ord(start[place]) + 1
        if code <= 0x10FFFF:
            # Half of a surrogate pair is no character.
            return start[:place] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)
    return "\U0010ffff" * 255


def search_fold(text: str) -> str:
    """``text`` as searches compare it: folded, every run of spaces and control characters one space."""
    return spaced_fold(text).strip()


def spaced_fold(text: str) -> str:
    """``search_fold`` with the spaces at the ends, each run of them one: where "os " is not "os"."""
    folded = fold(text)
    if not folded.isprintable():
        folded = "".join(c if c.isprintable() else " " for c in folded)
    words = " ".join(folded.split())
    if len(words) == len(folded):
        return words
    if not words:
        return " "
    return f"{' ' if folded[0].isspace() else ''}{words}{' ' if folded[-1].isspace() else ''}"
