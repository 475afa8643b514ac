"""A request as WSGI, which Django takes, and Django's answer back to the client."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any

from salesos.serving.granian_internals import is_read
from salesos.wsgi import application

_SAME_FOR_ALL: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
# Stands for a header's value: no header that means anything to us has it.
NOT_TOLD = "\xbf"
_OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Any, body: bytes) -> dict[str, Any]:
    """What WSGI says of a request.

    A header with an underscore in its name is left out: WSGI writes it as the one with hyphens, and a proxy that sets
    ``X-Forwarded-For`` knows nothing of an ``X_Forwarded_For`` that a client sent. A value that is not of ASCII, which
    the server does not tell, is there as ``NOT_TOLD``: whoever sent an ``If-Match`` or a key is not to go without.
    """
    host, _, port = scope.server.rpartition(":")
    environ = {
        **_SAME_FOR_ALL,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "REQUEST_METHOD": scope.method,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = _OWN_NAMES.get(name) or "HTTP_" + name.replace("-", "_").upper()
        if key in environ:
            value = f"{environ[key]}{';' if name == 'cookie' else ','}{value}"
        environ[key] = value
    for name in scope.headers.keys():  # noqa: SIM118  (it is no mapping)
        if "_" not in name:
            environ.setdefault(_OWN_NAMES.get(name) or "HTTP_" + name.replace("-", "_").upper(), NOT_TOLD)
    return environ


def answer(scope: Any, protocol: Any, body: bytes) -> None:
    """Have Django answer a request whose body has arrived."""
    head: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        head[:] = [int(status[:3]), headers]

    response: Any = application(environ_of(scope, body), start_response)
    try:
        if response.streaming:
            transport = protocol.response_stream(*head)
            for part in response:
                if not is_read(transport.send_bytes(part)):
                    # Whoever asked is gone: nobody needs the rest.
                    break
        else:
            protocol.response_bytes(*head, response.content)
    finally:
        response.close()
