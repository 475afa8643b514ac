"""Tables of addresses on the web, of JSON and of long texts, of several packages."""

from __future__ import annotations

from tests.services.table_corpus.reading import Delimited, Records
from tests.services.table_corpus.table import (
    CHECKBOX,
    DATE,
    FEW_NAMES,
    JSON,
    MIDNIGHTS,
    NUMBER,
    PICKLIST,
    SENTENCE,
    TEXT,
    TEXTAREA,
    URL,
    Kind,
)


def _csvkit(name: str, file: str, expected: dict[str, Kind], delimiter: str = ",", chosen: bool = False) -> Delimited:
    return Delimited(name, "csvkit", f"examples/{file}", expected, delimiter=delimiter, chosen=chosen)


TABLES: list[Delimited | Records] = [
    _csvkit(
        "works of art",
        "test_geo.csv",
        {
            "slug": TEXT,
            "title": TEXT,
            "artist": TEXT,
            "description": SENTENCE,
            "install_date": TEXT,  # empty
            "address": TEXT,
            "type": PICKLIST,
            "photo_url": URL,
            "photo_credit": FEW_NAMES,
            "last_seen_date": DATE,  # 3/30/12
            "latitude": NUMBER,
            "longitude": NUMBER,
        },
    ),
    _csvkit(
        "files",
        "realdata/README.csv",
        {"title": TEXT, "filename": TEXT, "url": URL, "retrieval_date": DATE},
    ),
    # It repeats its columns for up to three units and ten persons: the first of each is read.
    _csvkit(
        "events at power plants",
        "realdata/event-notification-rpt-lastmonth.txt",
        {
            "Event Desc": PICKLIST,
            "En No": NUMBER,
            "Site Name": TEXT,
            "Licensee Name": TEXT,
            "Region No": NUMBER,
            "City Name": TEXT,
            "State Cd": PICKLIST,
            "County Name": TEXT,
            "License No": TEXT,
            "Agreement State Ind": CHECKBOX,  # Y, N
            "Docket No": TEXT,  # 05000293
            "Unit Ind1": NUMBER,
            "Reactor Type": TEXT,
            "Nrc Notified By": TEXT,
            "Ops Officer": FEW_NAMES,
            "Notification Dt": MIDNIGHTS,  # 1/5/2011 00:00:00
            "Notification Time": TEXT,
            "Event Time": TEXT,
            "Time Zone": PICKLIST,
            "Emergency Class": PICKLIST,
            "Cfr Cd1": TEXT,  # 50.72(b)(3)(v)(D)
            "Cfr Descr1": PICKLIST,
            "Cfr Cd4": TEXT,  # empty
            "Staff Name1": TEXT,
            "Org Abbrev1": PICKLIST,
            "Scram Code 1": PICKLIST,
            "RX CRIT 1": CHECKBOX,
            "Initial PWR 1": NUMBER,
            "Initial RX Mode1": PICKLIST,
            "Current PWR 1": NUMBER,
            "Current RX Mode 1": PICKLIST,
            "Event Text": TEXTAREA,
        },
        delimiter="|",
        chosen=True,
    ),
    Records(
        "countries",
        "countryinfo",
        "countryinfo/data/*.json",
        {
            "name": TEXT,
            "capital": TEXT,
            "capital_latlng": JSON,
            "ISO": JSON,
            "altSpellings": JSON,
            "region": PICKLIST,
            "subregion": PICKLIST,
            "intermediateregion": PICKLIST,
            "timezoneNames": JSON,
            "area": NUMBER,
            "borders": JSON,
            "callingCodes": JSON,
            "currencies": JSON,
            "demonym": TEXT,
            "flag": URL,
            "geoJSON": JSON,
            "languages": JSON,
            "nativeName": TEXT,
            "population": NUMBER,
            "provinces": JSON,
            "translations": JSON,
            "wiki": URL,
        },
    ),
    Records(
        "sets of maps",
        "geodatasets",
        "geodatasets/json/database.json",
        {
            "name": TEXT,
            "url": URL,
            "license": PICKLIST,
            "attribution": PICKLIST,
            "description": SENTENCE,
            "geometry_type": PICKLIST,
            "nrows": NUMBER,
            "ncols": NUMBER,
            "details": URL,
            "hash": TEXT,
            "filename": TEXT,
            "members": JSON,
        },
    ),
]
