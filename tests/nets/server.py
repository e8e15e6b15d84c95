"""A web server on this machine that can be told to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server:
    """Files in memory. `cut`: bytes held back at the end of each answer; `lie`: added to the length that is told, None
    for none told; `stall`: bytes after which nothing comes any more until `close`.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.headers: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ranges, self.cut, self.stall, self.etag = True, 0, -1, '"one"'
        self.lie: int | None = 0
        self.most = 0
        self.status = 200
        self.stalled, self.released = threading.Event(), threading.Event()
        self.http = _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": self}))
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self._thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self.http.shutdown()
        self.http.server_close()
        self._thread.join()

    def ranges_asked(self) -> list[str]:
        return [headers.get("Range", "") for _, headers in self.asked]


class _Http(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    told: Server

    def do_GET(self) -> None:
        self.told.asked.append((self.path, dict(self.headers.items())))
        data = self.told.files.get(self.path)
        if self.path in self.told.redirects:
            self._head(302, {"Location": self.told.redirects[self.path], "Content-Length": "0"})
        elif data is None:
            self._head(404, {"Content-Length": "0"})
        elif self.told.status != 200:
            self._head(self.told.status, {"Content-Length": "0"})
        else:
            self._send(data)

    def _send(self, data: bytes) -> None:
        told = self.told
        first = self._first(len(data))
        headers = dict(told.headers)
        if told.etag:
            headers["ETag"] = told.etag
        if first >= len(data) > 0:
            self._head(416, headers | {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
            return
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
        body = data[first:]
        if told.lie is not None:
            headers["Content-Length"] = str(len(body) + told.lie)
        self._head(206 if first else 200, headers)
        self._body(body[: len(body) - told.cut] if told.cut else body)

    def _first(self, _size: int) -> int:
        asked, unless = self.headers.get("Range"), self.headers.get("If-Range")
        if not self.told.ranges or not asked or (unless and unless != self.told.etag):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _body(self, body: bytes) -> None:
        told = self.told
        if told.most:
            body = body[: told.most]
        if told.stall >= 0:
            self.wfile.write(body[: told.stall])
            told.stalled.set()
            told.released.wait()
            return
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Proxy(Server):
    """Hands every request on to `behind`, as if it were asked itself."""

    def __init__(self, behind: Server) -> None:
        super().__init__()
        self.behind = behind
        self.http.RequestHandlerClass = type("Handler", (_ProxyHandler,), {"told": self, "behind": behind})


class _ProxyHandler(_Handler):
    behind: Server

    def do_GET(self) -> None:
        self.told.asked.append((self.path, dict(self.headers.items())))
        self._send(self.behind.files["/" + self.path.split("/", 3)[3]])


@contextmanager
def running(server: Server | None = None) -> Iterator[Server]:
    made = server or Server()
    made.start()
    try:
        yield made
    finally:
        made.close()
