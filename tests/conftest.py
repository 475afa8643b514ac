"""What most tests need: two organizations with people, and a client that speaks the API as a program would."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("SECRET_KEY", "for-tests-only-for-tests-only-for-tests-only-for-tests-only-1234")
os.environ.setdefault("HTTPS", "0")
(Path(__file__).resolve().parent.parent / "var").mkdir(exist_ok=True)

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from salesos import json
from salesos.accounts.actor import Actor
from salesos.accounts.models import Organization, User
from salesos.db.append_only import purging

# No test asserts how long something takes: a busy machine is no fault.
hypothesis.settings.register_profile("patient", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("patient")
# For ``script/test --quick``.
hypothesis.settings.register_profile("quick", max_examples=10, deadline=None)

PASSWORD = "correct-horse-battery"
OBJECTS = "/v1/custom-objects"
# The folders of the tests behind which the doctor looks, and what he looks at. Whether the background has forgotten
# something depends on which tasks a test did itself; a counter may be set back on purpose.
EXAMINED = {"api", "services"}
EXAMINED_BY = ["definition", "trash", "values", "links", "rows", "keys", "search", "notes"]
# A statement that does not end fails its own test, not all that would follow it.
STATEMENT_SECONDS = 120


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On one database there are no tests of what only the other one has."""
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    others = [item for item in items if item.get_closest_marker("postgresql" if is_sqlite else "sqlite")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Before the tests' database is connected to."""
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c statement_timeout={STATEMENT_SECONDS}s".strip()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """When the tests' database is there.

    Tests roll back what they store, so that to an autovacuum its tables are large and hold nothing. PostgreSQL would
    then plan for no records at all, and take hours for some.
    """
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = false)")


class Answer:
    """An answer of the API: its status, headers and exact JSON."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.text: str = response.content.decode()
        self.json: Any = json.loads(self.text) if self.text else None

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:2000]}>"

    def problem(self, field: str = "") -> str:
        """The code of the problem at a property. Fails where there is none; checks the error shape."""
        assert set(self.json) == {"statusCode", "error", "message", "errors"}, self
        assert self.json["statusCode"] == self.status
        assert self.json["message"] == [problem["message"] for problem in self.json["errors"]]
        found = [problem["code"] for problem in self.json["errors"] if problem["field"] == field]
        assert found, self
        return str(found[0])


class Api:
    """A program that uses the API as one user. Bodies are Python values or raw text."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        self.user = user
        self.client = APIClient(raise_request_exception=False)
        if user is not None:
            headers["authorization"] = f"Bearer {AccessToken.for_user(user)}"
        self.headers = headers

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        path = path if path.startswith("/") else f"{OBJECTS}/{path}"
        data = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        content_type = headers.pop("content_type", "application/json")
        response = self.client.generic(method, path, data, content_type=content_type, headers=self.headers | headers)
        return Answer(response)

    def get(self, path: str, **params: Any) -> Answer:
        from urllib.parse import urlencode

        return self.send("GET", f"{path}?{urlencode(params, doseq=True)}" if params else path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.send("POST", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.send("PATCH", path, body)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.send("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    # Shortcuts that must succeed ---------------------------------------------------------------------------------

    def make_object(self, name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An object with a required text field Name, and ``fields`` beside it."""
        named = {"label": "Name", "type": "TEXT", "isRequired": True}
        answer = self.post(OBJECTS, {"name": name, "fields": [named, *fields], **more})
        assert answer.status == 201, answer
        return dict(answer.json)

    def make_record(self, object_name: str, **data: Any) -> dict[str, Any]:
        answer = self.post(f"{object_name}/records", {"data": {"name": "A record", **data}})
        assert answer.status == 201, answer
        return dict(answer.json)

    def names(self, object_name: str, **params: Any) -> list[str]:
        """The names of the records that a list gives, in its order."""
        answer = self.get(f"{object_name}/records", **params)
        assert answer.status == 200, answer
        return [record["name"] for record in answer.json["data"]]


def make_user(organization: Organization, email: str, role: str = User.Role.ADMIN) -> User:
    return User.objects.create_user(email, PASSWORD, organization=organization, role=role, name=email.split("@")[0])


@pytest.fixture(autouse=True)
def _fast_passwords_and_no_throttling(settings: Any) -> Iterator[None]:
    # A cache of the process needs no database.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # Hashing for real takes time for each user; tests of signing in do it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Otherwise each client reads the list of all static files first, which was a third of the time of a test.
    settings.WHITENOISE_AUTOREFRESH = True
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def _append_only_tables_are_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Before Django empties all tables behind a test: on SQLite it deletes row by row, which triggers refuse."""
    marker = request.node.get_closest_marker("django_db")
    empties = "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction"))
    if not empties or connection.vendor != "sqlite":
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_delete'")
        for (table,) in cursor.fetchall():
            with purging(table):
                cursor.execute(f"DELETE FROM {table}")


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(name="Acme")


@pytest.fixture
def admin(organization: Organization) -> User:
    return make_user(organization, "admin@acme.example")


@pytest.fixture
def manager(organization: Organization) -> User:
    return make_user(organization, "manager@acme.example", User.Role.MANAGER)


@pytest.fixture
def rep(organization: Organization) -> User:
    return make_user(organization, "rep@acme.example", User.Role.REP)


@pytest.fixture
def stranger(db: None) -> User:
    """An administrator of another organization."""
    return make_user(Organization.objects.create(name="Globex"), "admin@globex.example")


@pytest.fixture
def actor(admin: User) -> Actor:
    return Actor.of_user(admin)


@pytest.fixture
def api(admin: User, request: pytest.FixtureRequest) -> Iterator[Api]:
    yield Api(admin)
    if _is_examined(request.node):
        assert_the_doctor_finds_nothing()


def _is_examined(item: pytest.Item) -> bool:
    """Whether the doctor looks at what a test leaves: of those of services and the API, at all that damage nothing.

    It takes 9 ms a test: 3 % of the whole suite, but 16 % of a quick one, where it is done for every third, always the
    same ones.
    """
    if item.path.parent.name not in EXAMINED or item.get_closest_marker("damages") is not None:
        return False
    is_quick = item.config.getoption("--hypothesis-profile") == "quick"
    return not is_quick or zlib.crc32(item.nodeid.encode()) % 3 == 0


def assert_the_doctor_finds_nothing() -> None:
    """Fails where something of the objects and records that are there does not agree with itself."""
    from customobjects.services import doctor

    found = doctor.examine(lambda line: None, objects=doctor.examined_objects(), only=EXAMINED_BY)
    assert not found, "\n".join(map(str, found))


@pytest.fixture
def operator(admin: User) -> Client:
    """The browser of an administrator who may use Django's admin."""
    User.objects.filter(id=admin.id).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(id=admin.id))
    return client


@pytest.fixture
def as_user() -> Callable[[User], Api]:
    return Api


@pytest.fixture
def scale() -> int:
    """How many records the tests of many have. ``TEST_RECORDS=5000`` is for who waits for them."""
    return int(os.environ.get("TEST_RECORDS", "100000"))
