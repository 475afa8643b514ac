"""A load generator: a number of keep-alive connections that each send the next request when their answer is there."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Requests = Callable[[int], bytes]
TIMEOUT = 60


@dataclass(frozen=True)
class Measured:
    """What a run came to: requests a second, and how long answers took, in milliseconds."""

    rate: float
    p50: float
    p99: float
    refused: int
    example: str


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
        self.started = 0.0
        self.received = b""
        self.expected = 0

    def send(self, data: bytes) -> None:
        self.received, self.expected = b"", 0
        self.started = time.perf_counter()
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Read what is there; whether the answer is complete."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError(f"the server closed the connection: {self.received[:500]!r}")
        self.received += part
        if not self.expected:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.received[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            self.expected = end + 4 + length
        return len(self.received) >= self.expected


def run(port: int, requests: Requests, *, seconds: float, connections: int = 8) -> Measured:
    """Send ``requests(0)``, ``requests(1)`` … for some seconds."""
    selector = selectors.DefaultSelector()
    number = refused = 0
    took: list[float] = []
    example = ""
    opened = [_Connection(port) for _ in range(connections)]
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(requests(number))
        number += 1
    begun = time.perf_counter()
    end = begun + seconds
    now = begun
    waiting = len(opened)
    # What is under way at the end is waited for, so that the next measurement has the machine for itself.
    while waiting:
        ready = selector.select(TIMEOUT)
        if not ready:
            raise TimeoutError("the server answers no more")
        for key, _events in ready:
            connection = key.data
            if not connection.receive():
                continue
            now = time.perf_counter()
            took.append(now - connection.started)
            if connection.received[9:10] not in (b"2", b"3"):
                refused += 1
                example = connection.received[:600].decode("utf-8", "replace")
            if now < end:
                connection.send(requests(number))
                number += 1
            else:
                waiting -= 1
    lasted = now - begun
    for connection in opened:
        connection.socket.close()
    took.sort()
    return Measured(
        len(took) / lasted, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000, refused, example
    )
