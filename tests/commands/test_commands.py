"""What an operator runs: each command twice."""

from __future__ import annotations

import contextlib
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from salesos.accounts.hashers import Argon2Hasher
from salesos.accounts.models import ApiKey, Organization, User
from tests.conftest import Api
from tests.server import ROOT

MAKE = ["create_organization", "Acme", "--email", "Boss@acme.example", "--password", "a-good-password"]


@pytest.mark.django_db
def test_create_organization(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(*MAKE)
    user = User.objects.get()
    assert (user.email, user.role, user.is_superuser) == ("boss@acme.example", "ADMIN", False)
    assert user.organization.name == "Acme"
    assert user.check_password("a-good-password")
    call_command(*MAKE)
    assert "exists already" in capsys.readouterr().out
    assert (Organization.objects.count(), User.objects.count()) == (1, 1)
    with pytest.raises(CommandError, match="an organization named 'Acme' exists"):
        call_command("create_organization", "Acme", "--email", "other@acme.example", "--password", "x")
    with pytest.raises(CommandError, match="a user with the e-mail"):
        call_command("create_organization", "Other", "--email", "boss@acme.example", "--password", "x")
    assert Organization.objects.count() == 1


@pytest.mark.django_db
def test_create_api_key(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(*MAKE)
    capsys.readouterr()
    call_command(
        "create_api_key", "boss@acme.example", "--name", "CI", "--scope", "read", "--scope", "write", "--days", "3"
    )
    key = capsys.readouterr().out.strip()
    assert Api(**{"x-api-key": key}).get("/v1/auth/me").json["email"] == "boss@acme.example"
    row = ApiKey.objects.get()
    assert row.scopes == ["read", "write"]
    assert row.expires_at is not None
    with pytest.raises(CommandError):
        call_command("create_api_key", "nobody@acme.example", "--name", "x")


PRODUCTION = {"SECRET_KEY": "k" * 60 + "1234567890", "ALLOWED_HOSTS": "objects.example.com"}


def manage(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing but these settings in the environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_password_is_read_from_the_environment_or_asked_for(tmp_path: Path) -> None:
    settings = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    assert manage("migrate", "--verbosity", "0", **settings).returncode == 0
    command = ["create_organization", "Acme", "--email", "boss@acme.example"]
    nobody = manage(*command, **settings)
    assert nobody.returncode != 0
    assert "Set ADMIN_PASSWORD" in nobody.stderr
    assert "These were two different passwords." in at_a_terminal(command, settings, "a-good-one", "another-one")
    assert "Made Acme" in at_a_terminal(command, settings, "a-good-password", "a-good-password")
    given = manage("create_organization", "Other", "--email", "b@b.example", ADMIN_PASSWORD="from-outside", **settings)
    assert given.returncode == 0, given.stderr
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
        hashes = dict(connection.execute("SELECT email, password FROM accounts_user"))
    assert Argon2Hasher().verify("a-good-password", hashes["boss@acme.example"])
    assert Argon2Hasher().verify("from-outside", hashes["b@b.example"])


def at_a_terminal(command: list[str], settings: dict[str, str], *answers: str) -> str:
    """What manage.py says to somebody who types these lines."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "manage.py", *command], {"PATH": os.environ["PATH"], **settings})
    said = b""
    waiting = list(answers)
    # A terminal whose process has ended is an error to read.
    with contextlib.suppress(OSError):
        while some := os.read(terminal, 1024):
            said += some
            if waiting and said.count(b": ") == len(answers) - len(waiting) + 1:
                os.write(terminal, waiting.pop(0).encode() + b"\n")
    os.waitpid(pid, 0)
    os.close(terminal)
    return said.decode()


def test_production_settings_pass_the_deployment_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Set SECRET_KEY"),
        ({**PRODUCTION, "DEBUG": "maybe"}, "DEBUG must be 0 or 1"),
        ({**PRODUCTION, "MAX_RECORD_KB": "lots"}, "MAX_RECORD_KB must be a whole number of at least 1"),
        ({**PRODUCTION, "SIGN_IN_RATE": "many"}, "SIGN_IN_RATE must be a number per s, min, hour, day such as 30/min"),
        ({**PRODUCTION, "SIGN_IN_ACCOUNT_RATE": "0/s"}, "SIGN_IN_ACCOUNT_RATE must be"),
        ({**PRODUCTION, "CACHE_URL": "x://y"}, "CACHE_URL must start with dbcache://, redis:// or rediss://"),
        ({**PRODUCTION, "DATABASE_URL": "mysql://x@y/z"}, "DATABASE_URL must start with postgres:// or sqlite:///"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(wrong: dict[str, str], sentence: str) -> None:
    done = manage("check", **wrong)
    assert done.returncode != 0
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("url", "cache"),
    [
        ("", "django.core.cache.backends.db.DatabaseCache cache"),
        ("dbcache://counts", "django.core.cache.backends.db.DatabaseCache counts"),
        ("redis://cache.example:6379/1", "django.core.cache.backends.redis.RedisCache redis://cache.example:6379/1"),
        ("rediss://cache.example:6379/1", "django.core.cache.backends.redis.RedisCache rediss://cache.example:6379/1"),
    ],
)
def test_the_cache_is_in_the_database_or_redis(url: str, cache: str) -> None:
    say = "from django.conf import settings; c = settings.CACHES['default']; print(c['BACKEND'], c['LOCATION'])"
    done = manage("shell", "--no-imports", "--command", say, **PRODUCTION, **({"CACHE_URL": url} if url else {}))
    assert done.stdout.strip() == cache, done.stderr


def test_the_doctor_says_what_keeps_him_from_looking(tmp_path: Path) -> None:
    away = manage("doctor", **PRODUCTION, DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/db.sqlite3")
    assert away.returncode == 1
    assert "the database does not answer" in away.stderr
    empty = manage("doctor", **PRODUCTION, DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    assert empty.returncode == 1
    assert "migrations are not applied; run manage.py migrate: " in empty.stdout
    assert empty.stdout.splitlines()[-1].startswith("Something is wrong.")


def test_no_migration_is_missing() -> None:
    done = manage("makemigrations", "--check", "--dry-run", **PRODUCTION)
    assert done.returncode == 0, done.stdout
