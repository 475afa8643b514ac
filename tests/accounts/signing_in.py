"""Signing in as programs do."""

from __future__ import annotations

from typing import Any

from salesos.accounts.models import User
from tests.conftest import PASSWORD, Answer, Api

LOGIN, REFRESH, LOGOUT = "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout"


def sign_in(user: User, password: str = PASSWORD) -> dict[str, Any]:
    answer = Api().post(LOGIN, {"email": user.email, "password": password})
    assert answer.status == 200, answer
    return dict(answer.json)


def refresh(token: str) -> Answer:
    return Api().post(REFRESH, {"refreshToken": token})
