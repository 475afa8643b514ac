"""What a server process keeps of what it is asked is bounded in bytes."""

from __future__ import annotations

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from salesos import json
from tests.server import Server, fresh_database, with_company

FILTERS = 20_000
MAX_MEGABYTES = 300
# SQLite's connections have caches of 64 MB each.
MAX_MEGABYTES_OF_BULKS = 600
BULKS = 8


def megabytes(process_id: int, line: str = "VmHWM") -> int:
    """The most memory that a process had at any time, or what another line of its status says."""
    [found] = re.findall(rf"^{line}:\s+(\d+) kB$", Path(f"/proc/{process_id}/status").read_text(), re.MULTILINE)
    return int(found) // 1024


def processes_of(process_id: int) -> list[int]:
    """A process, and all that it has started."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    return [process_id, *(found for child in children for found in processes_of(int(child)))]


def peaks_of(server: Server) -> dict[int, int]:
    """The most megabytes that each process of a server had at any time."""
    assert server.process is not None
    peaks = {found: megabytes(found) for found in processes_of(server.process.pid)}
    assert len(peaks) > 1, "the server has a worker"
    return peaks


@pytest.mark.slow
def test_large_filters(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1) as server:
            token = server.sign_in()
            fields = [{"label": "Name", "type": "TEXT"}, {"label": "Code", "type": "TEXT"}]
            assert server.send("POST", "/v1/custom-objects", {"name": "Box", "fields": fields}, token)[0] == 201

            def ask(numbers: range) -> set[int]:
                connection = http.client.HTTPConnection("127.0.0.1", server.port)
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                statuses = set()
                for number in numbers:
                    # 100 KB that differ each time.
                    codes = [f"{number:06}{place:04}".ljust(500, "x") for place in range(199)]
                    body: dict[str, Any] = {"filter": {"code__in": codes}, "limit": 1}
                    connection.request("POST", "/v1/custom-objects/box/records/search", json.dumps(body), headers)
                    answer = connection.getresponse()
                    answer.read()
                    statuses.add(answer.status)
                connection.close()
                return statuses

            half = FILTERS // 2
            with ThreadPoolExecutor(2) as pool:
                assert list(pool.map(ask, [range(half), range(half, FILTERS)])) == [{200}, {200}]
            peaks = peaks_of(server)
            assert max(peaks.values()) < MAX_MEGABYTES, peaks


@pytest.mark.slow
def test_large_bulks_at_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1) as server:
            token = server.sign_in()
            fields = [{"label": "Name", "type": "TEXT"}, {"label": "Notes", "type": "TEXTAREA"}]
            assert server.send("POST", "/v1/custom-objects", {"name": "Box", "fields": fields}, token)[0] == 201
            data = [{"name": f"Box {number}", "notes": f"word {number} " * 530} for number in range(1_000)]
            body = {"operations": [{"op": "create", "data": one} for one in data]}
            assert 4_500_000 < len(json.dumps(body)) < 5_000_000

            def create(_number: int) -> int:
                return int(server.send("POST", "/v1/custom-objects/box/records/bulk", body, token)[0])

            with ThreadPoolExecutor(BULKS) as pool:
                assert list(pool.map(create, range(BULKS))) == [200] * BULKS
            peaks = peaks_of(server)
            assert max(peaks.values()) < MAX_MEGABYTES_OF_BULKS, peaks
