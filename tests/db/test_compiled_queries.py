"""Compiled queries: what they give, and what they keep of threads, values and old schemas."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from customobjects import schema as schemas
from customobjects.models import CustomObject
from customobjects.queries.ordering import ordering
from customobjects.schema import Schema, schema_of
from salesos.accounts.actor import Actor
from salesos.accounts.models import Organization, User
from salesos.db.compiled_queries import CompiledQuery, Param, with_constants
from tests.conftest import Api

NAME = Param("name", Organization._meta.get_field("name"))


def test_rows_are_what_django_gives(organization: Organization, stranger: User) -> None:
    query = CompiledQuery(lambda: Organization.objects.filter(name=NAME).values_list("id", "created_at"))
    for name in ("Acme", "Globex", "Nobody", "Acme"):
        assert query.rows({"name": name}) == list(
            Organization.objects.filter(name=name).values_list("id", "created_at")
        )


def test_constants_are_written_in_and_parameters_are_not() -> None:
    written, params = with_constants("SELECT '100%%s', %s, %s, '%%'", ["it's 5%", NAME])
    if connection.vendor != "postgresql":
        assert params == ["it's 5%", NAME]
        return
    assert params == [NAME]
    assert written == "SELECT '100%%s', 'it''s 5%%', %s, '%%'"


def open_connections() -> list[Any]:
    gc.collect()
    # By the type itself: ``isinstance`` asks what a weak proxy stands for, which may be gone.
    found: list[Any] = [one for one in gc.get_objects() if issubclass(type(one), BaseDatabaseWrapper)]
    return [one.connection for one in found if one.connection is not None]


@pytest.mark.django_db(transaction=True)
def test_threads_that_compile_leave_no_connection() -> None:
    Organization.objects.create(name="Acme")
    before = len(open_connections())
    kept = [
        CompiledQuery(lambda: Organization.objects.filter(name=NAME).order_by("-created_at").values_list("name"))
        for _ in range(200)
    ]
    counts: list[int] = []

    def compile_and_run(query: CompiledQuery[Organization]) -> None:
        counts.append(len(query.rows({"name": "Acme"})))

    for query in kept:
        thread = Thread(target=compile_and_run, args=[query])
        thread.start()
        thread.join()
    assert counts == [1] * 200
    assert len(open_connections()) == before


@pytest.mark.django_db(transaction=True)
def test_threads_compile_one_query_together() -> None:
    Organization.objects.create(name="Acme")
    for _ in range(20):
        query = CompiledQuery(lambda: Organization.objects.filter(name=NAME).values_list("name"))
        together = Barrier(4)

        def run(query: CompiledQuery[Organization] = query, together: Barrier = together) -> list[Any]:
            together.wait()
            try:
                return query.rows({"name": "Acme"})
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            assert [one.result() for one in [pool.submit(run) for _ in range(4)]] == [[("Acme",)]] * 4


def schema_named(name: str) -> Schema:
    return schema_of(CustomObject.objects.get(api_name=name))


def test_spellings_of_one_order_are_one_entry(api: Api, actor: Actor) -> None:
    api.make_object("Box")
    schema = schema_named("box")
    wanted = ordering(actor, schema, "name")
    before = len(schemas._memoized)
    for number in range(20_000):
        spelling = f"{',' * (number % 7)} name {',' * (number // 7 % 50)}{' ' * (number // 350)},-name"
        assert ordering(actor, schema, spelling) is wanted
    assert len(schemas._memoized) == before


def test_schemas_of_old_versions_leave_memory(api: Api) -> None:
    api.make_object("Box", {"label": "Size", "type": "NUMBER"})
    for _ in range(2):
        for path, params in (
            ("box/records", {}),
            ("box/records", {"sort": "size", "size__gte": 1}),
            ("box/records", {"search": "x", "count": "exact"}),
            ("box/records/aggregate", {"groupBy": "name"}),
        ):
            assert api.get(path, **params).status == 200
    api.make_record("box")
    old = weakref.ref(schema_named("box"))
    api.post("box/fields", {"label": "Weight", "type": "NUMBER"})
    assert api.get("box/records").status == 200
    gc.collect()
    assert old() is None


def test_a_narrowed_schema_hides_fields_from_every_reader(api: Api) -> None:
    api.make_object("Box", {"label": "Size", "type": "NUMBER"}, {"label": "Code", "type": "TEXT"})
    schema = schema_named("box")
    size = schema.by_name["size"]
    narrowed = schema.seen_by(frozenset({size.id}))
    assert [field.api_name for field in narrowed.fields] == ["name", "code"]
    assert size in narrowed.hidden
    assert narrowed.cache_key != schema.cache_key
    assert narrowed is schema.seen_by(frozenset({size.id})), "made once"
    assert schema.seen_by(frozenset()) is schema
