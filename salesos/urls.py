"""All paths of the server."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from salesos import views
from salesos.headers import of_api_docs
from salesos.rest.routers import UnknownPath

urlpatterns = [
    path("v1/", include("customobjects.api.urls")),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz),
    path("healthz/", views.healthz),
    path("readyz", views.readyz),
    path("readyz/", views.readyz),
    path("v1/auth/", include("salesos.accounts.urls")),
    path("v1/schema", views.OpenAPIDocument.as_view(), name="schema"),
    path("v1/schema/", views.OpenAPIDocument.as_view()),
    path(
        "v1/schema/swagger/",
        of_api_docs(SpectacularSwaggerSplitView.as_view(url_name="schema")),
        name="swagger",
    ),
    path(
        "v1/schema/redoc/",
        of_api_docs(SpectacularRedocView.as_view(url_name="schema", template_name="api/redoc.html")),
        name="redoc",
    ),
    re_path(r"^v1(/.*)?$", UnknownPath.as_view()),
    path("admin/", admin.site.urls),
    path("", include("customobjects.web.urls")),
]

handler400 = "salesos.views.bad_request"
handler403 = "salesos.views.denied"
handler404 = "salesos.views.not_found"
handler500 = "salesos.views.server_error"
