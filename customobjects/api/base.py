"""What the ViewSets of records share."""

from __future__ import annotations

from salesos.rest.believing import BelievingView
from salesos.rest.viewsets import ApiViewSet


class RevalidatingViewSet(BelievingView, ApiViewSet):
    """A ViewSet whose requests may go by cached rows, which the database confirms before anything is answered."""
