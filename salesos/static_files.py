"""The static files of pages, which ``manage.py collectstatic`` puts into one folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

import minify
from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The folders of our own files, and what they are.
KINDS = {"js": "application/javascript", "css": "text/css"}


class WholeFiles(Compressor):  # type: ignore[misc]
    """Writes what it compresses whole or not at all: what is there is not made again."""

    def write_data(self, path: str, data: bytes, suffix: str, stat_result: os.stat_result) -> str:
        part: str = super().write_data(path, data, f"{suffix}.part", stat_result)
        return str(Path(part).replace(f"{path}{suffix}"))


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Files whose names tell their content; modules import each other by these names, too."""

    support_js_module_import_aggregation = True
    # As far as modules import modules that import others: a file's name is known when those of its imports are.
    max_post_process_passes = 12

    def _save(self, name: str, content: File) -> str:
        """Our own scripts and style sheets are sent without what only their readers need."""
        kind = KINDS.get(name.partition("/")[0])
        if kind is not None:
            content.seek(0)
            text = content.read()
            content = ContentFile(minify.string(kind, text.decode() if isinstance(text, bytes) else text).encode())
        saved: str = super()._save(name, content)
        return saved

    def create_compressor(self, **options: Any) -> Compressor:
        return WholeFiles(**options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what is asked for by names that tell its content, and was not compressed before.

        To compress all of it takes ten seconds of a processor, most of them for the documentation of the API.
        """
        asked_for = set(self.hashed_files.values())
        names = set(paths)
        self.delete_files(f"{name}{suffix}" for name in names - asked_for for suffix in (".br", ".gz"))
        yield from super().compress_files(name for name in names & asked_for if not self.exists(f"{name}.br"))


def require_static_files() -> None:
    """Raise ``ImproperlyConfigured`` where pages would ask for files that were not collected, or not since an upgrade.

    Every page that names one of them would fail.
    """
    storage = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return
    if missing := [name for name in static_files() if name not in storage.hashed_files]:
        raise ImproperlyConfigured(
            f"{len(missing)} of the static files of its pages are missing, such as {missing[0]}; "
            "run: manage.py collectstatic --noinput"
        )


def static_files() -> Iterator[str]:
    """The names of all files that ``collectstatic`` collects, as templates name them."""
    ignored = getattr(apps.get_app_config("staticfiles"), "ignore_patterns", [])
    for finder in get_finders():
        for path, storage in finder.list(ignored):
            yield PurePath(getattr(storage, "prefix", None) or "", path).as_posix()
