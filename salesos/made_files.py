"""Static files that are made of others: parts of fonts, and the style sheets of all pages in one.

A first visit loads one sheet instead of ten, of which each has a head of half a kilobyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from salesos import fonts

# In the order in which they hold.
SHEETS = "fonts tokens base shell components forms combobox table record palette".split()
ALL_SHEETS = "css/pages.css"


def sheet_sources() -> list[Path]:
    """The files of the style sheets of all pages."""
    return [Path(str(finders.find(f"css/{name}.css"))) for name in SHEETS]


class MadeStorage(FileSystemStorage):
    """The files; each is made where it is not there, or older than what it is made of."""

    def path(self, name: str) -> str:
        path = Path(super().path(name))
        sources = sheet_sources() if name == ALL_SHEETS else fonts.font_source(name)
        newest = max(one.stat().st_mtime for one in (*sources, Path(__file__), Path(fonts.__file__)))
        if not path.exists() or path.stat().st_mtime < newest:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Whoever makes it at the same time makes the same.
            with NamedTemporaryFile(dir=path.parent, delete=False) as made:
                if name == ALL_SHEETS:
                    made.write(b"".join(one.read_bytes() for one in sources))
                else:
                    fonts.make_font(name, made.name)
            Path(made.name).chmod(0o644)
            Path(made.name).replace(path)
        return str(path)


class MadeFinder(finders.BaseFinder):
    """Tells ``collectstatic``, and the server that one develops on, of the files."""

    names = (ALL_SHEETS, *fonts.FILES)

    def __init__(self, *args: Any, **more: Any) -> None:
        self.storage = MadeStorage(location=settings.BASE_DIR / "var" / "made")

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, MadeStorage]]:
        return ((name, self.storage) for name in self.names)

    def find(self, path: str, find_all: bool = False, **more: Any) -> Any:
        if path not in self.names:
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)
