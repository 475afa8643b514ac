"""The configuration of a reverse proxy in docs/nginx.conf, as it stands there."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.server import EMAIL, PASSWORD, PATIENCE, ROOT, Server, free_port, fresh_database, wait_until, with_company

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("nginx") and shutil.which("openssl")), reason="there is no nginx here (apt-get install nginx)"
    ),
]


class Nginx:
    """nginx with docs/nginx.conf, before a server."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.port = free_port()
        self.folder = folder
        certificate, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(
            [
                *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
                *["-keyout", str(key), "-out", str(certificate)],
            ],
            check=True,
            capture_output=True,
        )
        site = (ROOT / "docs/nginx.conf").read_text()
        for there, here in {
            "127.0.0.1:8000": f"127.0.0.1:{server.port}",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "objects.example.com;": "localhost;",
            "/etc/ssl/objects.example.com.pem": str(certificate),
            "/etc/ssl/objects.example.com.key": str(key),
            "client_body_timeout 10s": "client_body_timeout 2s",
        }.items():
            assert there in site
            site = site.replace(there, here)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; user root;"
            f"events {{}} http {{ access_log off; {temporary} {site} }}"
        )
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
        wait_until(self._answers, "nginx starts")

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        return context.wrap_socket(connection, server_hostname="localhost")

    def send(self, head: str, body: bytes = b"") -> HTTPResponse:
        """Send a request as it is written here, and read the answer's head."""
        connection = self.connect()
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer


def test_the_proxy_of_the_documentation(tmp_path: Path) -> None:
    more = {"BEHIND_PROXY": "1", "HTTPS": "1", "MAX_THREADS": "1", "THREADS": "1"}
    with fresh_database(tmp_path) as url:
        with_company(url)
        with Server(url, workers=1, settings=more) as server:
            nginx = Nginx(tmp_path, server)
            try:
                is_as_documented(nginx)
            finally:
                nginx.process.terminate()
                nginx.process.wait()


def is_as_documented(nginx: Nginx) -> None:
    # A page over HTTPS, whatever a client says of itself.
    assert nginx.send("GET /sign-in/ HTTP/1.1\nHost: localhost\nX-Forwarded-Proto: http").status == 200
    # A program signs in, also with a body in pieces, which the proxy puts together.
    body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
    login = "POST /v1/auth/login HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
    answer = nginx.send(f"{login}Content-Length: {len(body)}", body)
    assert answer.status == 200, answer.read()
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert nginx.send(f"{login}Transfer-Encoding: chunked", pieces).status == 200
    # Bodies that do not arrive end at the proxy, and one address has so many connections.
    slow = [nginx.connect() for _ in range(60)]
    head = "POST /v1/custom-objects HTTP/1.1\nHost: localhost\nContent-Length: 1000".replace("\n", "\r\n")
    for connection in slow:
        connection.sendall(f"{head}\r\n\r\n{{".encode())
    answers = [connection.recv(100) for connection in slow]
    assert sum(b" 429 " in answer for answer in answers) == 10
    assert all(answer == b"" or b" 408 " in answer or b" 429 " in answer for answer in answers)
    assert nginx.send("GET /healthz HTTP/1.1\nHost: localhost").status == 200
    # Too large; and somebody who tries passwords.
    assert nginx.send(f"{login}Content-Length: 6000000").status == 413
    statuses = [nginx.send(f"{login}Content-Length: 2", b"{}").status for _ in range(40)]
    assert set(statuses) == {400, 429}
