"""The static files of pages, which ``manage.py collectstatic`` puts into one folder."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured


def require_static_files() -> None:
    """Raise ``ImproperlyConfigured`` where pages would ask for files that were not collected yet."""
    storage = staticfiles_storage
    if isinstance(storage, ManifestFilesMixin) and not storage.hashed_files:
        raise ImproperlyConfigured("the static files of its pages are missing; run: manage.py collectstatic --noinput")
