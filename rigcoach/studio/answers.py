"""What the pages' scripts ask: answers are JSON, changes POSTs that only the studio's own pages can send."""

import asyncio
import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from rigcoach.base.errors import RigcoachError
from rigcoach.journal.judgement import guess_of
from rigcoach.rig.settings import setting_name
from rigcoach.studio.devices import Role
from rigcoach.studio.drill_room import Way, Wish
from rigcoach.studio.drill_state import state_document
from rigcoach.studio.pages import words_of
from rigcoach.studio.room import Room, qr_svg, room_of
from rigcoach.studio.today import applied_document, camera_document

_YEAR_S = 365 * 24 * 3600
_STILL_THERE_S = 3.0


async def told(request: Request) -> dict[str, Any]:
    """Return what a request says, an object of JSON.

    Raises
    ------
    HTTPException
        It says nothing of the kind.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415)
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
    if not isinstance(found, dict):
        raise HTTPException(400)
    return found


def text_in(said: dict[str, Any], name: str, longest: int = 200) -> str:
    """Return a text that a request says; raises as `told`."""
    value = said.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise HTTPException(400)
    return value


async def pair(request: Request) -> Response:
    """Give a device its token for a code that holds."""
    room, said = room_of(request), await told(request)
    code, name = text_in(said, "code"), text_in(said, "name")
    here = request.client is not None and request.url.hostname in ("127.0.0.1", "localhost")
    if here and room.desk_code.use(code):
        role, to = Role.DESK, "/"
    elif room.phone_origin is not None and room.phone_code.use(code):
        role, to = Role.PHONE, "/phone"
    else:
        return Response(status_code=403)
    _, token = await run_in_threadpool(room.devices.add, name, role)
    answer = JSONResponse({"to": to})
    age = _YEAR_S if role is Role.PHONE else None
    answer.set_cookie(room.cookie, token, max_age=age, httponly=True, samesite="strict", secure=room.secure)
    return answer


async def state(request: Request) -> Response:
    """Tell what is going on."""
    return JSONResponse(state_document(room_of(request).drill.state, words_of(request)))


async def start(request: Request) -> Response:
    """Begin a drill."""
    said = await told(request)
    name, way = text_in(said, "drill"), said.get("way", Way.TETHERED.value)
    if way not in list(Way):
        raise HTTPException(400)
    room = room_of(request)
    wish = Wish(
        Way(way),
        by_button=said.get("by_button") is True,
        test=said.get("test") is True,
        guesses=said.get("guesses") is not False,
        warm_up=said.get("warm_up") is True,
    )
    await run_in_threadpool(room.drill.start, name, wish)
    return JSONResponse(state_document(room.drill.state, words_of(request)))


async def go(request: Request) -> Response:
    """Begin the take that waits."""
    return JSONResponse({"done": room_of(request).drill.go()})


async def stop(request: Request) -> Response:
    """Stop the drill."""
    return JSONResponse({"done": room_of(request).drill.stop()})


async def guess(request: Request) -> Response:
    """Take the answer to how a take went: words, or null for none."""
    said = await told(request)
    number, words = said.get("take"), said.get("words")
    if not isinstance(number, int) or not (words is None or isinstance(words, str)):
        raise HTTPException(400)
    try:
        found = None if words is None else guess_of(words[:100])
    except ValueError as error:
        raise HTTPException(400) from error
    return JSONResponse({"done": room_of(request).drill.guess(number, found)})


async def camera(request: Request) -> Response:
    """Tell how the camera is, as the doctor finds it."""
    room, words = room_of(request), words_of(request)
    document = await run_in_threadpool(camera_document, room.drill)
    ready = document["ready"]
    line = words("camera-ready", model=document["model"] or "") if ready else words("camera-not-ready")
    findings = [
        {"severity": each["severity"], "text": words.told(each["text"]), "next_step": words.told(each["next_step"])}
        for each in document["findings"]
    ]
    return JSONResponse({"told": line, "findings": findings})


async def apply(request: Request) -> Response:
    """Apply a drill's profile and read it back."""
    room, words = room_of(request), words_of(request)
    name = text_in(await told(request), "drill")
    document = await run_in_threadpool(applied_document, room.drill, name)
    line = words(
        "profile-done" if document["ok"] else "profile-short", profile=document["profile"], body=document["body"]
    )
    settings = [{**each, "name": words.told(setting_name(each["setting"]))} for each in document["settings"]]
    rows = [
        [each["name"], words.told(each["wanted"]), words.told(each["read_back"] or "–"), words.told(each["status"])]
        for each in settings
        if each["status"] != "by-hand"
    ]
    by_hand = [f"{each['name']}: {words.told(each['reason'])}" for each in settings if each["status"] == "by-hand"]
    return JSONResponse({"told": line, "rows": rows, "by_hand": by_hand})


async def phone_code(request: Request) -> Response:
    """Make a new code for a phone; the one before holds no more."""
    room, words = room_of(request), words_of(request)
    if room.phone_origin is None:
        raise HTTPException(404)
    code, url = room.phone_code.new(), f"{room.phone_origin}/pair"
    line = words("phone-scan", url=url, code=code)
    return JSONResponse({"code": code, "url": url, "told": line, "qr": qr_svg(f"{url}#{code}")})


async def live(socket: WebSocket) -> None:
    """Send the state at once, and then whenever it changes, for as long as the device may hear of it."""
    room: Room = room_of(socket)
    words = words_of(socket)
    await socket.accept()
    rung = room.bell.listen()
    listening = asyncio.ensure_future(_listen(socket))
    try:
        while not listening.done():
            if not room.devices.holds(socket.scope["device"]):
                await socket.close(1008)
                return
            rung.clear()
            strip = 0 if room.strip is None else room.strip.version
            await socket.send_json(state_document(room.drill.state, words) | {"strip": strip})
            await _woken(rung, listening)
    except (WebSocketDisconnect, RuntimeError):
        return  # it is gone, and asks again when it is back
    finally:
        room.bell.leave(rung)
        listening.cancel()


async def _woken(rung: asyncio.Event, listening: "asyncio.Future[None]") -> None:
    """Wait until something changes or the device goes, but not for long."""
    ringing = asyncio.ensure_future(rung.wait())
    waiting: set[asyncio.Future[Any]] = {ringing, listening}
    await asyncio.wait(waiting, timeout=_STILL_THERE_S, return_when=asyncio.FIRST_COMPLETED)
    ringing.cancel()


async def _listen(socket: WebSocket) -> None:
    """Return when a device goes; what it says meanwhile is nothing that was asked."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def failed(request: Request, error: Exception) -> Response:
    """Tell what could not be done."""
    if not isinstance(error, RigcoachError):
        raise error
    return JSONResponse({"code": error.code, "text": words_of(request).error(error)}, 409)


ROUTES = (
    Route("/api/pair", pair, methods=["POST"]),
    Route("/api/state", state),
    Route("/api/start", start, methods=["POST"]),
    Route("/api/go", go, methods=["POST"]),
    Route("/api/stop", stop, methods=["POST"]),
    Route("/api/guess", guess, methods=["POST"]),
    Route("/api/camera", camera, methods=["POST"]),
    Route("/api/apply", apply, methods=["POST"]),
    Route("/api/phone-code", phone_code, methods=["POST"]),
    WebSocketRoute("/live", live),
)
