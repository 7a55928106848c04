"""Gear: a rig's facts and cards to print, gear by words of its name, and whether parts go together."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rigcoach.base.errors import RigcoachError
from rigcoach.lens.chosen_rig import ChosenRig, choose_rig
from rigcoach.lens.rig_pages import aim_page, pocket_page, scale_strip, usual_marks
from rigcoach.lens.rig_text import format_marks, format_sharpness, zone_blocks
from rigcoach.practice.packing import gear_sheet
from rigcoach.rig.gear import Adapter, Body, Lens
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.gear_search import search
from rigcoach.rig.profile import Profile, load_profile, profile_paths
from rigcoach.rig.profile_optics import circle_of
from rigcoach.rig.profile_text import value_text
from rigcoach.rig.rig_check import RigCheck, check_rig
from rigcoach.rig.settings import setting_name
from rigcoach.rig.zone_focus import full_stops
from rigcoach.sheets.page import Page, pdf
from rigcoach.sheets.pocket_card import Block
from rigcoach.sheets.ring_scale import scale_page
from rigcoach.sheets.target import PAPERS, sheet
from rigcoach.studio.pages import shown, words_of
from rigcoach.studio.today import usual_profile

_MOST_FOUND = 30
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ShownRig:
    """A profile's rig: parts by their kind, settings, notes, what is sharp, and why that is not told."""

    profile: Profile
    parts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    told: tuple[str, ...]
    blocks: tuple[Block, ...]
    problem: str = ""


def shown_rig(name: str) -> ShownRig:
    """Return what the page shows of a profile's rig.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        There is no such profile, or it cannot be read.
    """
    profile = load_profile(name)
    rig = profile.rig
    kinds = (("body", rig.body), ("adapter", rig.adapter), ("lens", rig.lens))
    parts = tuple((kind, part.name) for kind, part in kinds if part is not None)
    settings = tuple((setting_name(each.setting), value_text(each)) for each in profile.settings.requests())
    notes: tuple[str, ...] = ()
    try:
        if rig.body is not None and rig.lens is not None:
            ids = rig.ids
            notes = check_rig(load_gear(), ids["body"], ids["lens"], ids.get("adapter")).notes
        chosen = choose_rig(str(profile.path), None, None, None)
    except RigcoachError as error:
        return ShownRig(profile, parts, settings, notes, (), (), error.line())
    setups = [chosen.zone_focus(circle_of(chosen.body), stop) for stop in full_stops(chosen.lens)]
    told = (format_sharpness(chosen, setups[0]), format_marks(chosen.calibration))
    return ShownRig(profile, parts, settings, notes, told, tuple(zone_blocks(setups, usual_marks(chosen))))


def _checked(body: str, lens: str, adapter: str) -> RigCheck:
    gear = load_gear()
    return check_rig(gear, _id(body, Body), _id(lens, Lens), _id(adapter, Adapter) if adapter else None)


def _id(text: str, kind: type) -> str:
    """Return the id of a part by its id, or by words that only one part's name has."""
    found = [part for part in search(load_gear(), text.split()) if isinstance(part, kind)]
    same = [part for part in found if part.id == text]
    if len(same or found) == 1:
        return (same or found)[0].id
    return text  # what is no part, or several, is told of by whoever looks it up


async def page(request: Request) -> Response:
    """Show a rig, what a search found, and whether parts go together, as the address asks."""
    asked = {
        name: request.query_params.get(name, "")[:_LONGEST] for name in ("rig", "words", "body", "lens", "adapter")
    }
    names = [path.stem for path in profile_paths()]
    rig: ShownRig | None = None
    checked: RigCheck | None = None
    found: tuple[Body | Lens | Adapter, ...] = ()
    problems = {"rig": "", "check": ""}
    asked["rig"] = asked["rig"] or await run_in_threadpool(usual_profile, names)
    try:
        rig = await run_in_threadpool(shown_rig, asked["rig"]) if asked["rig"] else None
    except RigcoachError as error:
        problems["rig"] = words_of(request).error(error)
    if asked["words"]:
        found = await run_in_threadpool(lambda: search(load_gear(), asked["words"].split()))
    if asked["body"] and asked["lens"]:
        try:
            checked = await run_in_threadpool(_checked, asked["body"], asked["lens"], asked["adapter"])
        except RigcoachError as error:
            problems["check"] = words_of(request).error(error)
    kinds = [(part.id, part.name, type(part).__name__.lower()) for part in found[:_MOST_FOUND]]
    return shown(
        request,
        "gear.html.j2",
        asked=asked,
        names=names,
        rig=rig,
        found=kinds,
        more=max(0, len(found) - _MOST_FOUND),
        checked=checked,
        problems=problems,
    )


def _scale(chosen: ChosenRig, request: Request) -> Page:
    try:
        ring_mm, throw_deg = (float(request.query_params[name]) for name in ("diameter", "throw"))
    except (KeyError, ValueError) as error:
        raise HTTPException(400) from error
    if not (15 <= ring_mm <= 200 and 10 <= throw_deg <= 350):
        raise HTTPException(400)
    return scale_page(scale_strip(chosen, ring_mm, ring_mm, throw_deg, circle_of(chosen.body)), "a4")


def _pocket(chosen: ChosenRig, _: Request) -> Page:
    setups = [chosen.zone_focus(circle_of(chosen.body), stop) for stop in full_stops(chosen.lens)]
    return pocket_page(chosen, setups, usual_marks(chosen))


_SHEETS: dict[str, Callable[[ChosenRig, Request], Page]] = {
    "pocket": _pocket,
    "scale": _scale,
    "aim": lambda chosen, _: aim_page(chosen),
}


async def sheet_of(request: Request) -> Response:
    """Send a page to print for a rig: its cards, the gear sheet, or the target."""
    kind, name = request.path_params["kind"], request.path_params["profile"]

    def made() -> bytes:
        profile = load_profile(name)
        if kind == "target":
            return pdf(sheet(PAPERS[0]))
        if kind == "gear":
            return pdf(gear_sheet(profile))
        return pdf(_SHEETS[kind](choose_rig(str(profile.path), None, None, None), request))

    if kind not in ("target", "gear", *_SHEETS) or name not in {path.stem for path in profile_paths()}:
        raise HTTPException(404)
    try:
        content = await run_in_threadpool(made)
    except RigcoachError as error:
        return shown(request, "problem.html.j2", 409, problem=words_of(request).error(error))
    headers = {"content-disposition": f'inline; filename="{kind}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


ROUTES = (
    Route("/gear", page),
    Route("/gear/{profile}/{kind}.pdf", sheet_of),
)
