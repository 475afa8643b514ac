"""Starting the server's processes, each of which comes back when it ends by itself or is killed."""

from __future__ import annotations

import resource

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

# Loaded before the processes are made: they begin with it, and what is wrong in the settings stops the start.
import salesos.serving.application  # noqa: F401
from salesos.serving.granian_internals import never_give_up
from salesos.serving.port import own_address, require_free_port
from salesos.settings import whole_number

# Connections of one process. Slow ones cost memory, a few kB each, and no thread.
MAX_CONNECTIONS = 10_000
# How long the end of the server waits for requests that are being answered.
END_SECONDS = 15


def allow_connections() -> None:
    """Let the processes have as many connections as they want, as far as the operating system's limit goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 2 * MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(2 * MAX_CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def serve() -> None:
    """Serve until SIGTERM or SIGINT, as HOST, PORT and WORKERS of the environment say.

    Raises ``ImproperlyConfigured`` where the port is somebody else's.
    """
    host, port = own_address()
    require_free_port(host, port)
    server = Server(
        "salesos.serving.application:application",
        address=host,
        port=port,
        workers=whole_number("WORKERS", 2),
        interface=Interfaces.RSGI,
        # What is measured, whatever else is installed.
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=END_SECONDS,
    )
    allow_connections()
    never_give_up(server)
    server.serve()
