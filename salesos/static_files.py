"""The static files of pages, which ``manage.py collectstatic`` puts into one folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import minify
from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The folders of our own files, and what they are.
KINDS = {"js": "application/javascript", "css": "text/css"}


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
