"""What a process does with each request, from its head to a thread: ``salesos.serving.application:application``.

The server's own thread takes a request when its head is there. ``/healthz`` it answers at once. A request without a
body goes to a thread that works; a body is waited for first, and no thread with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings

from salesos.serving import environ, refusals
from salesos.serving.bodies import Bodies
from salesos.serving.granian_internals import take_requests
from salesos.serving.threads import WorkThreads

TICK_SECONDS = 0.1
# Requests that wait for a thread. Who comes then is asked to come again.
MAX_WAITING = 1_000
# A body so many times too large is read and refused then: who is refused while sending reads no answer.
MAX_READ_IN_VAIN = 4
HEALTH_PATHS = ("/healthz", "/healthz/")
JSON = [("content-type", "application/json")]


# While a larger body is worked on, it takes some thirty times as much memory. So many are at once.
LARGE_BODY_BYTES = 1_000_000
MAX_LARGE_AT_ONCE = 1


class Request(NamedTuple):
    """A request whose body has arrived."""

    scope: Any
    protocol: Any
    body: bytes


class Application:
    """The application of one process, as granian wants it: started and ended with the process's event loop."""

    def __init__(self) -> None:
        self._bodies = Bodies(settings.BODY_SECONDS)
        self._threads: WorkThreads[Request] = WorkThreads(
            self._answer, usual=settings.THREADS, most=settings.MAX_THREADS
        )
        self._large_threads: WorkThreads[Request] = WorkThreads(
            self._answer, usual=MAX_LARGE_AT_ONCE, most=MAX_LARGE_AT_ONCE
        )

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parent = os.getppid()
        self._threads.start()
        self._large_threads.start()
        self._watch()
        take_requests(self.take)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._threads.end()
        self._large_threads.end()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """What granian calls where nobody has taken the requests before."""
        raise NotImplementedError("the requests are taken by Application.take")

    def take(self, scope: Any, protocol: Any) -> None:
        """Take a request whose head is there. Called in the server's own thread, which must not wait."""
        headers = scope.headers
        length = headers.get("content-length", "0")
        if scope.path in HEALTH_PATHS and scope.method in ("GET", "HEAD"):
            protocol.response_str(200, JSON, '{"status": "ok"}')
        elif "transfer-encoding" in headers:
            refusals.LENGTH_REQUIRED.answer(scope, protocol)
        elif self._threads.waiting >= MAX_WAITING:
            refusals.TOO_MANY.answer(scope, protocol)
        elif length == "0":
            self._threads.put(Request(scope, protocol, b""))
        elif int(length) > MAX_READ_IN_VAIN * settings.MAX_BODY_BYTES:
            refusals.TOO_LARGE.answer(scope, protocol)
        else:
            arriving = protocol()
            self._bodies.begin(arriving, int(length), partial(refusals.TOO_LATE.answer, scope, protocol))
            arriving.add_done_callback(partial(self._take_body, scope, protocol))

    def _take_body(self, scope: Any, protocol: Any, arrived: Any) -> None:
        """The body is there, or it broke off. Called in the event loop."""
        if not self._bodies.arrived(arrived):
            return
        length = int(scope.headers["content-length"])
        if arrived.exception() is not None:
            # The client is gone. What it sent is half of something.
            self._bodies.release(length)
            protocol.response_empty(400, [])
        elif length > settings.MAX_BODY_BYTES:
            self._bodies.release(length)
            refusals.TOO_LARGE.answer(scope, protocol)
        else:
            threads = self._large_threads if length > LARGE_BODY_BYTES else self._threads
            threads.put(Request(scope, protocol, arrived.result()))

    def _answer(self, request: Request) -> None:
        scope, protocol, body = request
        try:
            environ.answer(scope, protocol, body)
        except BaseException:
            protocol.response_empty(500, [])
            raise
        finally:
            if body:
                self._bodies.release(len(body))

    def _watch(self) -> None:
        self._loop.call_later(TICK_SECONDS, self._watch)
        self._bodies.watch()
        self._threads.watch()
        self._large_threads.watch()
        if os.getppid() != self._parent:
            # What started this process was killed, and nobody else would end it.
            os.kill(os.getpid(), signal.SIGTERM)


application = Application()
