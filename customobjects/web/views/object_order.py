"""The order in which a person sees the objects, in the sidebar, on Home and in the palette."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from customobjects.queries.objects import list_objects
from customobjects.queries.preferences import as_liked
from customobjects.services.preferences import save_object_order
from customobjects.web.views.base import Page

# How far an object goes, by what its button says.
STEPS = {"up": -1, "down": 1}


class ObjectOrderPage(Page):
    """The objects, each with buttons that move it; the sidebar's script sends all of them in their new order."""

    def get(self, request: HttpRequest) -> HttpResponse:
        objects = as_liked(self.actor, list_objects(self.actor).filter(is_active=True))
        return render(request, "web/object_order.html", {"objects": objects})

    def post(self, request: HttpRequest) -> HttpResponse:
        """``ids`` are those of the objects in their order; or ``up`` or ``down`` has the one that is moved by one."""
        if "ids" in request.POST:
            save_object_order(self.actor, request.POST.getlist("ids"))
            return HttpResponse(status=204)
        ids = [str(one.id) for one in as_liked(self.actor, list_objects(self.actor).filter(is_active=True))]
        for name, step in STEPS.items():
            if (moved := request.POST.get(name)) in ids:
                at = ids.index(moved)
                ids.insert(min(max(at + step, 0), len(ids)), ids.pop(at))
        save_object_order(self.actor, ids)
        return redirect("web:object-order")
