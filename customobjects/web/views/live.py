"""What others do to the records that somebody looks at."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from customobjects.queries.changes import list_changes
from customobjects.queries.objects import get_schema
from customobjects.web.views.base import Page

# Of so many changes at once, a page is told; it asks again for more.
MAX_CHANGES = 200


class Live(Page):
    """Which records of an object have changed, for a page's script: ``{"cursor", "changed": [ids]}``.

    Without a cursor it is where to go on from now. Objects without a history tell of new records only.
    """

    def get(self, request: HttpRequest, object_reference: str) -> JsonResponse:
        cursor = request.GET.get("cursor", "")
        about = get_schema(self.actor, object_reference).id
        page = list_changes(self.actor, limit=MAX_CHANGES, cursor=cursor, from_now=not cursor, object_id=about)
        changed = list(dict.fromkeys(str(entry.record_id) for entry in page.entries))
        return JsonResponse({"cursor": page.cursor, "changed": changed})
