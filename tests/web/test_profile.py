"""A person's settings on pages: chosen on one, and kept by all others."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import timezone

from customobjects.web.formats import plain
from customobjects.web.forms.locale_choices import EXAMPLES
from customobjects.web.languages import Language
from salesos.accounts.models import AuditEntry, User
from salesos.accounts.profiles import LOCALES
from tests.conftest import PASSWORD, Api
from tests.fieldtypes.strategies import bound
from tests.web.forms import controls_of, open_form, send, text

NEW_PASSWORD = "another-horse-battery"


def choose(browser: Client, **chosen: str) -> Any:
    return browser.post("/me/", {**open_form(browser, "/me/"), **chosen}, follow=True)


@pytest.fixture
def visit(api: Api) -> dict[str, Any]:
    api.make_object(
        "Visit",
        {"label": "Size", "type": "NUMBER"},
        {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Share", "type": "PERCENT"},
        {"label": "Due", "type": "DATE"},
        {"label": "At", "type": "DATETIME"},
    )
    return api.make_record(
        "visit", size=Decimal("1234.5"), cost=Decimal("1999.9"), share=12.5, due="2031-02-01", at="2031-12-31T23:30:09Z"
    )


# What is chosen; and then size, cost, share, due and at on pages, and in a form.
CHOSEN = {
    "en": (
        "America/New_York",
        ["1,234.5", "€1,999.90", "12.5%", "Feb 1, 2031", "Dec 31, 2031, 6:30 PM"],
        ["1,234.5", "1,999.9", "12.5", "2/1/2031", "12/31/2031 6:30:09 PM"],
    ),
    "en-GB": (
        "Europe/London",
        ["1,234.5", "€1,999.90", "12.5%", "1 Feb 2031", "31 Dec 2031, 23:30"],
        ["1,234.5", "1,999.9", "12.5", "01/02/2031", "31/12/2031 23:30:09"],
    ),
    "de": (
        "Europe/Berlin",
        ["1.234,5", "1.999,90\u00a0€", "12,5\u00a0%", "01.02.2031", "01.01.2032, 00:30"],
        ["1.234,5", "1.999,9", "12,5", "01.02.2031", "01.01.2032 00:30:09"],
    ),
    "fr": (
        "Asia/Kolkata",
        ["1\u202f234,5", "1\u202f999,90\u00a0€", "12,5\u00a0%", "1 févr. 2031", "1 janv. 2032, 05:00"],
        ["1\u202f234,5", "1\u202f999,9", "12,5", "01/02/2031", "01/01/2032 05:00:09"],
    ),
}


@pytest.mark.parametrize("language", CHOSEN)
def test_list_record_and_form_are_in_the_language_and_zone(
    browser: Client, api: Api, visit: dict[str, Any], language: str
) -> None:
    zone, shown, written = CHOSEN[language]
    saved = choose(browser, language=language, time_zone=zone)
    assert "Saved." in text(saved)
    assert controls_of(saved)["time_zone"] == [zone]
    record = f"/o/visit/r/{visit['id']}/"
    for path in ("/o/visit/", record):
        # Whatever the browser says.
        page = text(browser.get(path, headers={"accept-language": "ja"}))
        for value in shown:
            assert value in page, path
        assert '<time datetime="2031-12-31T23:30:09+00:00"' in page
        assert f", {zone}" in page
    form = open_form(browser, f"{record}edit/", "ja")
    assert [form[f"data-{name}"] for name in ("size", "cost", "share", "due", "at")] == [[value] for value in written]
    assert f"in {zone}." in text(browser.get(f"{record}edit/"))
    # What pages show can be typed.
    names = ("size", "cost", "share", "due", "at")
    typed = {f"data_{name}": value.replace("\u202f", " ") for name, value in zip(names, shown, strict=True)}
    done = send(browser, f"{record}edit/", form, **typed)
    assert done.status_code == 302, text(done)
    data = api.get(f"visit/records/{visit['id']}").json["data"]
    assert data == {**visit["data"], "at": "2031-12-31T23:30:00Z"}


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [
        ("de", {"size": "1,5", "due": "31.12.26", "at": "31.12.26 14:30"}, "2026-12-31T13:30:00Z"),
        ("fr", {"size": "1,5", "due": "31.12.26", "at": "31.12.26 14h30"}, "2026-12-31T13:30:00Z"),
        ("en", {"size": "1.5", "due": "12/31/26", "at": "12/31/26 2:30 PM"}, "2026-12-31T13:30:00Z"),
        ("de", {"size": "1,5", "due": "31.12.2026", "at": "31.12.26 2:30 PM"}, "2026-12-31T13:30:00Z"),
        ("en", {"size": "1.5", "due": "31.12.2026", "at": "31.12.2026 2:30 PM"}, "2026-12-31T13:30:00Z"),
        ("fr", {"size": "1,5", "due": "31 déc. 2026", "at": "31/12/26 2:30 PM"}, "2026-12-31T13:30:00Z"),
        ("en-GB", {"size": "1.5", "due": "31/12/26", "at": "31/12/26 14:30"}, "2026-12-31T13:30:00Z"),
    ],
)
def test_what_is_typed_is_meant(
    browser: Client, api: Api, visit: dict[str, Any], language: str, typed: dict[str, str], stored: str
) -> None:
    choose(browser, language=language, time_zone="Europe/Berlin")
    path = f"/o/visit/r/{visit['id']}/edit/"
    form = open_form(browser, path)
    sent = {f"data_{name}": value for name, value in typed.items()}
    assert send(browser, path, form, **sent, data_cost="1 000").status_code == 302
    data = api.get(f"visit/records/{visit['id']}").json["data"]
    assert (data["size"], data["cost"], data["due"], data["at"]) == (Decimal("1.5"), 1000, "2026-12-31", stored)


@pytest.mark.parametrize(
    ("language", "typed", "example"),
    [
        ("de", {"size": "1.5"}, "Size must be a number such as 1.234,5."),
        ("de", {"at": "2:30 PM"}, "At must be a date and time such as 31.12.2026 15:30."),
        ("fr", {"at": "2:30 PM"}, "At must be a date and time such as 31/12/2026 15:30."),
        ("en", {"size": "1,5"}, "Size must be a number such as 1,234.5."),
        ("en", {"due": "31/12/26"}, "Due must be a date such as 12/31/2026."),
        ("en", {"at": "12/31/26 2:30"}, "At must be a date and time such as 12/31/2026 3:30 PM."),
        # What there is twice, or never, when clocks are changed.
        ("de", {"at": "25.10.2026 02:30"}, "such as 25.10.2026 00:30 UTC."),
        ("de", {"at": "29.3.2026 02:30"}, "At must be a time that there is once in Europe/Berlin"),
    ],
)
def test_what_is_not_clear_is_refused_with_an_example(
    browser: Client, api: Api, visit: dict[str, Any], language: str, typed: dict[str, str], example: str
) -> None:
    choose(browser, language=language, time_zone="Europe/Berlin")
    path = f"/o/visit/r/{visit['id']}/edit/"
    refused = send(browser, path, open_form(browser, path), **{f"data_{name}": value for name, value in typed.items()})
    assert refused.status_code == 422
    assert example in text(refused)
    assert api.get(f"visit/records/{visit['id']}").json["data"] == visit["data"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-10-25T01:30:00Z"])
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Europe/Berlin", "Europe/London"])
def test_every_time_is_shown_and_saved_again(
    browser: Client, api: Api, visit: dict[str, Any], zone: str, at: str
) -> None:
    """At the ends of all time, and where a clock is set back."""
    choose(browser, language="de", time_zone=zone)
    record = api.make_record("visit", at=at)
    path = f"/o/visit/r/{record['id']}/"
    for page in ("/o/visit/", path):
        assert browser.get(page).status_code == 200
    form = open_form(browser, f"{path}edit/")
    # As if each letter had been typed.
    form["shown"] = [""]
    assert send(browser, f"{path}edit/", form).status_code == 302
    assert api.get(f"visit/records/{record['id']}").json["data"]["at"] == at


def test_times_of_these_days_are_told_by_how_far_away_they_are(
    browser: Client, api: Api, visit: dict[str, Any], admin: User
) -> None:
    choose(browser, language="de", time_zone="Europe/Berlin")
    for away, words in (
        (timedelta(0), "just now"),
        (timedelta(minutes=-5), "5 minutes ago"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=2, minutes=5), "in 2 days"),
    ):
        at = (timezone.now() + away).replace(microsecond=0)
        api.patch(f"visit/records/{visit['id']}", {"data": {"at": at.isoformat()}})
        listed = text(browser.get("/o/visit/"))
        assert f">{words}</time>" in listed
        # On the record's page, when it is.
        assert f">{words}</time>" not in text(browser.get(f"/o/visit/r/{visit['id']}/")).partition("</dl>")[0]
    page = text(browser.get(f"/o/visit/r/{visit['id']}/"))
    assert ">just now</time>" in page, "when it was changed"
    made = datetime.fromisoformat(visit["createdAt"])
    assert f'<time datetime="{made.isoformat()}" title="' in page


def test_counts_are_in_the_language(browser: Client, api: Api) -> None:
    api.make_object("Site")
    operations = [{"op": "create", "data": {"name": f"Site {number}"}} for number in range(1_000)]
    assert api.post("site/records/bulk", {"operations": operations}).status == 200
    assert "1,000 records" in text(browser.get("/"))
    choose(browser, language="de")
    assert "1.000 records" in text(browser.get("/"))
    assert "1.000 records" in text(browser.get("/setup/objects/site/delete/"))


def test_the_settings_of_one_are_nothing_to_others(browser: Client, visit: dict[str, Any], rep: User) -> None:
    choose(browser, language="de", time_zone="Europe/Berlin")
    other = Client()
    other.force_login(rep)
    assert "1.234,5" in text(browser.get("/o/visit/"))
    assert "1,234.5" in text(other.get("/o/visit/"))
    assert timezone.get_current_timezone_name() == "UTC", "nothing is left for the thread's next request"


def test_without_settings_the_browser_and_the_server_decide(
    browser: Client, visit: dict[str, Any], settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    page = text(browser.get("/o/visit/", headers={"accept-language": "de"}))
    assert "1.234,5" in page
    assert ", Asia/Kolkata" in page


def test_a_zone_that_is_gone_is_as_none(browser: Client, visit: dict[str, Any], admin: User) -> None:
    User.objects.filter(id=admin.id).update(time_zone="Mars/Olympus", language="tlh")
    assert ", UTC" in text(browser.get("/o/visit/"))
    assert 'value="Mars/Olympus" selected' in text(browser.get("/me/"))


def test_who_has_not_chosen_has_what_the_organization_has(
    browser: Client, visit: dict[str, Any], admin: User, rep: User, django_assert_num_queries: Any
) -> None:
    address = "/setup/organization/"
    sent = {**open_form(browser, address), "language": "de", "time_zone": "Asia/Tokyo"}
    assert browser.post(address, sent).status_code == 302
    # Whatever the browser says.
    browser.cookies["zone"] = "Africa/Cairo"
    page = text(browser.get("/o/visit/", headers={"accept-language": "ja"}))
    assert "1.234,5" in page
    assert ", Asia/Tokyo" in page
    settings = text(browser.get("/me/"))
    assert '<option value="" selected>As the organization has it: 31.12.2026 · 1.550,95</option>' in settings
    assert "As the organization has it (Asia/Tokyo)" in settings
    # A part of a page, which does not show the organization.
    # 1. The session.
    # 2. Its user, with the settings and the organization's.
    # 3. The object's version.
    # 4. What the person likes of the list.
    # 5. The views.
    # 6. The records.
    with django_assert_num_queries(6):
        assert "1.234,5" in text(browser.get("/o/visit/?part=rows", headers={"hx-request": "true"}))
    choose(browser, language="fr")
    page = text(browser.get("/o/visit/"))
    assert "1\u202f234,5" in page, "who has chosen has what they chose"
    assert ", Asia/Tokyo" in page
    other = Client()
    other.force_login(rep)
    assert "1.234,5" in text(other.get("/o/visit/"))
    new = User.objects.create_user("new@acme.example", "a-good-password", organization_id=admin.organization_id)
    assert (new.language, new.profile.language, new.profile.time_zone) == ("", "de", "Asia/Tokyo")
    # Back to what each browser has.
    assert browser.post(address, {**open_form(browser, address), "language": "", "time_zone": ""}).status_code == 302
    assert "1,234.5" in text(other.get("/o/visit/"))


@pytest.mark.parametrize("name", LOCALES)
def test_the_example_of_a_format_is_what_the_language_writes(name: str) -> None:
    language = Language(name)
    day = language.write(bound("DATE").form_control(), "2026-12-31")
    number = language.write(bound("NUMBER").form_control(), "1550.95")
    assert plain(f"{day} · {number}") == EXAMPLES[name]


def test_settings_cost_no_query(browser: Client, visit: dict[str, Any], django_assert_num_queries: Any) -> None:
    for theme, language in (("system", ""), ("dark", "de")):
        choose(browser, theme=theme, language=language, time_zone="Europe/Berlin")
        browser.get("/o/visit/")
        # 1. The session.
        # 2. Its user, with the settings.
        # 3. The object's version.
        # 4. What the person likes of the list.
        # 5. The views.
        # 6. The page.
        # 7. The sidebar's objects.
        # 8. The user's organization.
        with django_assert_num_queries(8):
            browser.get("/o/visit/")


def test_templates_know_theme_and_density(browser: Client, admin: User) -> None:
    choose(browser, theme="dark", density="comfortable")
    template = engines["django"].from_string("{{ profile.theme }} {{ profile.density }}")
    request = RequestFactory().get("/")
    assert template.render({}, request) == "system compact", "nobody is asking"
    request.user = User.objects.get(id=admin.id)
    assert template.render({}, request) == "dark comfortable"


def test_the_page_shows_who_one_is(browser: Client, admin: User) -> None:
    assert 'href="/me/"' in text(browser.get("/"))
    page = text(browser.get("/me/"))
    for shown in (admin.name, admin.email, "Acme", "Administrator", "German (Switzerland)", "Europe/Berlin"):
        assert shown in page
    assert Client().get("/me/").headers["Location"] == "/sign-in/?next=/me/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "xx"),
        ("language", "de\x00"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "x" * 100_000),
        ("density", ""),
        ("theme", "<script>"),
    ],
)
def test_what_is_none_of_the_choices_is_refused(browser: Client, admin: User, name: str, value: str) -> None:
    refused = choose(browser, **{name: value, "density" if name == "theme" else "theme": "dark"})
    assert refused.status_code == 422
    assert "Not saved yet." in text(refused)
    before = admin.profile
    admin.refresh_from_db()
    assert admin.profile == before


def test_the_form_changes_only_what_was_touched(browser: Client, api: Api, admin: User) -> None:
    form = open_form(browser, "/me/")
    api.patch("/v1/auth/me", {"language": "fr"})
    browser.post("/me/", {**form, "theme": "dark"})
    admin.refresh_from_db()
    assert (admin.language, admin.theme) == ("fr", "dark")


class TestPassword:
    def test_another_one(self, browser: Client, admin: User) -> None:
        elsewhere = Client()
        elsewhere.force_login(admin)
        assert "at least 8 characters" in text(browser.get("/me/password/"))
        form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        done = browser.post("/me/password/", form, follow=True)
        assert "Your password is changed." in text(done)
        assert elsewhere.get("/").status_code == 302, "signed out"
        assert browser.get("/").status_code == 200
        admin.refresh_from_db()
        assert admin.check_password(NEW_PASSWORD)
        [entry] = AuditEntry.objects.filter(kind=AuditEntry.Kind.PASSWORD_CHANGED)
        assert (entry.user_id, entry.via, entry.details["targetUserId"]) == (admin.id, "page", str(admin.id))

    @pytest.mark.parametrize(
        ("form", "problem"),
        [
            ({}, "This field is required."),
            ({"old_password": "wrong"}, "Your old password was entered incorrectly."),
            ({"new_password1": "short", "new_password2": "short"}, "This password is too short."),
            ({"new_password2": "not-the-same-one"}, "The two password fields"),
        ],
    )
    def test_what_is_refused(self, browser: Client, admin: User, form: dict[str, str], problem: str) -> None:
        right = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        refused = browser.post("/me/password/", {**right, **form} if form else {})
        assert refused.status_code == 422
        assert problem in text(refused)
        assert NEW_PASSWORD not in text(refused)
        admin.refresh_from_db()
        assert admin.check_password(PASSWORD)

    def test_guesses_are_counted_as_at_the_door(self, browser: Client, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_RATE = (2, 3600)
        form = {"old_password": "wrong", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        answers = [browser.post("/me/password/", form) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [422, 422, 429]
        assert "Retry-After" in answers[-1].headers

    def test_it_is_for_who_is_signed_in(self, admin: User) -> None:
        for method in ("get", "post"):
            answer = getattr(Client(), method)("/me/password/")
            assert answer.headers["Location"] == "/sign-in/?next=/me/password/"


def test_who_has_chosen_no_time_zone_has_the_browsers(browser: Client, admin: User) -> None:
    browser.cookies["zone"] = "Asia/Tokyo"
    assert "As the browser has it (Asia/Tokyo)" in text(browser.get("/me/"))
    browser.cookies["zone"] = "../../etc/passwd"
    assert "As the browser has it (UTC)" in text(browser.get("/me/"))
    admin.time_zone = "Europe/Berlin"
    admin.save()
    browser.cookies["zone"] = "Asia/Tokyo"
    assert "As the browser has it</option>" in text(browser.get("/me/"))
