"""The studio as a user starts it, and whoever talks to it from outside: plain sockets and http.client, no page."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PHONES_AT = "127.0.0.2"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cookie(self) -> str:
        return self.headers.get("set-cookie", "").partition(";")[0]


@dataclass(frozen=True)
class Served:
    """A studio that runs: its port, the code of its link, its home."""

    port: int
    code: str
    home: Path

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self.port}/pair#{self.code}"

    def origin(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        at: str = "127.0.0.1",
        body: object = None,
        raw: bytes = b"",
        of: str | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request letter for letter, `of` one address to another: `path` is not tidied up.

        Headers by names with ``_`` for ``-``.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(at, self.port, timeout=60, source_address=(of, 0) if of else None)
        try:
            connection.putrequest(method, path, skip_host="host" in sent, skip_accept_encoding=True)
            content = raw or (b"" if body is None else json.dumps(body).encode())
            for name, value in {"content-length": str(len(content)), **sent}.items():
                connection.putheader(name, value)
            connection.endheaders(content)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: object, *, at: str = "127.0.0.1", **headers: str) -> Answer:
        """Send what the studio's own pages send."""
        own = {"origin": self.origin(at), "x_rigcoach": "1", "content_type": "application/json"}
        return self.ask("POST", path, at=at, body=body, raw=b"", **(own | headers))

    def pair(self, code: str, *, at: str = "127.0.0.1") -> str:
        answer = self.post("/api/pair", {"code": code, "name": "a test"}, at=at)
        assert answer.status == 200, answer
        return answer.cookie


@contextmanager
def served(home: Path, *options: str, camera: str = "auto") -> Iterator[Served]:
    environment = os.environ | {"RIGCOACH_HOME": str(home)}
    command = [sys.executable, "-m", "rigcoach", "--camera", camera, "studio", "--port", "0", "--no-open", *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            link = process.stdout.readline().strip()
            assert link, "the studio did not start"
            yield Served(urlsplit(link).port or 0, urlsplit(link).fragment, home)
        finally:
            process.send_signal(signal.SIGINT)
            status = process.wait(60)
    assert status == 130
