"""Asking a web server, in a thread of its own: whoever waits can be told at any moment to stop, whatever it does."""

from __future__ import annotations

import contextlib
import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from resviz import __version__
from resviz.files import reason, shown

CHUNK = 1 << 18
TICK = 0.1
"""Seconds after which a waiting caller is told again that it waits."""

Tick = Callable[[], None]
"""Called while nothing comes; what it raises ends the waiting."""


class RefusedError(Exception):
    """A server that was not reached or said no: `code` is `offline`, `proxy`, `http` or `redirect`, with the values
    of their sentences.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class BrokenError(Exception):
    """The connection ended in the middle of the answer."""


class StalledError(Exception):
    """Nothing came for as long as was to be waited."""


@dataclass(frozen=True)
class Head:
    """How an answer begins; `host` is the one that answered, after all redirections."""

    status: int
    headers: HTTPMessage
    host: str

    def header(self, name: str) -> str:
        """A header's value; empty where it is missing."""
        return str(self.headers.get(name) or "")

    @property
    def length(self) -> int:
        """`Content-Length`; 0 where it is missing or no number."""
        text = self.header("Content-Length").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


class Answer:
    """What a server sends to one question. Use `head`, then `chunks`; `close` at the end, from a `with`."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, *, patience: float, tick: Tick) -> None:
        self._url, self._headers = url, {"User-Agent": f"ResViz/{__version__}", **(headers or {})}
        self._patience, self._tick = patience, tick
        self._items: queue.Queue[Head | bytes | Exception] = queue.Queue(4)
        self._gone = threading.Event()
        threading.Thread(target=self._work, name="resviz-transport", daemon=True).start()

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self._gone.set()  # a thread that waits for the server ends with its own timeout, unseen

    def head(self) -> Head:
        """Raises `RefusedError`, or `StalledError` where nothing came in time."""
        item = self._next()
        assert isinstance(item, Head)
        return item

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they come, to the end. Raises `BrokenError`, `StalledError`."""
        while chunk := self._next():
            assert isinstance(chunk, bytes)
            yield chunk

    def _next(self) -> Head | bytes:
        began = time.monotonic()
        while True:
            try:
                item = self._items.get(timeout=TICK)
            except queue.Empty:
                self._tick()
                if time.monotonic() - began > self._patience:
                    raise StalledError from None
                continue
            if isinstance(item, Exception):
                raise item
            return item

    # --- the thread -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            with _opened(self._url, self._headers, self._patience) as answer:
                self._put(Head(answer.status, answer.headers, host_of(answer.url or self._url)))
                while chunk := answer.read1(CHUNK):
                    self._put(chunk)
            self._put(b"")
        except _GoneError:
            pass
        except (RefusedError, StalledError) as error:
            self._say(error)
        except TimeoutError:
            self._say(StalledError())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._say(BrokenError(reason(error)))
        except Exception as error:  # a fault of the program: whoever waits must get it, or waits in vain
            self._say(error)

    def _say(self, error: Exception) -> None:
        with contextlib.suppress(_GoneError):
            self._put(error)

    def _put(self, item: Head | bytes | Exception) -> None:
        while not self._gone.is_set():
            try:
                self._items.put(item, timeout=TICK)
                return
            except queue.Full:
                continue
        raise _GoneError


class _GoneError(Exception):
    """Nobody waits for the answer any more."""


# --- asking -------------------------------------------------------------------------------------------------


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Only to web addresses, and never from https to http."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme.lower()
        if scheme not in ("http", "https") or (scheme == "http" and req.type == "https"):
            fp.close()
            raise RefusedError("redirect", host=host_of(req.full_url), url=shown(newurl))
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> IO[bytes] | None:
        # urllib refuses other schemes with an HTTPError that reads as the server's own; ours says where it points.
        location = headers.get("Location") or headers.get("URI") or ""
        scheme = urlsplit(location).scheme.lower()
        if scheme and scheme not in ("http", "https"):
            fp.close()
            raise RefusedError("redirect", host=host_of(req.full_url), url=shown(location))
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opened(url: str, headers: Mapping[str, str], timeout: float) -> http.client.HTTPResponse:
    """Raises `RefusedError`. The proxy is the environment's, or the system's, each time anew."""
    host = host_of(url)
    if not url.lower().startswith(("http://", "https://")):
        raise RefusedError("offline", host=host, reason="not a web address")
    try:
        opener = urllib.request.build_opener(_Redirects)
        answer: http.client.HTTPResponse = opener.open(
            urllib.request.Request(url, headers=dict(headers)), None, timeout
        )
        return answer
    except urllib.error.HTTPError as error:
        if error.code == 416:  # no refusal: the bytes asked for begin where the file ends
            return _as_answer(error)
        error.close()
        raise RefusedError("http", url=shown(url), status=error.code, reason=_line(error.reason)) from error
    except urllib.error.URLError as error:
        cause = error.reason if isinstance(error.reason, BaseException) else error
        raise _unreached(url, cause) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreached(url, error) from error


def _as_answer(error: urllib.error.HTTPError) -> http.client.HTTPResponse:
    answer = error.fp
    assert isinstance(answer, http.client.HTTPResponse)
    answer.url = error.url or ""
    return answer


def _unreached(url: str, cause: BaseException) -> RefusedError:
    host, proxy = host_of(url), _proxy(url)
    if proxy:
        return RefusedError("proxy", host=host, proxy=proxy, reason=reason(cause))
    return RefusedError("offline", host=host, reason=reason(cause))


def _proxy(url: str) -> str:
    """The proxy that an address is asked through, without the password in it; empty for none."""
    try:
        parts = urlsplit(url)
        proxy = urllib.request.getproxies().get(parts.scheme, "")
        if not proxy or urllib.request.proxy_bypass(parts.hostname or ""):
            return ""
        return shown(proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/"), 60)
    except (OSError, ValueError):
        return ""


def host_of(url: str) -> str:
    """The host of an address; the address itself if there is none in it."""
    try:
        return shown(urlsplit(url).hostname or url)
    except ValueError:
        return shown(url)


def _line(text: object) -> str:
    return shown(" ".join(str(text).split()), 80)
