"""Refresh tokens: each is good once, and a copy ends all that came of the same signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from salesos.accounts.models import TokenFamily, User
from tests.accounts.signing_in import LOGOUT, refresh, sign_in
from tests.conftest import OBJECTS, Answer, Api
from tests.processes.test_concurrency import at_once


def assert_over(answer: Answer) -> None:
    assert answer.status == 401, answer
    assert answer.problem() == "token_not_valid"


def test_a_refresh_token_is_traded_for_the_next_pair(admin: User) -> None:
    first = sign_in(admin)["refreshToken"]
    second = refresh(first)
    assert second.status == 200
    assert set(second.json) == {"accessToken", "refreshToken", "expiresIn"}
    assert Api(authorization=f"Bearer {second.json['accessToken']}").get("/v1/auth/me").status == 200
    third = refresh(second.json["refreshToken"])
    assert third.status == 200
    assert TokenFamily.objects.count() == 1, "one row for each signing in, however often tokens are traded"


def test_a_token_that_comes_again_ends_its_family_and_no_other(admin: User) -> None:
    elsewhere = sign_in(admin)["refreshToken"]
    first = sign_in(admin)["refreshToken"]
    newest = refresh(first).json["refreshToken"]
    assert_over(refresh(first))
    assert_over(refresh(newest))
    assert refresh(elsewhere).status == 200


@pytest.mark.django_db(transaction=True)
def test_one_token_spent_eight_times_at_once_gives_one_pair(admin: User) -> None:
    token = sign_in(admin)["refreshToken"]
    answers = at_once(*[lambda: refresh(token)] * 8)
    assert sorted(answer.status for answer in answers) == [200] + [401] * 7
    [given] = [answer.json for answer in answers if answer.status == 200]
    assert Api(authorization=f"Bearer {given['accessToken']}").get("/v1/auth/me").status == 200
    # Seven of the eight held a copy.
    assert_over(refresh(given["refreshToken"]))


def test_a_new_password_ends_the_old_tokens(admin: User) -> None:
    signed_in = sign_in(admin)
    bearer = Api(authorization=f"Bearer {signed_in['accessToken']}")
    assert bearer.get(OBJECTS).status == 200
    admin.set_password("another-password-entirely")
    admin.save()
    assert bearer.get(OBJECTS).status == 401
    assert_over(refresh(signed_in["refreshToken"]))
    assert not TokenFamily.objects.exists(), "it ended, and does not wait for the old password to come back"
    fresh = sign_in(admin, "another-password-entirely")
    assert refresh(fresh["refreshToken"]).status == 200


def test_tokens_of_who_has_left_are_over(rep: User) -> None:
    token = sign_in(rep)["refreshToken"]
    User.objects.filter(id=rep.id).update(is_active=False)
    assert_over(refresh(token))
    User.objects.filter(id=rep.id).update(is_active=True)
    assert_over(refresh(token))


def test_signing_out_ends_the_family(admin: User) -> None:
    first = sign_in(admin)["refreshToken"]
    newest = refresh(first).json["refreshToken"]
    assert Api().post(LOGOUT, {"refreshToken": newest}).status == 204
    assert_over(refresh(newest))
    assert_over(Api().post(LOGOUT, {"refreshToken": newest}))
    assert_over(Api().post(LOGOUT, {"refreshToken": "rubbish"}))


def test_only_refresh_tokens_refresh(admin: User) -> None:
    assert_over(refresh(sign_in(admin)["accessToken"]))
    assert_over(refresh("rubbish"))


def test_tokens_are_not_kept_on_the_way(admin: User) -> None:
    answer = Api().post("/v1/auth/login", {"email": admin.email, "password": "correct-horse-battery"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert refresh(answer.json["refreshToken"]).headers["Cache-Control"] == "no-store"


def test_families_that_are_over_are_forgotten(admin: User) -> None:
    kept, over = sign_in(admin)["refreshToken"], sign_in(admin)["refreshToken"]
    newest = TokenFamily.objects.order_by("-id")[:1].values("id")
    TokenFamily.objects.filter(id__in=list(newest.values_list("id", flat=True))).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    call_command("flushexpiredtokens")
    assert refresh(kept).status == 200
    assert_over(refresh(over))
