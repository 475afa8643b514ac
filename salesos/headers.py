"""What answers say of themselves: who may keep them, and what their pages may load. Made once, the same for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from salesos.db.django_internals import constant_headers

# Records are for the one who asked. Browsers may keep them, and ask each time whether they are still so (304).
PRIVATE = "private, no-cache"
API_VARY = ("Accept-Encoding", "Authorization", "Cookie", "X-API-Key")
CONTENT_SECURITY_POLICY = "Content-Security-Policy"


def _policy(*, scripts: str = "'self'", styles: str = "'self'", fonts: str = "'self'", more: str = "") -> str:
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; font-src {fonts}; "
        f"connect-src 'self'; {more}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


# Our own pages have no script and no style but in files.
PAGE_POLICY = _policy()
# Unfold, whose pages Alpine moves, writes both into its pages.
ADMIN_POLICY = _policy(scripts="'self' 'unsafe-inline' 'unsafe-eval'", styles="'self' 'unsafe-inline'")
# Swagger UI and Redoc make style sheets as they run, and Redoc searches in a worker that it makes of a text.
DOCS_POLICY = _policy(styles="'self' 'unsafe-inline'", fonts="'self' data:", more="worker-src blob:; ")

API_HEADERS = constant_headers({"Cache-Control": PRIVATE, "Vary": ", ".join(API_VARY)})
PAGE_HEADERS = constant_headers({"Cache-Control": PRIVATE, CONTENT_SECURITY_POLICY: PAGE_POLICY})
ADMIN_HEADERS = constant_headers({"Cache-Control": PRIVATE, CONTENT_SECURITY_POLICY: ADMIN_POLICY})


def of_api_docs(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same view, whose pages may do what pages that show the API's documentation do."""

    @wraps(view)
    def answering(*args: Any, **kwargs: Any) -> Any:
        response = view(*args, **kwargs)
        response.headers[CONTENT_SECURITY_POLICY] = DOCS_POLICY
        return response

    return answering
