"""The port that the server listens at, which must be nobody else's.

The processes of a server share their port (``SO_REUSEPORT``), and so would those of a second server: the operating
system would give it every second request. ``python -m salesos.serving.port`` looks, says the port, and starts nothing.
"""

from __future__ import annotations

import errno
import socket
import sys
import time

from django.core.exceptions import ImproperlyConfigured

from salesos.settings import env, whole_number

# The processes of a server that was killed may take so long to end: a supervisor starts the next one at once.
PATIENCE_SECONDS = 3.0
PAUSE_SECONDS = 0.1


def own_address() -> tuple[str, int]:
    """Where the server is to listen: HOST and PORT of the environment."""
    return env.str("HOST", default="127.0.0.1"), whole_number("PORT", 8000)


def require_free_port(host: str, port: int) -> None:
    """Raises ``ImproperlyConfigured`` where somebody listens at the port, and goes on doing so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while is_taken(host, port):
        if time.monotonic() > end:
            raise ImproperlyConfigured(
                f"port {port} is in use, perhaps by a server that is still running. End that one, or choose another "
                f"port, such as PORT={port + 1}."
            )
        time.sleep(PAUSE_SECONDS)


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens at the port. What else speaks against listening there, the server says when it does."""
    try:
        [family, kind, protocol, _name, address], *_others = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False
    with socket.socket(family, kind, protocol) as probe:
        # Connections of before, which are not yet forgotten, are in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return error.errno == errno.EADDRINUSE
        except OverflowError:
            return False
    return False


if __name__ == "__main__":
    try:
        host, port = own_address()
        require_free_port(host, port)
    except ImproperlyConfigured as error:
        sys.exit(f"The server does not start: {error}")
    sys.stdout.write(f"{port}\n")
