"""A file that a real server sends as it reads it."""

from __future__ import annotations

import csv
import http.client
import io
import time
from pathlib import Path

import pytest

from tests.processes.test_memory import megabytes, peaks_of
from tests.server import PATIENCE, Server, fresh_database, wait_until, with_company

RECORDS = 20_000
NOTES = "word " * 400
# What the connection of another thread caches of SQLite's file, and what is made of a few pages at a time: a file of
# 40 MB that was put together would take several times as much.
MORE_MEGABYTES = 64 + 40


def cpu_ticks(process_id: int) -> int:
    """The time that a process has computed, in ticks of the clock."""
    parts = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return int(parts[11]) + int(parts[12])


@pytest.mark.slow
def test_a_large_export(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1) as server:
            token = server.sign_in()
            fields = [{"label": "Name", "type": "TEXT"}, {"label": "Notes", "type": "TEXTAREA"}]
            assert server.send("POST", "/v1/custom-objects", {"name": "Box", "fields": fields}, token)[0] == 201
            for start in range(0, RECORDS, 1_000):
                data = [{"name": f"b{start + place:05}", "notes": NOTES} for place in range(1_000)]
                body = {"operations": [{"op": "create", "data": one} for one in data]}
                assert server.send("POST", "/v1/custom-objects/box/records/bulk", body, token)[0] == 200
            before = max(peaks_of(server).values())

            def ask() -> http.client.HTTPResponse:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
                headers = {"Authorization": f"Bearer {token}"}
                connection.request("GET", "/v1/custom-objects/box/records/export?sort=name", headers=headers)
                return connection.getresponse()

            answer = ask()
            assert answer.status == 200
            assert answer.getheader("Content-Length") is None
            text = answer.read().decode("utf-8-sig")
            assert len(text) > 40_000_000
            rows = list(csv.reader(io.StringIO(text, newline="")))
            assert [row[0] for row in rows[1:]] == [f"b{number:05}" for number in range(RECORDS)]
            peaks = peaks_of(server)
            assert max(peaks.values()) < before + MORE_MEGABYTES, (before, peaks)

            # Whoever goes away is not read for any longer.
            leaving = ask()
            leaving.read(1_000)
            leaving.close()
            [worker] = server.processes()

            def is_idle() -> bool:
                ticks = cpu_ticks(worker)
                time.sleep(0.5)
                return cpu_ticks(worker) - ticks <= 2

            wait_until(is_idle, "the server goes on")
            assert megabytes(worker) < before + 2 * MORE_MEGABYTES
