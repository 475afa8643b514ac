"""A server without the static files of its pages does not start, and says what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.server import ROOT, Server, environment, free_port, fresh_database, manage

COMMAND = "manage.py collectstatic --noinput"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The product in a folder of its own, as it is installed: nothing is collected there."""
    folder = tmp_path / "installed"
    # What finds its own place on the disk is copied.
    shutil.copytree(ROOT / "salesos", folder / "salesos", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    for name in ("customobjects", "static", "templates"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def start_in_vain(folder: Path, url: str) -> str:
    """Start the server, which must end by itself; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "salesos.serving"],
        cwd=folder,
        env=environment(url) | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.slow
def test_the_start_says_that_static_files_are_missing(tmp_path: Path, installed: Path) -> None:
    with fresh_database(tmp_path) as url:
        said = start_in_vain(installed, url)
        assert "The server does not start: " in said
        assert COMMAND in said

        manage(url, "collectstatic", "--noinput", folder=installed)
        with Server(url, folder=installed) as server, urllib.request.urlopen(f"{server.url}/sign-in/") as page:
            assert "pages." in page.read().decode()

        # As after an upgrade that brings a new file.
        manifest = installed / "var" / "static" / "staticfiles.json"
        content = json.loads(manifest.read_text())
        name = next(name for name in content["paths"] if name.endswith("css/pages.css"))
        del content["paths"][name]
        manifest.write_text(json.dumps(content))
        said = start_in_vain(installed, url)
        assert name in said
        assert COMMAND in said


@pytest.mark.slow
def test_collecting_again_makes_only_what_is_not_there(tmp_path: Path, installed: Path) -> None:
    """What was compressed stays as it is, and what is missing, as after a kill, is made."""
    folder = installed / "var" / "static"
    with fresh_database(tmp_path) as url:
        manage(url, "collectstatic", "--noinput", folder=installed)
        made = {path: path.stat().st_mtime_ns for path in folder.rglob("*.br")}
        names = set(json.loads((folder / "staticfiles.json").read_text())["paths"].values())
        assert {str(path.relative_to(folder)).removesuffix(".br") for path in made} <= names
        lost = next(path for path in made if path.name.startswith("pages."))
        content = lost.read_bytes()
        lost.unlink()
        manage(url, "collectstatic", "--noinput", folder=installed)
    assert lost.read_bytes() == content
    assert {path for path, at in made.items() if path.stat().st_mtime_ns != at} <= {lost}
    assert not list(folder.rglob("*.part"))
