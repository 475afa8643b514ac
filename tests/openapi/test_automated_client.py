"""A client that knows only the OpenAPI document, and tries everything that it allows and much that it does not.

Here in a short form; ``script/fuzz`` runs it for longer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT, Server, fresh_database, with_company

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "4")
# The short form makes up the same cases each time, so that what it finds is found again.
SEED = os.environ.get("FUZZ_SEED", "2026")
LEAST_CASES = 2_000


@pytest.mark.slow
def test_the_document_keeps_its_word(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as database:
        with_company(database, sample=True)
        with Server(database) as server:
            command = [
                *(str(Path(sys.executable).parent / "st"), "--config-file", "tests/openapi/schemathesis.toml"),
                *("run", f"{server.url}/v1/schema", "--header", f"Authorization: Bearer {server.sign_in()}"),
                *("--checks", "all", "--max-examples", EXAMPLES, "--seed", SEED, "--continue-on-failure", "--no-color"),
            ]
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "HOME": str(tmp_path)},
                capture_output=True,
                text=True,
                check=False,
            )
    print(done.stdout[-20_000:])  # noqa: T201  (pytest shows it where the test fails)
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None, done.stdout[-3_000:] + done.stderr[-3_000:]
    assert int(cases.group(1)) >= LEAST_CASES
    assert done.returncode == 0
