"""Guessing passwords: so many for each address and each account, through whichever door, by all processes together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from salesos.accounts.models import User
from tests.accounts.signing_in import LOGIN
from tests.conftest import PASSWORD, Answer, Api
from tests.processes.test_concurrency import at_once
from tests.server import EMAIL, Server, fresh_database, with_company

ATTACKER, HOME = "203.0.113.1", "198.51.100.7"
# A door tries a password for an e-mail from an address.
Door = Callable[[str, str, str], Any]


def by_api(email: str, password: str, address: str) -> Answer:
    program = Api()
    program.client.defaults["REMOTE_ADDR"] = address
    return program.post(LOGIN, {"email": email, "password": password})


def by_form(path: str) -> Door:
    def send(email: str, password: str, address: str) -> Any:
        form = {"username": email, "password": password}
        response = Client().post(path, form, REMOTE_ADDR=address, headers={"accept-language": "en"})
        response.status = response.status_code
        return response

    return send


DOORS = {"api": by_api, "page": by_form("/sign-in/"), "admin": by_form("/admin/login/")}
WRONG = {"api": 401, "page": 200, "admin": 200}
RIGHT = {"api": 200, "page": 302, "admin": 302}


@pytest.fixture(autouse=True)
def rates(settings: Any) -> None:
    settings.SIGN_IN_RATE, settings.SIGN_IN_ACCOUNT_RATE = (8, 3600), (5, 7200)


@pytest.fixture
def operator(admin: User) -> User:
    admin.is_staff = True
    admin.save()
    return admin


@pytest.mark.parametrize("name", DOORS)
def test_an_account_is_limited(operator: User, name: str) -> None:
    door = DOORS[name]
    answers = [door(operator.email, "wrong", ATTACKER) for _ in range(7)]
    assert [answer.status for answer in answers] == [WRONG[name]] * 5 + [429] * 2
    for refused in (answers[-1], door(operator.email.upper(), PASSWORD, ATTACKER)):
        assert refused.status == 429, "the right password is not heard there either, whatever the case of the e-mail"
        assert 7100 < int(refused.headers["Retry-After"]) <= 7200
    assert door(operator.email, PASSWORD, HOME).status == RIGHT[name]


@pytest.mark.parametrize("name", DOORS)
def test_words_say_when_to_try_again(operator: User, name: str) -> None:
    for _ in range(5):
        DOORS[name](operator.email, "wrong", ATTACKER)
    refused = DOORS[name](operator.email, "wrong", ATTACKER)
    if name == "api":
        assert refused.problem() == "throttled"
        assert refused.json["message"] == [
            f"Too many attempts to sign in. Try again in {refused.headers['Retry-After']} seconds."
        ]
    else:
        assert "Too many attempts" in refused.content.decode()
        assert "Try again in 120 minutes." in refused.content.decode()


def test_all_doors_count_together(operator: User) -> None:
    for name in ["api", "page", "admin", "api", "page"]:
        assert DOORS[name](operator.email, "wrong", ATTACKER).status == WRONG[name]
    assert [door(operator.email, PASSWORD, ATTACKER).status for door in DOORS.values()] == [429] * 3


def test_an_address_is_limited_over_all_accounts(admin: User) -> None:
    tried = [by_api(f"nobody{number}@acme.example", "wrong", ATTACKER).status for number in range(10)]
    assert tried == [401] * 8 + [429] * 2
    assert by_api(admin.email, PASSWORD, ATTACKER).status == 429
    assert by_api(admin.email, PASSWORD, HOME).status == 200


def test_one_account_tried_from_many_addresses_is_limited_and_its_owner_gets_in(admin: User) -> None:
    tried = [by_api(admin.email, "wrong", f"203.0.113.{number}").status for number in range(20)]
    assert tried == [401] * 5 + [429] * 15
    # Who mistypes once at a limited account is told so, and is heard again.
    assert by_api(admin.email, "wrong", HOME).status == 429
    assert by_api(admin.email, PASSWORD, HOME).status == 200
    assert [by_api(admin.email, "wrong", HOME).status for _ in range(4)] == [429] * 4
    assert by_api(admin.email, PASSWORD, HOME).status == 429, "no address guesses on"


def test_accounts_that_do_not_exist_are_limited_alike(admin: User) -> None:
    assert [by_api("nobody@acme.example", "wrong", ATTACKER).status for _ in range(6)] == [401] * 5 + [429]


def test_right_passwords_are_not_counted(admin: User) -> None:
    assert [by_api(admin.email, PASSWORD, HOME).status for _ in range(12)] == [200] * 12


def test_a_network_of_ipv6_is_one_address(admin: User) -> None:
    tried = [by_api(f"nobody{number}@acme.example", "x", f"2001:db8::{number + 1:x}").status for number in range(9)]
    assert tried == [401] * 8 + [429]
    assert by_api(admin.email, PASSWORD, "2001:db8:0:1::1").status == 200


@pytest.mark.django_db(transaction=True)
def test_the_cache_in_the_database_counts_attempts_at_once(admin: User, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    cache.clear()
    answers = at_once(*[lambda: by_api(admin.email, "wrong", ATTACKER)] * 16)
    assert sorted(answer.status for answer in answers) == [401] * 5 + [429] * 11
    assert by_api(admin.email, PASSWORD, HOME).status == 200
    cache.clear()


def test_nobody_is_let_in_uncounted(admin: User, settings: Any) -> None:
    nobody_listens = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nobody_listens}
    answer = by_api(admin.email, PASSWORD, HOME)
    assert (answer.status, answer.problem()) == (503, "database")
    assert answer.headers["Retry-After"]


@pytest.mark.slow
def test_processes_count_together(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as database_url:
        with_company(database_url)
        limited = {"SIGN_IN_RATE": "1000/hour", "SIGN_IN_ACCOUNT_RATE": "5/hour"}
        with Server(database_url, workers=4, settings=limited) as server:

            def attempt() -> int:
                return server.send("POST", LOGIN, {"email": EMAIL, "password": "wrong"})[0]

            assert sorted(at_once(*[attempt] * 12)) == [401] * 5 + [429] * 7
