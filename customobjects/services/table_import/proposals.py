"""Which field a column is to become: its type, the options, and how its texts are read.

A type is proposed only where it takes every text of the column, but for words that stand for no value, about which a
person is asked. Nothing here reads or writes the database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import orjson

from customobjects.fieldtypes import TYPES, ValueProblem
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH, caseless
from customobjects.fieldtypes.palette import in_turn
from customobjects.services.table_import.moments import Days, Moments
from customobjects.services.table_import.readings import (
    ALL_CURRENCIES,
    MISSING_AMONG_TEXTS,
    MISSING_WORDS,
    Amounts,
    AsWritten,
    Flags,
    Lists,
    Numbers,
    Percentages,
    Reading,
    currencies,
)
from salesos.errors import ValidationError

# Other words may stand for no value, too, where all else are numbers or dates: "unknown", "TBD".
MAX_ODD_WORDS, MAX_SHARE_OF_ODD = 2, 0.2
ODD_WORD = re.compile(r"[^0-9]{1,20}")
# A list of values, as people choose from: at most so many, short, and each there so often on average.
# A longer list has to come back more often.
PICKLISTS = ((50, 3), (100, 20))
MAX_PICKLIST_LENGTH = 60
# Texts that are longer on average are remarks where so many are sentences: names have capitals, and no marks.
MAX_AVERAGE_OF_CHOICES, LEAST_SHARE_OF_SENTENCES = 25, 0.25
LEAST_SMALL_WORDS, MARKS = 2, (".", ",", ";", ":", "!", "?")
# Of which at least so many of a column's texts hold several.
LEAST_SHARE_OF_LISTS = 0.1
# Texts of so many characters on average take more than one line, and so does a column of which so many have several.
LONG_TEXT = 100
LEAST_SHARE_OF_LINES = 0.1
MAX_CODE_LENGTH = 20
PHONE_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "CH", "AT", "JP", "IN", "AU")
PHONE_NAME = re.compile(r"phone|fon\b|mobile|\btel\b|telef|\bfax\b|\bcell\b|handy|portable|電話", re.IGNORECASE)
PHONE_LOOKS = re.compile(r"[+(]?[0-9][-0-9 ()./]{6,}")
PHONE_SIGNS = frozenset("+( ")
FLAG_NAME = re.compile(r"^(is|has|was|can|does|did)[ _A-Z]|\?$|flag$")
TEXTS = frozenset({"TEXT", "TEXTAREA", "PICKLIST", "MULTI_PICKLIST"})
# Columns of which no two rows share a value on purpose.
KEY_NAME = re.compile(r"(^|[ _-])(id|code|key|number|no|nr|sku|iata|icao|faa|isbn|ean|serial)\.?$", re.IGNORECASE)
SURE_FLAGS = frozenset({("true", "false"), ("yes", "no"), ("ja", "nein"), ("oui", "non"), ("wahr", "falsch")})


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and its texts, the empty ones among them."""

    name: str
    texts: Sequence[str]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text that is not empty occurs, in the order in which they first do."""
        return Counter(filter(None, self.texts))

    @cached_property
    def has_empty(self) -> bool:
        return "" in self.texts


@dataclass(frozen=True)
class Proposal:
    """What a column is to become.

    ``missing`` are the words of it that stand for no value. ``rivals`` are other readings of the same texts that would
    make other values of them, so that a person is to say which is meant.
    """

    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading = AsWritten()  # noqa: RUF009 -- it is a value
    missing: tuple[str, ...] = ()
    rivals: tuple[Reading, ...] = ()


def propose(column: Column, zone: str = "UTC") -> Proposal:
    """What a column is to become. Times without a zone are of ``zone``, by its name in the IANA's list."""
    if not column.counts:
        return Proposal("TEXT")
    read = [partial(_read, type_=type_, zone=zone) for type_ in ("DATE", "DATETIME", "PERCENT", "CURRENCY", "NUMBER")]
    recognizers: list[Callable[[Column], Proposal | None]] = [_flags, *read, _addresses, _json, _lists]
    for recognize in recognizers:
        if proposal := recognize(column):
            return proposal
    return _texts(column)


def propose_as(column: Column, type_: str, zone: str = "UTC") -> Proposal:
    """What a column is to become that somebody gave a type: read in the way that leaves the fewest texts unread."""
    proposal = propose(column, zone)
    if proposal.type == type_:
        return proposal
    words = MISSING_AMONG_TEXTS if type_ in TEXTS else MISSING_WORDS
    texts, missing = _parted(column, words)
    reading = min(ways_of(column, type_, zone), key=lambda way: sum(way.read(text) is None for text in texts))
    options = _options(type_, reading, [text for text in texts if reading.read(text) is not None])
    if type_ == "PICKLIST":
        options["values"] = _choices(texts)
    if type_ == "MULTI_PICKLIST":
        assert isinstance(reading, Lists)
        options["values"] = _choices({part for text in texts for part in reading.parts(text)})
    return Proposal(type_, options, reading, missing)


def ways_of(column: Column, type_: str, zone: str) -> list[Reading]:
    """The ways in which a column's texts may be written as those of a type: amounts in the currencies that it names."""
    return ways(type_, zone, sorted(currencies(column.counts)) if type_ == "CURRENCY" else ())


def ways(type_: str, zone: str, codes: Iterable[str] = ALL_CURRENCIES) -> list[Reading]:
    """The ways in which texts of a type may be written, the likeliest first: amounts in currencies of these codes."""
    match type_:
        case "CHECKBOX":
            return list(Flags.ways())
        case "DATE":
            return list(Days.ways())
        case "DATETIME":
            return list(Moments.ways(zone))
        case "PERCENT":
            return [*map(Percentages, Numbers.ways()), *Numbers.ways()]
        case "CURRENCY":
            return [*(Amounts(code, numbers) for code in codes for numbers in Numbers.ways()), *Numbers.ways()]
        case "NUMBER":
            return list(Numbers.ways())
        case "MULTI_PICKLIST":
            return list(Lists.ways())
    return [AsWritten()]


def _read(column: Column, *, type_: str, zone: str) -> Proposal | None:
    """What one of a type's readings makes of a column, where it reads all but words for no value."""
    fitting = []
    for way in ways_of(column, type_, zone):
        if type_ != "NUMBER" and isinstance(way, Numbers):
            # Nothing says that they are percentages, or of which currency.
            continue
        unread = _unread(column, way)
        if unread is not None and len(unread) < len(column.counts):
            fitting.append((way, unread))
    if not fitting:
        return None
    reading, missing = min(fitting, key=lambda found: len(found[1]))
    read = [text for text in column.counts if text not in missing]
    rivals = tuple(
        way
        for way, unread in fitting
        if way != reading and unread == missing and any(way.read(text) != reading.read(text) for text in read)
    )
    options = _options(type_, reading, read)
    if not _takes(type_, options, (reading.read(text) for text in read)):
        return None
    return Proposal(type_, options, reading, missing, rivals)


def _unread(column: Column, way: Reading) -> tuple[str, ...] | None:
    """The words of a column that stand for no value if it is read in some way; None where other texts are unread."""
    unread = [text for text in column.counts if way.read(text) is None]
    odd = [text for text in unread if text not in MISSING_WORDS]
    if len(odd) > MAX_ODD_WORDS or not all(map(ODD_WORD.fullmatch, odd)):
        return None
    # A word that comes often is a value itself.
    is_rare = sum(column.counts[text] for text in odd) <= MAX_SHARE_OF_ODD * column.counts.total()
    return tuple(unread) if is_rare else None


def _takes(type_: str, options: Mapping[str, Any], values: Iterable[object]) -> bool:
    """Whether there can be a field with such options, and it would take some values."""
    try:
        kind = TYPES[type_](TYPES[type_].clean_options(options))
        for value in values:
            kind.clean(value)
    except (ValidationError, ValueProblem):
        return False
    return True


def _options(type_: str, reading: Reading, texts: Iterable[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if type_ in ("NUMBER", "PERCENT", "CURRENCY"):
        least = 2 if type_ == "CURRENCY" else 0
        options["precision"] = max([least, *(_decimals(str(reading.read(text))) for text in texts)])
    if isinstance(reading, Amounts):
        options["currency"] = reading.currency
    return options


def _decimals(number: str) -> int:
    mantissa, _, exponent = number.lower().partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))


def _flags(column: Column) -> Proposal | None:
    words = {text.casefold() for text in column.counts}
    missing = tuple(text for text in column.counts if text in MISSING_WORDS)
    words -= {text.casefold() for text in missing}
    for way in Flags.ways():
        known = {way.yes, way.no} - {""}
        if not words or not words <= known:
            continue
        is_pair = words == known if way.no else column.has_empty
        is_meant = (way.yes, way.no) in SURE_FLAGS or (is_pair and (way.yes != "1" or FLAG_NAME.search(column.name)))
        if is_meant:
            return Proposal("CHECKBOX", {}, way, missing)
    return None


def _addresses(column: Column) -> Proposal | None:
    """E-mail addresses, web addresses and phone numbers, of which their own types know best."""
    texts, missing = _parted(column, MISSING_WORDS)
    if not texts:
        return None
    if all("@" in text for text in texts) and _takes("EMAIL", {}, texts):
        return Proposal("EMAIL", missing=missing)
    if all("." in text and " " not in text for text in texts) and _are_links(texts) and _takes("URL", {}, texts):
        return Proposal("URL", missing=missing)
    looks_so = all(map(PHONE_LOOKS.fullmatch, texts)) and not PHONE_SIGNS.isdisjoint("".join(texts))
    if looks_so or PHONE_NAME.search(column.name):
        for region in ("", *PHONE_REGIONS):
            options = {"region": region} if region else {}
            if _takes("PHONE", options, texts):
                return Proposal("PHONE", options, missing=missing)
        if PHONE_NAME.search(column.name) and _takes("PHONE", {"mode": "any"}, texts):
            return Proposal("PHONE", {"mode": "any"}, missing=missing)
    return None


def _are_links(texts: Sequence[str]) -> bool:
    """Whether most texts begin as links do: what else has a point in it is mostly none."""
    links = [text for text in texts if text.lower().startswith(("http://", "https://", "www."))]
    return 2 * len(links) > len(texts)


def _json(column: Column) -> Proposal | None:
    texts, missing = _parted(column, MISSING_WORDS)
    if not texts or not all(text[0] in "{[" and text[-1] in "}]" for text in texts):
        return None
    try:
        for text in texts:
            orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return Proposal("JSON", missing=missing)


def _lists(column: Column) -> Proposal | None:
    """A picklist, or one of which several values are chosen."""
    texts, missing = _parted(column, MISSING_AMONG_TEXTS)
    total = sum(column.counts[text] for text in texts)
    options = {"values": _choices(texts)}
    if _are_choices(texts, total) and _takes("PICKLIST", options, texts):
        return Proposal("PICKLIST", options, missing=missing)
    for way in Lists.ways():
        if sum(column.counts[text] for text in texts if way.between in text) < LEAST_SHARE_OF_LISTS * total:
            continue
        parts = list(dict.fromkeys(part for text in texts for part in way.parts(text)))
        options = {"values": _choices(parts)}
        are_choices = _are_choices(parts, sum(len(way.parts(text)) * column.counts[text] for text in texts))
        # Values that are chosen together come in other company, too; the parts of a remark do not.
        are_mixed = len(parts) <= len(texts)
        if are_choices and are_mixed and _takes("MULTI_PICKLIST", options, ([part] for part in parts)):
            return Proposal("MULTI_PICKLIST", options, way, missing)
    return None


def _are_choices(texts: Sequence[str], total: int) -> bool:
    """Whether texts, which are there so often in all, look like those of a list."""
    fits = any(len(texts) <= most and total >= times * len(texts) for most, times in PICKLISTS)
    return bool(texts and fits) and max(map(len, texts)) <= MAX_PICKLIST_LENGTH and not _are_remarks(texts)


def _are_remarks(texts: Sequence[str]) -> bool:
    """Whether texts are what somebody has written about something, and not names of what there is to choose."""
    if sum(map(len, texts)) <= MAX_AVERAGE_OF_CHOICES * len(texts):
        return False
    return sum(map(_is_sentence, texts)) >= LEAST_SHARE_OF_SENTENCES * len(texts)


def _is_sentence(text: str) -> bool:
    """Whether a text has several words that are no names, and a mark behind a word."""
    words = text.split()
    return sum(word[0].islower() for word in words) >= LEAST_SMALL_WORDS and any(word.endswith(MARKS) for word in words)


def _choices(texts: Iterable[str]) -> list[dict[str, Any]]:
    """The values of a picklist, in the order of the alphabet and coloured in turn; of those in other case, each."""
    ordered = sorted(texts, key=caseless)
    return [{"value": text, "color": color} for text, color in zip(ordered, in_turn(), strict=False)]


def _texts(column: Column) -> Proposal:
    texts, missing = _parted(column, MISSING_AMONG_TEXTS)
    total = sum(column.counts[text] for text in texts)
    length = sum(len(text) * column.counts[text] for text in texts)
    with_lines = sum(column.counts[text] for text in texts if "\n" in text)
    is_long = max(map(len, texts), default=0) > MAX_KEY_LENGTH or length > LONG_TEXT * total
    if is_long or with_lines > LEAST_SHARE_OF_LINES * total:
        return Proposal("TEXTAREA", missing=missing)
    return Proposal("TEXT", missing=missing)


def _parted(column: Column, words: frozenset[str]) -> tuple[list[str], tuple[str, ...]]:
    """A column's texts, and those of them that stand for no value."""
    missing = tuple(text for text in column.counts if text in words)
    return [text for text in column.counts if text not in missing], missing


def looks_unique(column: Column, proposal: Proposal) -> bool:
    """Whether a column seems to be what its rows are told apart by: each has a value, no two the same.

    People are told apart by their e-mail addresses, also where some have none.
    """
    if proposal.type == "EMAIL":
        kind = TYPES["EMAIL"](TYPES["EMAIL"].clean_options(proposal.options))
        try:
            found = [kind.identity(kind.clean(text)) for text in column.texts if text and text not in proposal.missing]
        except ValueProblem:
            return False
        return len(set(found)) == len(found)
    if proposal.type not in ("TEXT", "NUMBER") or len(column.counts) < len(column.texts) or proposal.missing:
        return False
    if proposal.type == "NUMBER":
        return bool(KEY_NAME.search(column.name)) and proposal.options["precision"] == 0
    identities = {caseless(text) for text in column.counts}
    return len(identities) == len(column.counts) and (bool(KEY_NAME.search(column.name)) or _are_codes(column.counts))


def _are_codes(texts: Iterable[str]) -> bool:
    """Whether texts are codes and not words: short, with a digit in each or in capital letters."""
    return all(
        len(text) <= MAX_CODE_LENGTH and " " not in text and (text.isupper() or any(c.isdigit() for c in text))
        for text in texts
    )
