"""What the columns of tables seem to be, held against tables that others made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from customobjects.fieldtypes.palette import PALETTE
from customobjects.services.table_import.plans import label_of
from customobjects.services.table_import.proposals import Column, Proposal, looks_unique, propose, propose_as
from tests.services.table_corpus.tables import tables

LEAST_SHARE = 0.95


def proposal_of(*texts: str, name: str = "Column") -> Proposal:
    return propose(Column(name, texts))


def test_types_are_right_for_nearly_all_columns_of_the_corpus() -> None:
    # 70 tables of public packages and 17 that are generated; table_corpus/packages.txt says whose they are.
    wrong, total = [], 0
    for table in tables():
        for place, name in enumerate(table.rows[0]):
            expected = table.expected[name]
            found = propose(Column(name, [row[place] for row in table.rows[1:]])).type
            total += 1
            if found not in ((expected,) if isinstance(expected, str) else expected):
                wrong.append(f"{table.name}, {name}: {found} instead of {expected}")
    assert len(wrong) <= (1 - LEAST_SHARE) * total, "\n".join(wrong)


@pytest.mark.parametrize(
    ("texts", "type_", "values"),
    [
        (["13/02/2026", "01/02/2026"], "DATE", ["2026-02-13", "2026-02-01"]),
        (["02/13/2026", "02/01/2026"], "DATE", ["2026-02-13", "2026-02-01"]),
        (["31.12.26", "1.1.27"], "DATE", ["2026-12-31", "2027-01-01"]),
        (["2026-03-05 00:00:00", "2026-03-06 00:00:00"], "DATE", ["2026-03-05", "2026-03-06"]),
        (["5. März 2026", "9 août 2025", "Thu, Mar 5 2026"], "DATE", ["2026-03-05", "2025-08-09", "2026-03-05"]),
        (["3/5/2026 2:30 PM", "3/15/2026 12:05 AM"], "DATETIME", ["2026-03-05T14:30:00", "2026-03-15T00:05:00"]),
        (["1.234,5", "12"], "NUMBER", ["1234.5", "12"]),
        (["1 234,5", "12"], "NUMBER", ["1234.5", "12"]),
        (["(1,234.50)", "\u2212.5"], "NUMBER", ["-1234.50", "-.5"]),
        (["0.30000000000000004", "1"], "NUMBER", ["0.300000000000000", "1"]),
        (["CHF 1'234.50", "CHF 12"], "CURRENCY", ["1234.50", "12"]),
        (["-5,00 €", "1.000,00 €"], "CURRENCY", ["-5.00", "1000.00"]),
        (["12,5 %", "3 %"], "PERCENT", ["12.5", "3"]),
        (["Ja", "nein"], "CHECKBOX", [True, False]),
    ],
)
def test_texts_are_read_as_the_whole_column_means_them(
    texts: Sequence[str], type_: str, values: Sequence[object]
) -> None:
    proposal = proposal_of(*texts)
    assert proposal.type == type_
    assert proposal.rivals == ()
    found = [proposal.reading.read(text) for text in texts]
    assert [str(value).removesuffix("+00:00") for value in found] == [str(value) for value in values]


@pytest.mark.parametrize("texts", [["01/02/2026", "03/04/2026"], ["1.234", "5.678"], ["$1.234", "$9.999"]])
def test_a_column_that_could_mean_two_things_says_so(texts: Sequence[str]) -> None:
    assert proposal_of(*texts).rivals


@pytest.mark.parametrize(
    "texts", [["00123", "00456"], ["2.9.1", "2.10"], ["10:30", "11:45"], ["12 kg", "13 kg"], ["", ""], ["A-1", "B-2"]]
)
def test_what_is_no_quantity_stays_a_text(texts: Sequence[str]) -> None:
    assert proposal_of(*texts).type == "TEXT"


def test_words_for_no_value_are_told_and_not_taken_for_texts() -> None:
    proposal = proposal_of("1", "2", "NA", "unknown", "3", "4")
    assert (proposal.type, proposal.missing) == ("NUMBER", ("NA", "unknown"))
    # Among texts, only words that no text is.
    assert proposal_of("Na", "He", "NA", "-").missing == ("NA",)


@pytest.mark.parametrize(
    "odd",
    ["docking station missing; ask Tom", "two\nlines", "carriage\rreturn", "end ", "x" * 300, "\x00"],
)
def test_what_no_value_of_a_list_can_be_makes_no_picklist(odd: str) -> None:
    assert proposal_of(*["fine", "screen scratched", odd] * 5).type in ("TEXT", "TEXTAREA")


@pytest.mark.parametrize(
    ("texts", "type_"),
    [
        (["The battery was replaced in March.", "Lent to the branch in Graz, back in May", "New keyboard"], "TEXT"),
        (["Akku getauscht, das Gerät läuft wieder.", "Ladegerät fehlt! Bitte nachfragen, wer es hat."], "TEXT"),
        (["Trucks and Truck Tractors, Wheeled", "Cable, Cord and Wire Assemblies: Power", "Hand Tools"], "PICKLIST"),
        (["Waiting for an answer of the customer", "Waiting for an answer of the vendor"], "PICKLIST"),
        (["red; blue", "blue", "red", "green; red", "green"], "MULTI_PICKLIST"),
    ],
)
def test_remarks_are_texts_though_few_are_different(texts: Sequence[str], type_: str) -> None:
    assert proposal_of(*texts * 6).type == type_


@pytest.mark.parametrize(
    ("texts", "is_unique"),
    [
        (["ann@example.com", "bob@example.com"], True),
        (["ann@example.com", "", "bob@example.com", "n/a", "n/a"], True),
        (["ann@example.com", "bob@example.com", "Ann@Example.com"], False),
        (["ann@example.com", "bob@example.com", "ann@example.com"], False),
    ],
)
def test_addresses_of_which_no_two_are_the_same_tell_people_apart(texts: Sequence[str], is_unique: bool) -> None:
    column = Column("E-mail", texts)
    assert propose(column).type == "EMAIL"
    assert looks_unique(column, propose(column)) is is_unique


def test_a_person_may_know_better() -> None:
    column = Column("Code", ["1", "2", "x"])
    assert propose(column).type == "TEXT"
    number = propose_as(column, "NUMBER")
    assert [number.reading.read(text) for text in column.texts] == ["1", "2", None]
    choices = propose_as(column, "PICKLIST")
    assert [choice["value"] for choice in choices.options["values"]] == ["1", "2", "x"]


def test_values_to_choose_from_get_colors_in_turn() -> None:
    kinds = [f"Kind {number:02}" for number in range(13)]
    values = proposal_of(*kinds * 3).options["values"]
    assert [choice["value"] for choice in values] == kinds
    colors = [choice["color"] for choice in values]
    assert len(set(colors[:11])) == 11
    assert colors[11:] == colors[:2]
    assert PALETTE["gray"] not in colors
    several = propose_as(Column("Tags", ["red|blue", "blue|green", "green"]), "MULTI_PICKLIST")
    assert len({choice["color"] for choice in several.options["values"]}) == 3


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("engine_type", "Engine Type"),
        ("lastService", "Last Service"),
        ("serial number", "Serial Number"),
        ("USD", "USD"),
        ("Zuletzt gesehen", "Zuletzt gesehen"),
        (" Date of  purchase ", "Date of purchase"),
    ],
)
def test_fields_are_called_as_columns_are(name: str, label: str) -> None:
    assert label_of(name) == label
