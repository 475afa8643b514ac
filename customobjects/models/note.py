from __future__ import annotations

from customobjects.models.attached import Attached


class Note(Attached):
    """What somebody has written down about a record."""
