"""Tables that R's packages made known, of pydataset and plotnine: companies, cars, schools, surveys, matches."""

from __future__ import annotations

from tests.services.table_corpus.reading import Delimited
from tests.services.table_corpus.table import (
    CHECKBOX,
    DATE,
    DATETIME,
    FEW_NAMES,
    FLAG,
    NUMBER,
    PICKLIST,
    TEXT,
    URL,
    Kind,
)


def _r(name: str, file: str, expected: dict[str, Kind], skip: int = 1) -> Delimited:
    return Delimited(name, "pydataset", f"pydataset/resources/rdata/csv/{file}.csv", expected, skip=skip)


def _plotnine(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "plotnine", f"plotnine/data/{file}.csv", expected)


TABLES = [
    _r(
        "lifeboats",
        "vcd/Lifeboats",
        {
            "launch": DATETIME,
            "side": PICKLIST,
            "boat": TEXT,  # 7, 16, C
            "crew": NUMBER,
            "men": NUMBER,
            "women": NUMBER,
            "total": NUMBER,
            "cap": NUMBER,
        },
    ),
    _r(
        "football matches",
        "vcd/Bundesliga",
        {
            "HomeTeam": PICKLIST,
            "AwayTeam": PICKLIST,
            "HomeGoals": NUMBER,
            "AwayGoals": NUMBER,
            "Round": NUMBER,
            "Year": NUMBER,
            "Date": DATETIME,
        },
    ),
    _r("baboons", "KMsurv/baboon", {"date": DATE, "time": NUMBER, "observed": FLAG}),  # 25/11/63
    _r(
        "polls",
        "pscl/AustralianElectionPolling",
        {
            "ALP": NUMBER,
            "Lib": NUMBER,
            "Nat": NUMBER,
            "Green": NUMBER,
            "FamilyFirst": NUMBER,
            "Dems": NUMBER,
            "OneNation": NUMBER,
            "DK": NUMBER,
            "sampleSize": NUMBER,
            "org": PICKLIST,  # Morgan, F2F
            "startDate": DATE,
            "endDate": DATE,
            "source": URL,
            "remark": FEW_NAMES,
        },
    ),
    _r(
        "journals",
        "Ecdat/Journals",
        {
            "title": TEXT,
            "pub": FEW_NAMES,  # 52 publishers of 180 journals
            "society": CHECKBOX,
            "libprice": NUMBER,
            "pages": NUMBER,
            "charpp": NUMBER,
            "citestot": NUMBER,
            "date1": NUMBER,  # a year
            "oclc": NUMBER,
            "field": PICKLIST,
        },
    ),
    _r(
        "computers",
        "Ecdat/Computers",
        {
            "price": NUMBER,
            "speed": NUMBER,
            "hd": NUMBER,
            "ram": NUMBER,
            "screen": NUMBER,
            "cd": CHECKBOX,
            "multi": CHECKBOX,
            "premium": CHECKBOX,
            "ads": NUMBER,
            "trend": NUMBER,
        },
    ),
    _r(
        "abbreviations of states",
        "Ecdat/USstateAbbreviations",
        {
            "Name": TEXT,
            "Status": PICKLIST,
            "ISO": TEXT,
            "ANSI.letters": TEXT,
            "ANSI.digits": TEXT,  # 01
            "USPS": TEXT,
            "USCG": TEXT,
            "Old.GPO": TEXT,
            "AP": TEXT,
            "Other": TEXT,
        },
    ),
    _r(
        "companies of Forbes",
        "HSAUR/Forbes2000",
        {
            "rank": NUMBER,
            "name": TEXT,
            "country": PICKLIST,
            "category": PICKLIST,
            "sales": NUMBER,
            "profits": NUMBER,
            "assets": NUMBER,
            "marketvalue": NUMBER,
        },
    ),
    _r(
        "cars of 1993",
        "MASS/Cars93",
        {
            "Manufacturer": FEW_NAMES,  # 32 of 93 cars
            "Model": TEXT,  # Integra, 90, 535i
            "Type": PICKLIST,
            "Min.Price": NUMBER,
            "Price": NUMBER,
            "Max.Price": NUMBER,
            "MPG.city": NUMBER,
            "MPG.highway": NUMBER,
            "AirBags": PICKLIST,
            "DriveTrain": PICKLIST,
            "Cylinders": PICKLIST,  # 4, 6, rotary
            "EngineSize": NUMBER,
            "Horsepower": NUMBER,
            "RPM": NUMBER,
            "Rev.per.mile": NUMBER,
            "Man.trans.avail": CHECKBOX,
            "Fuel.tank.capacity": NUMBER,
            "Passengers": NUMBER,
            "Length": NUMBER,
            "Wheelbase": NUMBER,
            "Width": NUMBER,
            "Turn.circle": NUMBER,
            "Rear.seat.room": NUMBER,
            "Luggage.room": NUMBER,
            "Weight": NUMBER,
            "Origin": PICKLIST,
            "Make": TEXT,
        },
    ),
    _r(
        "survey of students",
        "MASS/survey",
        {
            "Sex": PICKLIST,
            "Wr.Hnd": NUMBER,
            "NW.Hnd": NUMBER,
            "W.Hnd": PICKLIST,
            "Fold": PICKLIST,
            "Pulse": NUMBER,
            "Clap": PICKLIST,
            "Exer": PICKLIST,
            "Smoke": PICKLIST,
            "Height": NUMBER,
            "M.I": PICKLIST,
            "Age": NUMBER,
        },
    ),
    _r(
        "cereals",
        "MASS/UScereal",
        {
            "": TEXT,  # the names of the cereals
            "mfr": PICKLIST,
            "calories": NUMBER,
            "protein": NUMBER,
            "fat": NUMBER,
            "sodium": NUMBER,
            "fibre": NUMBER,
            "carbo": NUMBER,
            "sugars": NUMBER,
            "shelf": NUMBER,
            "potassium": NUMBER,
            "vitamins": PICKLIST,  # enriched, 100%, none
        },
        skip=0,
    ),
    _r(
        "voters of Chile",
        "car/Chile",
        {
            "region": PICKLIST,
            "population": NUMBER,
            "sex": PICKLIST,
            "age": NUMBER,
            "education": PICKLIST,
            "income": NUMBER,
            "statusquo": NUMBER,
            "vote": PICKLIST,  # Y, N, U, A
        },
    ),
    _r(
        "salaries of professors",
        "car/Salaries",
        {
            "rank": PICKLIST,
            "discipline": PICKLIST,
            "yrs.since.phd": NUMBER,
            "yrs.service": NUMBER,
            "sex": PICKLIST,
            "salary": NUMBER,
        },
    ),
    _r(
        "occupations",
        "car/Prestige",
        {
            "": TEXT,  # the names of the occupations
            "education": NUMBER,
            "income": NUMBER,
            "women": NUMBER,
            "prestige": NUMBER,
            "census": NUMBER,
            "type": PICKLIST,
        },
        skip=0,
    ),
    _r(
        "flights of the shuttle",
        "vcd/SpaceShuttle",
        {
            "FlightNumber": TEXT,  # 1, 41B
            "Temperature": NUMBER,
            "Pressure": NUMBER,
            "Fail": CHECKBOX,
            "nFailures": NUMBER,
            "Damage": NUMBER,
        },
    ),
    _r(
        "releases of R",
        "Ecdat/CRANpackages",
        {"Version": TEXT, "Date": DATE, "Packages": NUMBER, "Source": PICKLIST},  # 2.10 comes behind 2.9
    ),
    _r(
        "days away from school",
        "MASS/quine",
        {"Eth": PICKLIST, "Sex": PICKLIST, "Age": PICKLIST, "Lrn": PICKLIST, "Days": NUMBER},
    ),
    _r(
        "tips",
        "reshape2/tips",
        {
            "total_bill": NUMBER,
            "tip": NUMBER,
            "sex": PICKLIST,
            "smoker": CHECKBOX,
            "day": PICKLIST,
            "time": PICKLIST,
            "size": NUMBER,
        },
    ),
    _r(
        "items of a test",
        "psych/bfi.dictionary",
        {
            "": TEXT,
            "ItemLabel": TEXT,
            "Item": TEXT,
            "Giant3": PICKLIST,
            "Big6": PICKLIST,
            "Little12": PICKLIST,
            "Keying": NUMBER,
            "IPIP100": PICKLIST,
        },
        skip=0,
    ),
    _r("questions", "psych/epi.dictionary", {"": TEXT, "Content": TEXT}, skip=0),
    _plotnine("presidents", "presidential", {"name": TEXT, "start": DATE, "end": DATE, "party": PICKLIST}),
    _plotnine(
        "mammals asleep",
        "msleep",
        {
            "name": TEXT,
            "genus": TEXT,
            "vore": PICKLIST,
            "order": PICKLIST,
            "conservation": PICKLIST,
            "sleep_total": NUMBER,
            "sleep_rem": NUMBER,
            "sleep_cycle": NUMBER,
            "awake": NUMBER,
            "brainwt": NUMBER,  # 4e-04
            "bodywt": NUMBER,
        },
    ),
    _plotnine(
        "mileage",
        "mpg",
        {
            "manufacturer": PICKLIST,
            "model": FEW_NAMES,
            "displ": NUMBER,
            "year": NUMBER,
            "cyl": NUMBER,
            "trans": PICKLIST,
            "drv": PICKLIST,  # f, 4, r
            "cty": NUMBER,
            "hwy": NUMBER,
            "fl": PICKLIST,
            "class": PICKLIST,
        },
    ),
    _plotnine(
        "diamonds",
        "diamonds",
        {
            "carat": NUMBER,
            "cut": PICKLIST,
            "color": PICKLIST,
            "clarity": PICKLIST,
            "depth": NUMBER,
            "table": NUMBER,
            "price": NUMBER,
            "x": NUMBER,
            "y": NUMBER,
            "z": NUMBER,
        },
    ),
    _plotnine("economy", "economics_long", {"date": DATE, "variable": PICKLIST, "value": NUMBER, "value01": NUMBER}),
]
