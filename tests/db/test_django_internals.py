"""What the project takes of Django beside its documented interfaces is still there, and still does what we rely on.

Where one of these fails after an upgrade, ``salesos/db/django_internals.py`` is the one place to change.
"""

from __future__ import annotations

import inspect
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, TextField, Value
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpResponse
from django.test import RequestFactory

from salesos.accounts.models import Organization, User
from salesos.db.django_internals import (
    FunctionColumn,
    compile_select,
    compiling_connection,
    conditional_response,
    constant_headers,
    give_headers,
    join_function,
    read_by,
    sampled,
    server_cursor,
)


def test_a_compiler_takes_a_connection_and_tells_what_it_selects() -> None:
    compiler = Organization.objects.values_list("id").query.get_compiler(connection=compiling_connection())
    assert isinstance(compiler, SQLCompiler), "Query.get_compiler() takes a connection"
    compiler.as_sql()
    [(_column, (sql, params), _alias)] = compiler.select
    assert (sql.replace('"', "").replace("`", ""), list(params)) == ("accounts_organization.id", [])


def test_converters_are_functions_of_value_expression_and_connection(organization: Organization) -> None:
    select = compile_select(Organization.objects.values_list("id", "name"))
    assert select is not None
    with connection.cursor() as cursor:
        cursor.execute(select.sql, select.params)
        assert select.convert(cursor.fetchall()) == [(organization.id, "Acme")]
    for _place, functions, _expression in select.converters:
        for function in functions:
            assert list(inspect.signature(function).parameters)[-3:] == ["value", "expression", "connection"]


def test_a_query_without_rows_is_known(db: None) -> None:
    assert compile_select(Organization.objects.none()) is None


def test_compiling_opens_nothing() -> None:
    compile_select(Organization.objects.filter(id=UUID(int=1), name__icontains="x"))
    assert isinstance(compiling_connection(), BaseDatabaseWrapper)
    assert compiling_connection().connection is None


def test_the_server_binds_and_prepares(db: None) -> None:
    if connection.vendor != "postgresql":
        return  # the cursor is PostgreSQL's
    connection.ensure_connection()
    cursor = server_cursor(connection)
    cursor.execute("SELECT %s::int + 1", [1], prepare=True)
    assert cursor.fetchall() == [(2,)]
    cursor.execute("SELECT statement FROM pg_prepared_statements", prepare=False)
    assert ("SELECT $1::int + 1",) in cursor.fetchall()


def test_a_connection_has_what_statements_are_sent_with(db: None) -> None:
    for name in ("queries_logged", "execute_wrappers", "wrap_database_errors", "validate_no_broken_transaction"):
        assert hasattr(connection, name), name


def test_headers_are_kept_by_their_names_in_lower_case() -> None:
    response = HttpResponse(headers={"Vary": "Cookie"})
    give_headers(response, constant_headers({"Vary": "Accept", "Cache-Control": "private"}))
    assert (response["vary"], response["Cache-Control"]) == ("Cookie", "private"), "what a view said itself stays"
    assert dict(response.items())["Cache-Control"] == "private"
    assert response.has_header("cache-control")
    response["Cache-Control"] = "no-store"
    assert b"Cache-Control: no-store" in response.serialize_headers()
    assert HttpResponse().get("Cache-Control") is None, "each has its own"


def test_a_sample_is_of_the_querys_own_table_alone() -> None:
    inner = User.objects.filter(name="x").values("organization_id")
    queryset = sampled(Organization.objects.filter(id__in=inner), "SYSTEM (1)")
    select = compile_select(queryset.values_list("id"))
    assert select is not None
    assert select.sql.replace('"', "").count(" FROM accounts_organization TABLESAMPLE SYSTEM (1) WHERE ") == 1
    assert select.sql.count("TABLESAMPLE") == 1
    plain = compile_select(Organization.objects.filter(id__in=inner).values_list("id"))
    assert plain is not None
    assert "TABLESAMPLE" not in plain.sql


def test_a_table_function_is_joined_and_a_table_is_read_in_a_form(db: None) -> None:
    """What groups by each value of a list, and finds joined records by their ids, takes of Django's queries."""
    Organization.objects.create(name="Acme")
    Organization.objects.create(name="Globex")
    is_postgresql = connection.vendor == "postgresql"
    if is_postgresql:
        letters = Func(F("name"), Value("x"), function="LATERAL regexp_split_to_table", output_field=TextField())
    else:
        letters = Func(Func(F("name"), function="json_quote"), function="json_each", output_field=TextField())
    joined = join_function(Organization.objects.filter(name__startswith="G"), "part", letters)
    name = "part" if is_postgresql else "value"
    rows = joined.annotate(part=FunctionColumn("part", name)).values_list("name", "part").order_by("-part")
    select = compile_select(rows)
    assert select is not None
    with connection.cursor() as cursor:
        cursor.execute(select.sql, select.params)
        found = cursor.fetchall()
    parts = ["Globe", ""] if is_postgresql else ["Globex"]
    assert [tuple(row) for row in found] == [("Globex", part) for part in parts]
    formed = read_by(Organization.objects.filter(name="Acme"), "(SELECT * FROM accounts_organization) {name}")
    outer = Organization.objects.filter(id__in=formed.values("id")).values_list("name")
    select = compile_select(outer)
    assert select is not None
    assert "(SELECT * FROM" in select.sql
    with connection.cursor() as cursor:
        cursor.execute(select.sql, select.params)
        assert [tuple(row) for row in cursor.fetchall()] == [("Acme",)]


def test_a_response_is_answered_by_its_tag() -> None:
    for named, status in (('"1"', 304), ('W/"1-x"', 304), ('"2"', 200)):
        request = RequestFactory().get("/", headers={"if-none-match": named})
        response = HttpResponse(b"x", headers={"ETag": '"1"'})
        assert conditional_response(request, response, same_as=('-y"', '-x"')).status_code == status
