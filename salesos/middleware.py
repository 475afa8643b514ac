"""What surrounds every request, where Django's own does more than is wanted."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import Any

import brotli
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseFileResponse
from xxhash import xxh3_128_hexdigest

from salesos import headers
from salesos.accounts.limits import TooManyAttempts
from salesos.admin import is_nonsense
from salesos.db.django_internals import conditional_response, give_headers
from salesos.rest.exceptions import answer, wants_json
from salesos.views import bad_request, error_page

logger = logging.getLogger(__name__)

# What fits into one packet of a network arrives no sooner for being smaller.
MIN_COMPRESSED_BYTES = 1_400
# What the tag of a compressed answer ends with, beside that of the same answer as it is.
GZIP, BROTLI = "-gzip", "-br"
# A list of 100 records: 22 KB in 2.0 ms, where gzip makes 26 KB in 3.0.
BROTLI_QUALITY = 5
ACCEPTS_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
CONDITIONAL_HEADERS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


class FilesMiddleware(MiddlewareMixin):
    """Static files go without headers that say nothing of them: a list loads forty files.

    Some mean something for pages only; that a file has changed, its ETag tells.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, WhiteNoiseFileResponse):
            for name in ("Cross-Origin-Opener-Policy", "Referrer-Policy", "Last-Modified"):
                response.headers.pop(name, None)
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compresses larger answers.

    Their size could give away what is secret in them. Django masks the tokens of forms, each time otherwise; the
    admin, whose pages show new keys, stays as it is.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_small = isinstance(response, HttpResponse) and len(response.content) < MIN_COMPRESSED_BYTES
        # That answers differ by what is accepted, the API's headers have said.
        if is_small or "HTTP_ACCEPT_ENCODING" not in request.META or request.path_info.startswith("/admin/"):
            return response
        etag = response.get("ETag", "")
        if isinstance(response, HttpResponse) and _takes_brotli(request, response):
            response.content = brotli.compress(response.content, quality=BROTLI_QUALITY)
            response["Content-Encoding"] = "br"
            response["Content-Length"] = str(len(response.content))
            patch_vary_headers(response, ("Accept-Encoding",))
            if etag:
                response["ETag"] = f'{etag[:-1]}{BROTLI}"'
            return response
        response = super().process_response(request, response)
        if etag and response.get("ETag") == f"W/{etag}":
            # What is compressed has a tag of its own. A weak one, as Django makes it, could not be used for If-Match.
            response["ETag"] = f'{etag[:-1]}{GZIP}"'
        return response


def _takes_brotli(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer is a page, for a browser that reads Brotli. For programs there is gzip, which all know."""
    is_page = response.get("Content-Type", "").startswith("text/html") and not response.has_header("Content-Encoding")
    return is_page and bool(ACCEPTS_BROTLI.search(request.META["HTTP_ACCEPT_ENCODING"]))


class ConditionalMiddleware(ConditionalGetMiddleware):
    """Says who may keep an answer, and what its page may load, and answers 304 to who has the same already.

    Its digest takes 0.2 µs for a page of 50 records (Django's own: 9).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Our views make the same answer for HEAD, of which the server sends the headers.
        reads = request.method in ("GET", "HEAD")
        wants = reads and response.status_code == HTTPStatus.OK and not response.has_header("ETag")
        if wants and isinstance(response, HttpResponse) and self.needs_etag(response):
            response["ETag"] = f'"{xxh3_128_hexdigest(response.content)}"'
        _give_headers(request, response)
        asks = reads and any(name in request.META for name in CONDITIONAL_HEADERS)
        if not (asks and isinstance(response, HttpResponse) and response.has_header("ETag")):
            return response
        found = conditional_response(request, response, same_as=(f'{GZIP}"', f'{BROTLI}"'))
        if found.status_code == HTTPStatus.PRECONDITION_FAILED and wants_json(request):
            return answer(
                found.status_code, "stale", "If-Match names no version that is there", {"ETag": response["ETag"]}
            )
        return found

    def needs_etag(self, response: HttpResponseBase) -> bool:
        return not response.has_header("Cache-Control") or super().needs_etag(response)


def _give_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    if wants_json(request):
        if response.has_header("Vary"):
            patch_vary_headers(response, headers.API_VARY)
        give_headers(response, headers.API_HEADERS)
    else:
        patch_vary_headers(response, ("Cookie",))
        is_admin = request.path_info.startswith("/admin/")
        give_headers(response, headers.ADMIN_HEADERS if is_admin else headers.PAGE_HEADERS)


class PageMiddleware(SessionMiddleware, AuthenticationMiddleware, MessageMiddleware):
    """The session of a person, the user of it, and messages for the next page.

    A program that shows its token or key has no session, and asks the API itself who it acts for.
    """

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_program(request) else super().__call__(request)

    def process_request(self, request: HttpRequest) -> None:
        for middleware in (SessionMiddleware, AuthenticationMiddleware, MessageMiddleware):
            middleware.process_request(self, request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for who tries to sign in too often, wherever that is; and for nonsense that the admin is asked."""
        if is_nonsense(request, exception):
            # Should it be a defect of ours after all, the log has it.
            logger.warning("The admin could not make sense of a request", exc_info=exception)
            return bad_request(request)
        if not isinstance(exception, TooManyAttempts):
            return None
        message = f"Try again in {exception.in_words}."
        answer = error_page(request, HTTPStatus.TOO_MANY_REQUESTS, "Too many attempts", message)
        answer["Retry-After"] = str(exception.wait)
        return answer

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response = MessageMiddleware.process_response(self, request, response)
        return SessionMiddleware.process_response(self, request, response)


def is_program(request: HttpRequest) -> bool:
    """Whether a request of the API shows credentials of its own."""
    shows = "HTTP_AUTHORIZATION" in request.META or "HTTP_X_API_KEY" in request.META
    return shows and wants_json(request)
