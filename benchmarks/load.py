"""A load generator: a number of keep-alive connections that each send the next request when their answer is there."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TIMEOUT_SECONDS = 60
RECEIVE_BYTES = 1 << 18
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Measured:
    """What a run came to: requests a second, and how long answers took, in milliseconds. In the order of rates."""

    rate: float
    p50: float
    p99: float


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of an HTTP/1.1 request."""
    lines = {"Host": "localhost", **headers}
    if body:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        self.received, self.expected = b"", 0
        self.started = time.perf_counter()
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Read what is there; whether the answer is complete. Raises ``ConnectionError`` for one that is no success."""
        part = self.socket.recv(RECEIVE_BYTES)
        self.received += part
        if not self.expected:
            end = self.received.find(b"\r\n\r\n")
            if end >= 0:
                length = CONTENT_LENGTH.search(self.received, 0, end)
                self.expected = end + 4 + (int(length[1]) if length else 0)
        is_complete = 0 < self.expected <= len(self.received)
        if not part or (is_complete and self.received[9:10] not in (b"2", b"3")):
            raise ConnectionError(f"the server refused, or closed the connection: {self.received[:600]!r}")
        return is_complete


def run(port: int, requests: Iterator[bytes], *, seconds: float, connections: int = 8) -> Measured:
    """Send the next of some endless requests, again and again, for some seconds."""
    took: list[float] = []
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = _Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(requests))
        begun = now = time.perf_counter()
        # What is under way at the end is waited for, so that the next measurement has the machine for itself.
        while selector.get_map():
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError("the server answers no more")
            for key, _events in ready:
                connection = key.data
                if not connection.receive():
                    continue
                now = time.perf_counter()
                took.append(now - connection.started)
                if now < begun + seconds:
                    connection.send(next(requests))
                else:
                    selector.unregister(connection.socket)
                    connection.socket.close()
    took.sort()
    return Measured(len(took) / (now - begun), took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000)
