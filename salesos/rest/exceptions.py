"""The one shape of every error, whoever raises it: DRF, Django, a service, or a defect of ours.

``{"statusCode": 400, "error": "Bad Request", "message": ["…"], "errors": [{"field", "code", "message"}]}``
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.settings import api_settings

from salesos import errors, json
from salesos.db.failures import Failure, failure_of
from salesos.errors import Problem
from salesos.rest.renderers import RenderedResponse

logger = logging.getLogger(__name__)

STATUS_OF: dict[type[errors.DomainError], HTTPStatus] = {
    errors.ValidationError: HTTPStatus.BAD_REQUEST,
    errors.PermissionDenied: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
}


# What an error may take of an answer, and one message of it.
MAX_ERROR_BYTES = 32_000
MAX_MESSAGE_CHARACTERS = 1_000
MAX_PATH_CHARACTERS = 300


def body(status: int, found: Iterable[Problem]) -> dict[str, Any]:
    """The error document for an HTTP status and what is wrong: as many problems as are listed, and fit."""
    listed: list[Problem] = []
    size = 0
    for problem in errors.first_problems(found):
        shown = Problem(
            _sendable(problem.field, MAX_PATH_CHARACTERS),
            problem.code,
            _sendable(problem.message, MAX_MESSAGE_CHARACTERS),
        )
        # The message stands there twice.
        size += len(json.dumps_bytes([shown.field, shown.message, shown.message]))
        if listed and size > MAX_ERROR_BYTES:
            listed.append(errors.MORE_PROBLEMS)
            break
        listed.append(shown)
    return {
        "statusCode": status,
        "error": HTTPStatus(status).phrase,
        "message": [problem.message for problem in listed],
        "errors": [{"field": p.field, "code": p.code, "message": p.message} for p in listed],
    }


def _sendable(text: str, most: int) -> str:
    """The beginning of a text, which may repeat what was sent, with question marks for what is not UTF-8."""
    shown = text if len(text) <= most else f"{text[:most]}…"
    return shown.encode("utf-8", "replace").decode()


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's ``EXCEPTION_HANDLER``: every exception of a view has an answer, a defect of ours too."""
    if isinstance(error, errors.DomainError):
        return _response(STATUS_OF[type(error)], error.problems, _version_headers(error))
    if failure := failure_of(error):
        return failed(failure, error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, SuspiciousOperation):  # such as more than 1,000 parameters
        error = exceptions.ParseError(str(error))
    if not isinstance(error, exceptions.APIException):
        return defect(error)
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return _response(error.status_code, problems_of(error), headers)


def _version_headers(error: errors.DomainError) -> dict[str, str]:
    """The version that a stale copy is behind, as a tag to name in the next ``If-Match``."""
    version = error.version if isinstance(error, errors.PreconditionFailed) else None
    return {} if version is None else {"ETag": f'"{version}"'}


def _response(status: int, found: Iterable[Problem], headers: Mapping[str, str] | None = None) -> HttpResponse:
    return RenderedResponse(body(status, found), status=status, headers=headers)


def defect(error: Exception) -> HttpResponse:
    """What nobody thought of. The log has the traceback, the caller nothing that is none of theirs."""
    logger.exception("A defect", exc_info=error)
    problem = Problem("", "defect", "something went wrong on our side; nothing was changed")
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR, [problem])


def failed(failure: Failure, error: Exception) -> HttpResponse:
    """The database did not do its work: 503, and when to try again."""
    log_failure(failure, error)
    return _response(HTTPStatus.SERVICE_UNAVAILABLE, [Problem("", failure.code, failure.message)], headers_of(failure))


def log_failure(failure: Failure, error: BaseException) -> None:
    """Say in the log what an operator must know: a full disk does not pass by itself."""
    if failure is Failure.FULL:
        logger.critical("The disk of the database is full", exc_info=error)
    elif failure is Failure.GONE:
        logger.error("The database does not answer: %s", error)
    else:
        logger.error("The database failed a request (%s)", failure.code, exc_info=error)


def headers_of(failure: Failure) -> dict[str, str]:
    """When to try again, where that is known."""
    return {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}


def problems_of(error: exceptions.APIException) -> list[Problem]:
    """What a DRF exception says, flattened: nested serializers become dotted paths."""
    if isinstance(error, exceptions.ValidationError):
        return errors.first_problems(_flatten(error.get_full_details(), ""))
    details: Any = error.get_full_details()
    while isinstance(details, list):
        details = details[0]
    if "message" not in details:  # simplejwt packs its own dictionary into the detail
        details = details.get("detail", next(iter(details.values())))
    return [Problem("", str(details["code"]), str(details["message"]))]


def _flatten(details: Any, path: str) -> Iterator[Problem]:
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        message = str(details["message"])
        yield Problem(path, details["code"], f"{path}: {message}" if path else message)
    elif isinstance(details, dict):
        for key, value in details.items():
            inner = path if key == api_settings.NON_FIELD_ERRORS_KEY else f"{path}.{key}" if path else str(key)
            yield from _flatten(value, inner)
    elif isinstance(details, list):
        # A list of dictionaries is a list in the input; a list of messages belongs to one property.
        many = any(isinstance(entry, dict) and set(entry) != {"message", "code"} for entry in details)
        for index, entry in enumerate(details):
            yield from _flatten(entry, f"{path}.{index}" if many and path else path)


def answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The error document as an answer outside DRF."""
    return RenderedResponse(body(status, [Problem("", code, message)]), status=status, headers=headers)


def wants_json(request: HttpRequest) -> bool:
    """Whether the request is one of a program: under the API's or the probes' paths."""
    return is_programs_path(request.path_info)


def is_programs_path(path: str) -> bool:
    """Whether programs ask under this path, not people."""
    return path.startswith(("/v1/", "/healthz", "/readyz")) or path == "/v1"
