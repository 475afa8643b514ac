"""What is written down twice in this repository is the same in both places."""

from __future__ import annotations

import re

import pytest

from customobjects.fieldtypes import TYPES
from customobjects.queries.operators import OPERATORS
from tests.api.test_records import EVERY_TYPE
from tests.fieldtypes.strategies import EXAMPLES
from tests.server import ROOT


def test_hooks_before_a_commit_have_the_versions_of_the_tests() -> None:
    pinned = re.findall(r'"([\w-]+==[\w.]+)"', (ROOT / ".pre-commit-config.yaml").read_text())
    assert {requirement.partition("==")[0] for requirement in pinned} == {"ruff", "djlint", "import-linter"}
    assert set(pinned) <= set((ROOT / "requirements-dev.txt").read_text().splitlines())


def test_every_setting_is_in_the_example_of_the_environment() -> None:
    reading = re.compile(r'(?:env\.\w+|whole_number|flag|rate)\(\s*"([A-Z_]+)"')
    read = [name for file in (ROOT / "salesos").rglob("*.py") for name in reading.findall(file.read_text())]
    documented = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(set(read)) == sorted(documented)


def test_every_operator_is_in_the_description_of_the_api() -> None:
    described = set(re.findall(r"`__(\w+)`", (ROOT / "docs/api.md").read_text()))
    assert described == set(OPERATORS) - {"exact"}


def test_every_type_is_tried() -> None:
    assert set(EXAMPLES) == set(TYPES), "a type's example stands in tests/fieldtypes/strategies.py"
    tried = {field["type"] for field in EVERY_TYPE}
    assert tried == set(TYPES), "a field of each type stands in EVERY_TYPE of tests/api/test_records.py"


def test_no_script_has_what_the_minifier_takes_for_nothing() -> None:
    # It makes nothing of ``void (a && f())``, call and all.
    for script in sorted((ROOT / "static/js").glob("*.js")):
        assert not re.search(r"\bvoid \(", script.read_text()), script.name


@pytest.mark.parametrize(
    ("files", "most"),
    [("templates/**/*.html", 150), ("static/js/*.js", 250), ("salesos/**/*.py", 400), ("customobjects/**/*.py", 400)],
)
def test_no_file_outgrows_what_one_reads_at_once(files: str, most: int) -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ROOT.glob(files)}
    assert lines, "there are such files"
    assert {path: count for path, count in lines.items() if count > most} == {}
