"""The film strip's page and answers."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from rigcoach.base.percent import percent
from rigcoach.studio.answers import text_in, told
from rigcoach.studio.hot_folder import MARKS
from rigcoach.studio.pages import clip_response, shown, words_of
from rigcoach.studio.room import room_of
from rigcoach.studio.strip import EXPORTS, Strip


def _strip(request: Request) -> Strip:
    strip = room_of(request).strip
    if strip is None:
        raise HTTPException(404)
    return strip


async def page(request: Request) -> Response:
    """Show the film strip."""
    _strip(request)
    return shown(request, "strip.html.j2", exports=EXPORTS)


async def clips(request: Request) -> Response:
    """Tell of the clips."""
    return _told(request)


def _told(request: Request) -> JSONResponse:
    words, document = words_of(request), _strip(request).document()
    clips = [
        each
        | {name: words.told(each[name]) for name in ("fault", "error")}
        | {"keepers": percent(each["keeper_ratio"])}
        for each in document["clips"]
    ]
    return JSONResponse(document | {"clips": clips, "error": words.told(document["error"])})


async def mark(request: Request) -> Response:
    """Mark a clip."""
    said = await told(request)
    wanted = said.get("mark")
    if wanted is not None and wanted not in MARKS:
        raise HTTPException(400)
    strip = _strip(request)
    await run_in_threadpool(strip.mark, text_in(said, "id"), wanted)
    return _told(request)


async def export(request: Request) -> Response:
    """Write an export, to be fetched from where the answer says."""
    kind = text_in(await told(request), "kind")
    if kind not in EXPORTS:
        raise HTTPException(400)
    path, count = await run_in_threadpool(_strip(request).export, kind)
    room_of(request).exported[kind] = path
    line = words_of(request)("exported", count=count, name=path.name)
    return JSONResponse({"told": line, "at": f"/strip/export/{kind}"})


async def exported(request: Request) -> Response:
    """Send an export that was made in this run."""
    path = room_of(request).exported.get(request.path_params["kind"])
    if path is None or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


async def picture(request: Request) -> Response:
    """Send the small picture of a clip."""
    path = _strip(request).picture(request.path_params["id"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


async def clip(request: Request) -> Response:
    """Send a clip, or a part of it."""
    path = _strip(request).clip(request.path_params["id"])
    if path is None or not path.is_file():
        raise HTTPException(404)
    return clip_response(path)


ROUTES = (
    Route("/strip", page),
    Route("/api/strip", clips),
    Route("/api/mark", mark, methods=["POST"]),
    Route("/api/export", export, methods=["POST"]),
    Route("/strip/export/{kind}", exported),
    Route("/strip/{id}.jpg", picture),
    Route("/strip/{id}/clip", clip),
)
