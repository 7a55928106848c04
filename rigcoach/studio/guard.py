"""Checks every request to the studio: who asks, from where, how often. Others get an empty answer."""

import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rigcoach.studio.devices import Device, Devices, Role

MARK = "x-rigcoach"
"""The header of requests that change something: no form and no picture of another page can send it."""

_PER_S, _BURST = 40.0, 240.0
_PAIR_PER_S, _PAIR_BURST = 0.2, 12.0
_MOST_ASKERS = 1000
_MOST_BODY = 64_000
_OPEN = ("/pair", "/api/pair", "/assets/pair.js", "/assets/studio.css")
_PHONES = (
    "/phone", "/api/state", "/api/go", "/api/stop", "/api/guess", "/live",
    "/assets/phone.js", "/assets/live.js", "/assets/studio.css",
)  # fmt: skip
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Bucket:
    """So many requests at once, so many a second after that, for each who asks."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, now: float | None = None) -> bool:
        """Whether one more may be answered."""
        at = time.monotonic() if now is None else now
        left, before = self._left.pop(who, (self._burst, at))
        left = min(self._burst, left + (at - before) * self._per_s)
        self._left[who] = (left - 1 if left >= 1 else left, at)
        while len(self._left) > _MOST_ASKERS:
            self._left.popitem(last=False)
        return left >= 1


class Guard:
    """The ASGI application within, asked only by those who may; ``scope["device"]`` says who.

    Parameters
    ----------
    app
        What answers.
    devices
        Who has a token.
    origins
        The addresses that the studio is reached at, as ``http://127.0.0.1:8765``: a page under any other name, as one
        that was made to lead here, gets nothing.
    cookie
        What the token's cookie is called.
    """

    def __init__(self, app: ASGIApp, devices: Devices, origins: Callable[[], tuple[str, ...]], cookie: str) -> None:
        self._app, self._devices, self._origins, self._cookie = app, devices, origins, cookie
        self._all, self._pairing = Bucket(_PER_S, _BURST), Bucket(_PAIR_PER_S, _PAIR_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        status = self._status(scope)
        if status is not None:
            await _refuse(scope, send, status)
            return
        await self._app(scope, _bounded(receive), _with_headers(send))

    def _status(self, scope: Scope) -> int | None:
        """Return the status to refuse with; None where the request may be answered."""
        headers, path = Headers(scope=scope), scope["path"]
        who = (scope.get("client") or ("",))[0]
        if not self._all.take(who):
            return 429
        hosts = {origin.partition("//")[2] for origin in self._origins()}
        if headers.get("host") not in hosts or len(headers.getlist("host")) != 1:
            return 421
        websocket = scope["type"] == "websocket"
        writes = websocket or scope.get("method") in _WRITES
        origin = headers.get("origin")
        # The page that asks is one of the address that is asked, not only of another that the studio has.
        if origin is not None and (origin not in self._origins() or origin.partition("//")[2] != headers["host"]):
            return 403
        # What a browser says of where a request comes from; a page of another site never reaches anything here.
        if headers.get("sec-fetch-site") == "cross-site" and not (path == "/pair" and scope.get("method") == "GET"):
            return 403
        if writes and (origin is None or (not websocket and headers.get(MARK) != "1")):
            return 403
        if path == "/api/pair" and not self._pairing.take(who):
            return 429
        if path in _OPEN:
            return None
        device = self._device(headers)
        if device is None or (device.role is Role.DESK and not _is_here(who)):
            return 401
        if device.role is not Role.DESK and path not in _PHONES and not path.startswith("/slate/"):
            return 403
        scope["device"] = device
        return None

    def _device(self, headers: Headers) -> Device | None:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        morsel = cookies.get(self._cookie)
        return None if morsel is None else self._devices.of(morsel.value)


def _is_here(address: str) -> bool:
    """Whether a request comes from this computer."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    """Answer with a status and nothing else."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _bounded(receive: Receive) -> Receive:
    """Return what passes a body on, and no more of it than any request here needs."""
    got = 0

    async def bounded() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b"")) if message["type"] == "http.request" else 0
        if got > _MOST_BODY:
            return {"type": "http.disconnect"}
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                if name not in headers:
                    headers[name] = value
        await send(message)

    return sent
