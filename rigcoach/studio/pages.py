"""The studio's pages: what a browser is shown at which address."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from rigcoach import __version__
from rigcoach.base.shown_text import printable
from rigcoach.journal import folder as journal
from rigcoach.journal.folder import JournalError
from rigcoach.practice.slate import MOST, slate_svg
from rigcoach.report.catalogue import LANGUAGES, Words
from rigcoach.report.page import PageFrame, sentence
from rigcoach.report.session_page import read_session_page
from rigcoach.report.story_card import card_html, card_png
from rigcoach.studio.page_maker import HOME, Making
from rigcoach.studio.room import room_of
from rigcoach.studio.today import progress_page, today, week_story
from rigcoach.studio.words import wanted_language

_PAGES = {
    "nav-today": "/",
    "nav-drill": "/drill",
    "nav-bring-in": "/bring-in",
    "nav-progress": "/progress",
    "nav-trip": "/trip",
    "nav-gear": "/gear",
}
_SCRIPTS = ("pair", "live", "today", "drill", "phone", "strip", "bring-in", "trip", "gear", "making")
_ASSETS = {
    "studio.css": "text/css",
    **dict.fromkeys((f"{name}.js" for name in _SCRIPTS), "text/javascript"),
}
_REPORT = re.compile(r"take-(\d{2,3})\.review\.html")
# A report brings its own, which allows it less than it would have from the file.
_REPORTS_OWN = {"content-security-policy": "frame-ancestors 'none'"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rigcoach.studio"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sentence"] = sentence
    return environment


def words_of(connection: HTTPConnection) -> Words:
    """Return the words to speak to a browser: those of ``--language``, else of its own."""
    wanted = room_of(connection).language
    return Words(wanted if wanted in LANGUAGES else wanted_language(connection.headers.get("accept-language", "")))


def shown(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page."""
    links = [(address, name) for name, address in _PAGES.items()]
    if room_of(request).strip is not None:
        links.append(("/strip", "nav-strip"))
    page = _environment().get_template(template)
    text = page.render(t=words_of(request), version=__version__, links=links, here=request.url.path, **context)
    return HTMLResponse(printable(text), status)


async def pair(request: Request) -> Response:
    """Show where a code is typed."""
    return shown(request, "pair.html.j2")


async def today_page(request: Request) -> Response:
    """Show what is due."""
    room = room_of(request)
    due = await run_in_threadpool(lambda: today(emulated=room.drill.commands.emulated))
    names = [each.name for each in room.devices.phones()]
    return shown(request, "today.html.j2", today=due, phone=room.phone_origin is not None, names=names)


async def drill(request: Request) -> Response:
    """Show the drill that runs."""
    return shown(request, "drill.html.j2")


async def phone(request: Request) -> Response:
    """Show the phone's button."""
    return shown(request, "phone.html.j2")


async def slate(request: Request) -> Response:
    """Draw the slate of a take."""
    number = request.path_params["number"]
    if not 1 <= number <= MOST:
        return Response(status_code=404)
    return Response(slate_svg(number), media_type="image/svg+xml")


async def asset(request: Request) -> Response:
    """Send one of the pages' own files; there are no others."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        return Response(status_code=404)
    content = files("rigcoach.studio").joinpath(f"assets/{name}").read_bytes()
    return Response(content, media_type=_ASSETS[name])


async def session_page(request: Request) -> Response:
    """Show a session, drawn anew from its folder."""
    path = _session(request)
    if path is None:
        return Response(status_code=404)
    scored = [take.number for take in journal.read(path).scored]
    frame = PageFrame(words_of(request).language, HOME)
    text = await run_in_threadpool(lambda: read_session_page(path, reports=scored, frame=frame))
    return HTMLResponse(printable(text), headers=_REPORTS_OWN)


async def progress(request: Request) -> Response:
    """Show practice over time: of the emulator where that is the camera."""
    emulated = room_of(request).drill.commands.emulated
    frame = PageFrame(words_of(request).language, HOME)
    try:
        text = await run_in_threadpool(lambda: progress_page(emulated=emulated, frame=frame))
    except JournalError as error:
        return shown(request, "problem.html.j2", problem=words_of(request).error(error))
    return HTMLResponse(printable(text), headers=_REPORTS_OWN)


async def card(request: Request) -> Response:
    """Send the week's card, as PNG or as a page."""
    emulated, as_image = room_of(request).drill.commands.emulated, request.path_params["kind"] == "png"
    if request.path_params["kind"] not in ("png", "html"):
        return Response(status_code=404)
    frame = PageFrame(words_of(request).language, HOME)
    told = await run_in_threadpool(lambda: week_story(emulated=emulated))
    if as_image:
        return Response(card_png(told, frame), media_type="image/png")
    return HTMLResponse(printable(card_html(told, frame)), headers=_REPORTS_OWN)


async def order(request: Request) -> Response:
    """Show a session's running order and slates, to be printed."""
    path = _session(request)
    if path is None:
        return Response(status_code=404)
    return shown(request, "order.html.j2", session=journal.read(path), most=MOST)


async def session_file(request: Request) -> Response:
    """Show a take's report, or send its clip, of which a player asks for parts."""
    path, name = _session(request), request.path_params["name"]
    if path is None:
        return Response(status_code=404)
    session = journal.read(path)
    match = _REPORT.fullmatch(name)
    if match is not None:
        number = int(match[1])
        if all(take.number != number for take in session.scored):
            return Response(status_code=404)
        found = room_of(request).pages.report(path.name, number, words_of(request).language)
        if isinstance(found, Making):
            return shown(request, "making.html.j2", 202, percent=found.percent, why=words_of(request).told(found.why))
        return FileResponse(found, media_type="text/html", headers=_REPORTS_OWN)
    clips = {name for take in session.takes for name in take.files}
    copies = {f"{Path(clip).stem}.proxy.mp4" for clip in clips}
    # Only names that the session itself gives: nothing else in its folder can be asked for.
    if name not in clips | copies or Path(name).name != name or not (path / name).is_file():
        return Response(status_code=404)
    return clip_response(path / name)


def clip_response(path: Path) -> FileResponse:
    """Return a clip, or the part of it that is asked for, kept by the browser for as long as it is open."""
    kind = {".mov": "video/quicktime", ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}
    media_type = kind.get(path.suffix.lower(), "application/octet-stream")
    return FileResponse(path, media_type=media_type, headers={"cache-control": "private, max-age=60"})


def _session(request: Request) -> Path | None:
    """Return the folder of the session that is asked for, by its whole name; None where there is none."""
    name = request.path_params["session"]
    try:
        return journal.folder_of(name) if name in journal.session_ids() else None
    except JournalError:
        return None


ROUTES = (
    Route("/pair", pair),
    Route("/", today_page),
    Route("/drill", drill),
    Route("/phone", phone),
    Route("/slate/{number:int}.svg", slate),
    Route("/assets/{name}", asset),
    Route("/progress", progress),
    Route("/progress/card.{kind}", card),
    Route("/sessions/{session}/", session_page),
    Route("/sessions/{session}/order", order),
    Route("/sessions/{session}/{name}", session_file),
)
