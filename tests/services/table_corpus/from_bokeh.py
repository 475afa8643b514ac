"""Tables of bokeh_sampledata and vega_datasets: sales, airports, cities, elements, weather, prices."""

from __future__ import annotations

from tests.services.table_corpus.reading import Delimited
from tests.services.table_corpus.table import (
    CODE,
    DATE,
    DATETIME,
    FLAG,
    NUMBER,
    PICKLIST,
    TEXT,
    Kind,
)


def _bokeh(name: str, file: str, expected: dict[str, Kind], header: tuple[str, ...] = ()) -> Delimited:
    return Delimited(name, "bokeh_sampledata", f"bokeh_sampledata/_data/{file}", expected, header=header)


def _vega(name: str, file: str, expected: dict[str, Kind]) -> Delimited:
    return Delimited(name, "vega_datasets", f"vega_datasets/_data/{file}", expected)


COUNTIES: dict[str, Kind] = {
    "Area": TEXT,
    "State": TEXT,  # 01
    "County": TEXT,  # 001
    "Name": TEXT,
    "Year": NUMBER,
    "Labour force": NUMBER,  # with commas, and spaces behind
    "Employed": NUMBER,
    "Unemployed": NUMBER,
    "Rate": NUMBER,
}
COMMITS: dict[str, Kind] = {"day": PICKLIST, "time": DATETIME}  # 22 Apr 2017 15:11:58 -0500

TABLES = [
    _bokeh(
        "superstore",
        "SampleSuperstore.csv.gz",
        {
            "Ship Mode": PICKLIST,
            "Segment": PICKLIST,
            "Country": PICKLIST,
            "City": TEXT,
            "State": PICKLIST,
            "Postal Code": CODE,
            "Region": PICKLIST,
            "Category": PICKLIST,
            "Sub-Category": PICKLIST,
            "Sales": NUMBER,
            "Quantity": NUMBER,
            "Discount": NUMBER,
            "Profit": NUMBER,
        },
    ),
    _bokeh(
        "airports of the United States",
        "airports.csv",
        {
            "AirportID": NUMBER,
            "Name": TEXT,
            "City": TEXT,
            "Country": PICKLIST,
            "IATA": TEXT,
            "ICAO": TEXT,
            "Latitude": NUMBER,
            "Longitude": NUMBER,
            "Altitude": NUMBER,
            "Timezone": TEXT,  # empty
            "DST": TEXT,  # empty
            "TZ": TEXT,  # empty
            "Type": PICKLIST,
            "source": PICKLIST,
        },
    ),
    _bokeh(
        "elements",
        "elements.csv",
        {
            "atomic number": NUMBER,
            "symbol": TEXT,
            "name": TEXT,
            "atomic mass": (NUMBER, TEXT),  # a fifth has brackets around it
            "CPK": TEXT,
            "electronic configuration": TEXT,
            "electronegativity": NUMBER,
            "atomic radius": NUMBER,
            "ion radius": TEXT,  # 76 (+1)
            "van der Waals radius": NUMBER,
            "IE-1": NUMBER,
            "EA": NUMBER,
            "standard state": PICKLIST,
            "bonding type": PICKLIST,
            "melting point": NUMBER,
            "boiling point": NUMBER,
            "density": NUMBER,
            "metal": PICKLIST,
            "year discovered": (NUMBER, TEXT),  # "Ancient" in 17 rows
            "group": (NUMBER, PICKLIST),  # 1 to 18, and "-" where there is none
            "period": NUMBER,
        },
    ),
    _bokeh("browsers", "browsers_nov_2013.csv", {"Browser Version": TEXT, "Market Share Perc. (Nov 2013)": NUMBER}),
    _bokeh(
        "sprinters",
        "sprint.csv",
        {"Name": TEXT, "Country": TEXT, "Medal": PICKLIST, "Time": NUMBER, "Year": NUMBER},
    ),
    _bokeh(
        "routes",
        "routes.csv.gz",
        {
            "Airline": PICKLIST,
            "AirlineID": NUMBER,
            "Source": TEXT,
            "SourceID": NUMBER,
            "Destination": TEXT,
            "DestinationID": NUMBER,
            "Codeshare": TEXT,  # empty
            "Stops": NUMBER,
            "Equipment": TEXT,  # empty
        },
    ),
    _bokeh(
        "passengers of the Titanic",
        "titanic_all.csv",
        {"name": TEXT, "class": PICKLIST, "age": NUMBER, "sex": PICKLIST, "survived": FLAG},
    ),
    _bokeh("unemployment of counties", "unemployment09.csv.gz", COUNTIES, tuple(COUNTIES)),
    _bokeh("commits", "commits.txt.gz", COMMITS, tuple(COMMITS)),
    _bokeh("glucose", "CGM.csv.gz", {"isig": NUMBER, "datetime": DATETIME, "glucose": NUMBER}),
    _bokeh("cities of the world", "world_cities.csv.gz", {"name": TEXT, "lat": NUMBER, "lng": NUMBER}),
    _bokeh(
        "population",
        "population.csv.gz",
        {
            "LocID": NUMBER,
            "Location": PICKLIST,
            "Year": NUMBER,
            "Sex": PICKLIST,
            "AgeGrp": PICKLIST,  # 10-14
            "AgeGrpStart": NUMBER,
            "Value": NUMBER,
        },
    ),
    _bokeh("cows", "cows.csv", {"butterfat": NUMBER, "age": PICKLIST, "breed": PICKLIST}),
    _bokeh("groups of countries", "gapminder_regions.csv", {"Country": TEXT, "Group": PICKLIST, "ID": TEXT}),
    _bokeh(
        "temperature of the sea",
        "sea_surface_temperature.csv.gz",
        {"time (UTC)": DATETIME, "temperature (celsius)": NUMBER},
    ),
    _bokeh(
        "antibiotics",
        "antibiotics.csv",
        {"bacteria": TEXT, "penicillin": NUMBER, "streptomycin": NUMBER, "neomycin": NUMBER, "gram": PICKLIST},
    ),
    _vega(
        "small airports",
        "airports.csv",
        {
            "iata": TEXT,
            "name": TEXT,
            "city": TEXT,
            "state": PICKLIST,
            "country": PICKLIST,
            "latitude": NUMBER,
            "longitude": NUMBER,
        },
    ),
    _vega("electricity", "iowa-electricity.csv", {"year": DATE, "source": PICKLIST, "net_generation": NUMBER}),
    _vega(
        "riots",
        "la-riots.csv",
        {
            "first_name": TEXT,
            "last_name": TEXT,
            "age": NUMBER,
            "gender": PICKLIST,
            "race": PICKLIST,
            "death_date": DATE,
            "address": TEXT,
            "neighborhood": TEXT,
            "type": PICKLIST,
            "longitude": NUMBER,
            "latitude": NUMBER,
        },
    ),
    _vega(
        "weather of Seattle",
        "seattle-weather.csv",
        {
            "date": DATE,  # 2012/01/01
            "precipitation": NUMBER,
            "temp_max": NUMBER,
            "temp_min": NUMBER,
            "wind": NUMBER,
            "weather": PICKLIST,
        },
    ),
    _vega("prices of shares", "stocks.csv", {"symbol": PICKLIST, "date": DATE, "price": NUMBER}),  # Jan 1 2000
    _vega("temperatures of San Francisco", "sf-temps.csv", {"temp": NUMBER, "date": DATETIME}),
]
