"""What monitors and load balancers ask."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customobjects.models import Heartbeat
from customobjects.services import heartbeat
from salesos import readiness

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_logged_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_logged", {})


def ready(query: str = "") -> tuple[int, Any]:
    answer = Client().get(f"/readyz{query}")
    return answer.status_code, answer.json()


def last_worked(**ago: int) -> None:
    heartbeat.start()
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(**ago))


def test_probes_answer() -> None:
    for path in ("/healthz", "/healthz/", "/readyz", "/readyz/"):
        assert Client().get(path).status_code == 200


def test_a_background_that_works() -> None:
    heartbeat.start()
    status, answer = ready()
    assert (status, answer["status"], answer["background"]["status"]) == (200, "ready", "working")
    assert set(answer["background"]) == {"status", "workedAt"}
    assert ready("?require=background") == (200, answer)


def test_a_background_that_stopped_is_told_and_requests_go_on() -> None:
    last_worked(seconds=75)
    status, answer = ready()
    assert (status, answer["status"]) == (200, "ready"), "a load balancer goes on sending requests"
    assert answer["background"]["status"] == "stopped"
    assert answer["background"]["message"].startswith("the background has not worked for 75 seconds")
    status, answer = ready("?require=background")
    assert (status, answer["errors"][0]["code"]) == (503, "background"), "who watches the background is told by it"
    last_worked(seconds=45)
    assert ready("?require=background")[0] == 200


def test_a_background_that_never_worked() -> None:
    status, answer = ready()
    assert (status, answer["background"]["workedAt"]) == (200, None)
    assert answer["background"]["message"] == "the background has never worked; start manage.py worker"


def test_what_is_required_must_be_there() -> None:
    status, answer = ready("?require=coffee")
    assert (status, answer["message"]) == (400, ["require must be background"])


def test_the_log_says_it_once_and_that_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="salesos.readiness"):
        for seconds in (75, 76):
            last_worked(seconds=seconds)
            ready()
        assert len(caplog.messages) == 1
        assert caplog.messages[0].startswith("the background has not worked for 75 seconds")
        for _ in range(2):
            last_worked(seconds=1)
            ready()
    assert caplog.messages[1:] == ["background works again"]


def test_a_worker_writes_that_it_works_now_and_then(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(heartbeat, "_beaten_at", None)
    with django_assert_num_queries(0):
        heartbeat.beat()  # this process is no worker
    # 1. The row, new or changed.
    with django_assert_num_queries(1):
        heartbeat.start()
        heartbeat.beat()
    last_worked(seconds=75)
    monkeypatch.setattr(heartbeat, "_beaten_at", heartbeat.time.monotonic() - heartbeat.BEAT_SECONDS)
    heartbeat.beat()
    assert ready()[1]["background"]["status"] == "working"
