"""The page of an object's records: searched, sorted, in pages, with columns, figures and groups."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from customobjects.queries import pages, totals
from customobjects.web.lists import state
from customobjects.web.views import record_list
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text

PART = {"HTTP_HX_REQUEST": "true"}
REGION = {**PART, "HTTP_HX_TARGET": "list"}


@pytest.fixture(autouse=True)
def objects(api: Api) -> None:
    api.make_object("Account", {"label": "Rank", "type": "NUMBER"})
    api.make_object(
        "Site",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Area", "type": "NUMBER"},
        {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Open", "type": "CHECKBOX"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y"]}},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "Due", "type": "DATE"},
        {"label": "Keeper", "type": "USER"},
        {"label": "Notes", "type": "TEXTAREA"},
    )


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """25 records a page."""
    for module in (state, record_list):
        monkeypatch.setattr(module, "PAGE_SIZE", 25)


def shown(browser: Client, address: str, **headers: str) -> str:
    """What stands on a page of sites, each space once."""
    answer = browser.get(f"/o/site/{address}", **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, address
    return " ".join(text(answer).split())


def fields(page: str) -> list[str]:
    """The columns of a page, by their fields."""
    return re.findall(r'<th scope="col" data-field="(\w+)"', page)


def names(page: str) -> list[str]:
    """The names of the records on a page."""
    return re.findall(r'<th scope="row" class="name[^>]*> ?<a [^>]*>([^<]*)</a>', page)


def link(page: str, words: str) -> str:
    """The address of the link that says ``words``."""
    [found] = re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{words}</a>', page)
    return str(found).replace("&amp;", "&")


@pytest.mark.usefixtures("short_pages")
class TestPages:
    def test_search_sort_and_pages(self, browser: Client, api: Api) -> None:
        for number in range(30):
            api.make_record("site", name=f"Site {number:02d}", area=number)
        first = shown(browser, "?sort=-area")
        assert names(first) == [f"Site {number:02d}" for number in range(29, 4, -1)]
        assert '1–<span data-last="0">25</span> of 30' in first
        assert names(shown(browser, "?sort=-area&page=2")) == [f"Site {number:02d}" for number in range(4, -1, -1)]
        more = link(first, "Load more")
        assert names(shown(browser, more)) == [f"Site {number:02d}" for number in range(4, -1, -1)]
        rows = shown(browser, f"{more}&part=rows", **PART)
        assert names(rows) == names(shown(browser, more))
        assert "<table" not in rows
        assert names(shown(browser, "?search=07")) == ["Site 07"]
        assert "Nothing matches" in shown(browser, "?search=zzz")
        assert "<html" not in shown(browser, "?sort=area", **REGION)
        for nonsense in (
            "?page=x",
            "?page=-1",
            "?page=99999999999",
            "?sort=nothing",
            "?sort=notes",
            "?search=%00",
            "?cursor=nonsense",
            "?columns=nothing,:,name:x",
            "?footer=nothing:sum,notes:sum,area",
            "?group=nothing",
            "?group=area&within=many",
            "?group=%00&within=%00",
            "?after=x&part=nothing",
        ):
            assert len(names(shown(browser, nonsense))) in (0, 1, 5, 25), nonsense
            shown(browser, nonsense, **REGION)
            shown(browser, f"{nonsense}&part=rows", **PART)
            shown(browser, f"{nonsense}&part=foot", **PART)

    def test_totals_and_the_last_pages(self, browser: Client, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(30):
            api.make_record("site", name=f"Ulm {number}")
        assert "25</span> of 30" in shown(browser, "?search=ulm")
        assert '26–<span data-last="25">30</span> of 30' in shown(browser, "?search=ulm&page=2")
        beyond = shown(browser, "?search=ulm&page=3")
        assert "The list ends before this page" in beyond
        assert "Nothing matches" not in beyond
        assert "Nothing matches" in shown(browser, "?search=bonn")
        monkeypatch.setattr(pages, "MAX_RANKED_HITS", 10)
        assert "26–" in shown(browser, "?search=ulm&page=2"), "behind those that are ranked"
        for name in ("MAX_EXACT_TOTAL", "MAX_TOTAL_THROUGH", "MAX_TOLD_TOTAL", "MAX_TOLD_WITHOUT_SAMPLE"):
            monkeypatch.setattr(totals, name, 7)
        assert "25</span> of at least 26" in shown(browser, "")
        monkeypatch.setattr(pages, "MAX_DEPTH", 25)
        last = shown(browser, "?page=9")
        assert "1–" in last, "the last page that is found by its number"
        assert "Load more" in last, "what is behind it is found by its cursor"
        monkeypatch.setattr(pages, "MAX_SEARCH_DEPTH", 25)
        assert len(names(shown(browser, "?search=ulm&page=9"))) == 25

    def test_it_takes_the_same_queries_for_any_number(
        self, browser: Client, api: Api, django_assert_num_queries: Any
    ) -> None:
        account = api.make_record("account")
        for number in range(30):
            api.make_record("site", name=f"Site {number}", account=account["id"], area=number)
            if number in (0, 29):
                browser.get("/o/site/")
                # 1. The session.
                # 2. Its user.
                # 3. The object's version.
                # 4. The saved views.
                # 5. How the person likes the list.
                # 6. The page.
                # 7. The names of the records that lookups point at.
                # 8. The sidebar's objects.
                # 9. The user's organization.
                # 10. The total, where there are more pages.
                with django_assert_num_queries(9 if number == 0 else 10):
                    browser.get("/o/site/")
                # 1. to 6., and the names of records; the owners' names are 8.
                with django_assert_num_queries(8):
                    browser.get("/o/site/?part=rows&columns=account,ownerId", **PART)  # type: ignore[arg-type]
                # 1. to 5. as above.
                # 6. All figures but the next.
                # 7. How many have a value.
                # 8. The total.
                with django_assert_num_queries(8):
                    browser.get("/o/site/?part=foot&footer=area:sum,cost:avg,due:filled", **PART)  # type: ignore[arg-type]
                # 1. to 5. as above.
                # 6. The groups.
                # 7. Their names.
                # 8. The total.
                # 9. The user's organization, whose people see what is shared.
                with django_assert_num_queries(9):
                    browser.get("/o/site/?group=account&footer=area:sum", **REGION)  # type: ignore[arg-type]


def test_columns_are_a_persons_own(browser: Client, api: Api, rep: User) -> None:
    api.make_record("site", name="North", area=1, kind="shop")
    before = fields(shown(browser, ""))
    assert before == ["name", "account", "area", "cost", "open", "kind", "tags", "seen", "due"]
    page = shown(browser, "?columns=kind:300,ownerId,createdAt,name,kind,nothing")
    assert fields(page) == ["name", "kind", "ownerId", "createdAt"]
    assert '<col data-field="kind" width="300">' in page
    path = "/o/site/columns/"
    saved = browser.post(path, {"columns": ["area:99999", "kind"], "frozen": "2", "density": "comfortable"})
    assert saved.headers["Location"] == "/o/site/"
    page = shown(browser, "")
    assert fields(page) == ["name", "area", "kind"]
    assert '<col data-field="area" width="800">' in page
    assert 'data-frozen="2"' in page
    assert 'data-density="comfortable"' in page
    assert browser.post(path, {"frozen": "1"}, **PART).status_code == 204  # type: ignore[arg-type]
    assert fields(shown(browser, "")) == ["name", "area", "kind"], "what is not said stays"
    other = Client()
    other.force_login(rep)
    assert fields(shown(other, "")) == before
    browser.post(path, {"columns": "name"})
    assert fields(shown(browser, "")) == ["name"], "the name alone"
    browser.post(path, {"reset": "true"})
    assert fields(shown(browser, "")) == before
    for nonsense in ({"columns": "nothing"}, {"density": "x"}, {"frozen": "99"}):
        assert browser.post(path, nonsense).status_code == 409, nonsense
    assert browser.post("/o/nothing/columns/").status_code == 404
    assert Client().post(path).status_code == 302


def test_figures(browser: Client, api: Api) -> None:
    for number, due in enumerate(("2026-01-31", "2026-03-01", None)):
        api.make_record("site", name=f"Site {number}", area=number + 1, cost=0.1, due=due, open=bool(number))

    def foot(words: str) -> str:
        part = shown(browser, f"?part=foot&footer={words}", **PART)
        assert part.startswith("<tfoot")
        return " ".join(re.sub("<[^>]*>", " ", part).split())

    assert "3 records" in foot("")
    assert "Sum 6 " in foot("area:sum")
    assert "Sum €0.30 " in foot("cost:sum")
    assert "Average 2 " in foot("area:avg")
    found = foot("area:max,due:min,open:filled,kind:empty,name:sum")
    for figure in ("Greatest 3 ", "Least Jan 31, 2026 ", "Filled 3 ", "Empty 3 "):
        assert figure in found
    assert "Sum" not in found, "there is none of names"
    assert "Distinct 2 " in foot("open:count_distinct")
    api.make_record("site", name="Fourth", area=0.001)
    assert "Average 0.001 " in " ".join(
        re.sub("<[^>]*>", " ", shown(browser, "?part=foot&search=fourth&footer=area:avg", **PART)).split()
    )
    page = shown(browser, "?footer=area:sum")
    assert 'hx-trigger="load"' in page
    assert "Sum" in page, "its figure comes after the page"


@pytest.mark.parametrize(
    ("group", "heads"),
    [
        ("kind", {"shop": ["A", "B"], "depot": ["C"], "–": ["D"]}),
        ("tags", {"x": ["A", "B"], "y": ["B"]}),
        ("open", {"Yes": ["A"], "No": ["B", "C", "D"]}),
        ("area", {"1.5": ["A", "B"], "2": ["C"], "–": ["D"]}),
        ("due", {"Jan 31, 2026": ["A"], "Mar 1, 2026": ["B"], "–": ["C", "D"]}),
        ("seen", {"Jan 31, 2026": ["A", "B"], "–": ["C", "D"]}),
        ("account", {"Acme &lt;b&gt;": ["A"], "–": ["B", "C", "D"]}),
        ("name", {"A": ["A"], "B": ["B"], "C": ["C"], "D": ["D"]}),
        ("account.rank", {"7": ["A"], "–": ["B", "C", "D"]}),
    ],
)
def test_groups(browser: Client, api: Api, group: str, heads: dict[str, list[str]]) -> None:
    account = api.make_record("account", name="Acme <b>", rank=7)
    api.make_record(
        "site",
        name="A",
        kind="shop",
        tags=["x"],
        open=True,
        area=1.5,
        due="2026-01-31",
        seen="2026-01-31T00:00:00Z",
        account=account["id"],
        cost=1,
    )
    api.make_record(
        "site", name="B", kind="shop", tags=["x", "y"], area=1.5, due="2026-03-01", seen="2026-01-31T23:59:59Z", cost=2
    )
    api.make_record("site", name="C", kind="depot", area=2)
    api.make_record("site", name="D")
    page = shown(browser, f"?sort=name&group={group}&footer=cost:sum")
    found = re.findall(r'<a href="([^"]*within=[^"]*)" dir="auto">(.*?)</a> <span class="muted">(\d+)</span>', page)
    told = {" ".join(re.sub("<[^>]*>", " ", label).split()): (address, int(count)) for address, label, count in found}
    for label, expected in heads.items():
        address, count = told[label]
        address = address.replace("&amp;", "&")
        assert count == len(expected), label
        assert names(shown(browser, address)) == expected
        assert names(shown(browser, f"{address}&part=rows", **PART)) == expected
    assert "Sum" in page
    assert page.count("<tr data-record") == 0


def test_who_owns_records_is_a_group_and_a_column(browser: Client, api: Api, admin: User, rep: User) -> None:
    api.make_record("site", name="Mine")
    Api(rep).make_record("site", name="Theirs")
    page = shown(browser, "?group=ownerId")
    assert page.count('<tbody class="group"') == 2
    listed = shown(browser, "?columns=ownerId,createdBy")
    for person in (admin, rep):
        assert str(person) in page
        assert listed.count(str(person)) >= 2


def test_sorted_by_what_records_point_at(browser: Client, api: Api) -> None:
    for name, account, rank in (("First", "zoe", 1), ("Second", "Ann", 2)):
        api.make_record("site", name=name, account=api.make_record("account", name=account, rank=rank)["id"])
    api.make_record("site", name="Third")
    assert "sort=account" in shown(browser, ""), "the column's heading leads there"
    for sort, expected in (
        ("account", ["Second", "First", "Third"]),
        ("-account", ["First", "Second", "Third"]),
        ("account.rank", ["First", "Second", "Third"]),
        ("open,-name", ["Third", "Second", "First"]),
        # What makes no sense is passed over: the newest come first.
        ("account.color", ["Third", "Second", "First"]),
    ):
        assert names(shown(browser, f"?sort={sort}")) == expected, sort
    assert "sort=-account" in shown(browser, "?sort=account")
    page = shown(browser, "?sort=-open,name")
    assert 'aria-sort="descending"' in page
    assert page.count("aria-sort=") == 2


def test_an_empty_list_says_what_to_do(browser: Client, api: Api) -> None:
    assert "There are no Sites yet" in shown(browser, "")
    assert "There are no Sites yet" in shown(browser, "?group=kind")
    api.make_record("site", name="<b>x</b>")
    assert "&lt;b&gt;x" in shown(browser, "")
