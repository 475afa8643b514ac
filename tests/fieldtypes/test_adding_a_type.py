"""A field type is one class: nothing else is told of it, and everything works with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.serializers import ChoiceField

import customobjects
from customobjects import fieldtypes
from customobjects.fieldtypes import TYPES, ColumnKind, FieldType, FormControl, ReferenceKind, ValueProblem, Widget
from customobjects.fieldtypes.keys import finite_number
from customobjects.fieldtypes.options import WholeNumber
from customobjects.models import Field, Record
from customobjects.services.purge import purge
from salesos.accounts.models import User
from salesos.rest import serializers
from tests.conftest import Api

STAR = "★"


class Rating(FieldType):
    """One to five stars, or as many as the field says."""

    key = "TEST_RATING"
    label = "Rating"
    icon = "star"
    description = "Stars: how good was it."
    place = 55
    control = "rating"
    column = ColumnKind.NUMBER
    filter_families = TYPES["NUMBER"].filter_families
    key_is_value = True
    option_list = (WholeNumber(name="stars", label="Most stars", least=2, most=10, default=5, fixed=True),)

    def parse(self, value: object) -> int:
        number = finite_number(value)
        if number is None or number != number.to_integral_value() or abs(number) > 10:
            raise ValueProblem("type", "must be a number of stars")
        return int(number)

    def check(self, value: int, current: Any = None) -> None:
        if not 1 <= value <= self.options["stars"]:
            raise ValueProblem("stars", f"must be 1 to {self.options['stars']} stars")

    def column_key(self, value: int) -> Decimal:
        return Decimal(value)

    def search_text(self, value: int) -> str:
        return f"{value} stars"

    def display(self, value: int, names: Mapping[str, str] | None = None) -> str:
        return STAR * value

    def csv(self, value: int) -> str:
        return STAR * value

    @classmethod
    def from_text(cls, text: str) -> object:
        return str(len(text)) if text and set(text) == {STAR} else text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": self.options["stars"]}

    def form_control(self, value: int | None = None) -> FormControl:
        choices = [(str(count), self.display(count)) for count in range(1, self.options["stars"] + 1)]
        return FormControl(widget=Widget.SELECT, choices=choices)

    def form_value(self, value: int) -> str:
        return str(value)


class Team(FieldType):
    """Some users."""

    key = "TEAM"
    label = "Team"
    icon = "group"
    description = "Who works on it."
    place = 155
    control = "team"
    reference_kind = ReferenceKind.USER
    multiple = True

    def parse(self, value: object) -> list[str]:
        if not isinstance(value, list):
            raise ValueProblem("type", "must be a list of ids")
        return list(map(str, value))

    def display(self, value: list[str], names: Mapping[str, str] | None = None) -> str:
        return " & ".join((names or {}).get(id_, id_) for id_ in value)

    def form_control(self, value: list[str] | None = None) -> FormControl:
        return FormControl(widget=Widget.SELECT_MULTIPLE, choices_from=ReferenceKind.USER)


def _subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from _subclasses(child)


def _forget_serializers() -> None:
    for made in vars(serializers).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two types, registered for one test."""
    before = list(TYPES)
    for type_ in (Rating, Team):
        fieldtypes.register(type_)
    # Serializers list the types when they are imported, and are kept; a type that is a file is there before them.
    _forget_serializers()
    for serializer in _subclasses(serializers.StrictSerializer):
        for field in serializer._declared_fields.values():
            if isinstance(field, ChoiceField) and list(field.choices) == before:
                monkeypatch.setitem(field._kwargs, "choices", list(TYPES))
    yield
    for type_ in (Rating, Team):
        if type_.key in TYPES:
            fieldtypes.unregister(type_)
    _forget_serializers()
    assert list(TYPES) == before


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def page(browser: Client, path: str) -> str:
    response = browser.get(path, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_type_stands_where_it_wants_to_and_its_key_is_its_own(added: None) -> None:
    keys = list(TYPES)
    assert [TYPES[key].place for key in keys] == sorted(type_.place for type_ in TYPES.values())
    imposter = type("Imposter", (Rating,), {"key": "TEXT"})
    with pytest.raises(ValueError, match="TEXT already"):
        fieldtypes.register(imposter)
    bound = Rating({"stars": 5})
    assert bound.clean(bound.from_text(bound.csv(4))) == 4


def test_in_the_api(added: None, api: Api) -> None:
    [listed] = [type_ for type_ in api.get("/v1/field-types").json["data"] if type_["key"] == "TEST_RATING"]
    assert listed["valueSchema"] == {"type": "integer", "minimum": 1, "maximum": 5}
    assert list(listed["optionsSchema"]["properties"]) == ["stars"]
    [_name, field] = api.make_object("Site", {"label": "Rating", "type": "TEST_RATING", "options": {"stars": 6}})[
        "fields"
    ]
    assert (field["type"], field["isIndexed"], field["options"]) == ("TEST_RATING", True, {"stars": 6})
    assert api.patch("site/fields/rating", {"options": {"stars": 7}}).problem("options.stars") == "immutable"
    assert api.patch("site/fields/rating", {"isUnique": True}).problem("isUnique") == "type"
    assert api.patch("site/fields/rating", {"defaultValue": 9}).problem("defaultValue") == "stars"

    for name, rating in (("Good", 5), ("Fair", "3"), ("Poor", 1), ("None", None)):
        api.make_record("site", name=name, rating=rating)
    refused = api.post("site/records", {"data": {"name": "Too good", "rating": 7}})
    assert refused.status == 400
    assert refused.problem("data.rating") == "stars"
    assert api.post("site/records", {"data": {"name": "x", "rating": True}}).problem("data.rating") == "type"

    assert api.names("site", sort="-rating") == ["Good", "Fair", "Poor", "None"]
    assert api.names("site", rating__gte=3, sort="rating") == ["Fair", "Good"]
    assert api.names("site", rating=1) == ["Poor"]
    assert api.names("site", rating__isnull="true") == ["None"]
    found = api.get("site/records/aggregate", metrics="avg:rating,max:rating").json["data"]
    assert found == [{"group": {}, "avg": {"rating": 3}, "max": {"rating": 5}}]
    groups = api.get("site/records/aggregate", groupBy="rating").json["data"]
    assert [group["group"]["rating"] for group in groups] == [1, 3, 5, None]


def test_on_the_pages(added: None, api: Api, browser: Client) -> None:
    api.make_object("Site")
    assert "Stars: how good was it." in page(browser, "/setup/objects/site/fields/new/")
    assert "Most stars" in page(browser, "/setup/objects/site/fields/new/?type=TEST_RATING")
    form = {"type": "TEST_RATING", "label": "Rating", "option_stars": "4", "default_value": "★★"}
    assert browser.post("/setup/objects/site/fields/new/", form).status_code == 302
    assert api.get("site").json["fields"][1]["defaultValue"] == 2
    assert '<option value="2" selected>★★</option>' in page(browser, "/setup/objects/site/fields/rating/")
    assert "Rating" in page(browser, "/setup/objects/site/")

    assert '<option value="2" selected>★★</option>' in page(browser, "/o/site/new/")
    refused = browser.post("/o/site/new/", {"data-name": "North", "data-rating": "5"})
    assert refused.status_code == 422
    assert "Rating must be 1 to 4 stars." in refused.content.decode()
    made = browser.post("/o/site/new/", {"data-name": "North", "data-rating": "4"})
    assert "★★★★" in page(browser, made.headers["Location"])
    assert '<option value="4" selected>★★★★</option>' in page(browser, made.headers["Location"] + "edit/")
    assert "★★★★" in page(browser, "/o/site/?sort=-rating")


def test_its_values_refer_to_users(added: None, api: Api, browser: Client, rep: User) -> None:
    api.make_object("Site", {"label": "Team", "type": "TEAM"})
    unknown = api.post("site/records", {"data": {"name": "x", "team": [str(rep.id), str(uuid4())]}})
    assert unknown.problem("data.team") == "not_found"
    record = api.make_record("site", team=[str(rep.id), str(api.user.id)])
    [expanded] = api.get("site/records", expand="team").json["data"]
    assert [user["name"] for user in expanded["expanded"]["team"]] == ["rep", "admin"]
    assert "rep &amp; admin" in page(browser, f"/o/site/r/{record['id']}/")
    assert f'<option value="{rep.id}" selected>rep</option>' in page(browser, f"/o/site/r/{record['id']}/edit/")


def test_it_goes_without_a_trace(added: None, api: Api, browser: Client, settings: Any) -> None:
    settings.TRASH_DAYS = 0
    api.make_object("Site", {"label": "Rating", "type": "TEST_RATING"})
    record = api.make_record("site", name="North", rating=5)
    assert api.delete("site/fields/rating").status == 204
    purge(lambda line: None)
    fieldtypes.unregister(Rating)
    assert not Field.objects.filter(type="TEST_RATING").exists()
    [row] = Record.objects.all()
    assert (row.data, row.overflow) == ({"name": "North"}, None)
    assert "stars" not in row.search_text
    assert api.get(f"site/records/{record['id']}").json["data"] == {"name": "North"}
    assert "TEST_RATING" not in {type_["key"] for type_ in api.get("/v1/field-types").json["data"]}
    assert api.post("site/fields", {"label": "R", "type": "TEST_RATING"}).problem("type") == "choice"
    assert "TEST_RATING" not in page(browser, "/setup/objects/site/fields/new/")
    assert "North" in page(browser, "/o/site/")


# What modules outside the package may name: the types of a record's own properties, of sample data, and the like.
NAMED = {
    "management/sample/records.py": set(TYPES),
    "queries/subjects.py": {"DATETIME", "USER"},
    # Notes and titles are texts as fields have them.
    "services/attached.py": {"Text", "TextArea"},
    "services/activities.py": {"DateTime"},
    # Times are grouped by their days.
    # What settings hold is JSON as records hold it.
    "queries/shapes.py": {"JSON"},
    "web/lists/conditions.py": {"DATE"},
    "web/lists/groups.py": {"DATE"},
    # What a column of a table seems to be is found out for these.
    "services/table_import/lookups.py": {"TEXT", "PICKLIST", "EMAIL", "AUTO_NUMBER", "USER"},
    "services/table_import/plans.py": {"TEXT", "LOOKUP", "PICKLIST"},
    "services/table_import/proposals.py": set(TYPES) - {"LOOKUP", "USER", "AUTO_NUMBER"},
    "web/forms/table_import.py": set(TYPES) - {"AUTO_NUMBER"},
    # What the texts of a table mean, in words; amounts begin with the usual currency.
    "web/table_words.py": {"NUMBER", "CURRENCY", "PERCENT", "DATE", "DATETIME", "USER", "TEXT"},
    "web/forms/usual.py": {"CURRENCY"},
    # Programs to copy have values that fields take.
    "web/snippets.py": set(TYPES) - {"LOOKUP", "USER", "AUTO_NUMBER"},
    # A record's head has its status.
    "web/views/record_page.py": {"Picklist"},
    # The owner is shown as a user.
    "web/revisions.py": {"USER"},
}


def test_nothing_outside_the_package_names_a_type() -> None:
    classes = {type_.__name__ for type_ in TYPES.values()}
    root = Path(customobjects.__file__).parent
    for path in root.rglob("*.py"):
        place = path.relative_to(root)
        if place.parts[0] in ("fieldtypes", "migrations"):
            continue
        named = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in TYPES:
                named.add(node.value)
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("customobjects.fieldtypes"):
                named |= classes & {alias.name for alias in node.names}
        assert named <= NAMED.get(str(place), set()), place
