"""What is printed for a rig: the card for the pocket, the scale for the ring, the sheet to aim by."""

from collections.abc import Sequence

from rigcoach.base.units import distance_text
from rigcoach.lens.chosen_rig import ChosenRig, IncompleteRigError
from rigcoach.lens.rig_text import format_marks, format_sharpness, zone_blocks
from rigcoach.optics.aim import CAMERA_HEIGHTS_M, Person, aim_at
from rigcoach.optics.aim_text import aim_head, aim_rows
from rigcoach.optics.register_error import TRUE_SCALE
from rigcoach.optics.view import Viewpoint
from rigcoach.rig.profile_optics import STATIONS_M, movie_view_deg
from rigcoach.rig.ring_scale import RingScale
from rigcoach.rig.zone_focus import ZoneFocus
from rigcoach.sheets.page import Page
from rigcoach.sheets.pocket_card import pocket_card
from rigcoach.sheets.ring_scale import ScaleStrip
from rigcoach.sheets.table_sheet import Section, table_sheet

_USUAL_MARKS_M = (1.0, 1.5, 2.0, 3.0, 5.0)
_PERSON_M = 1.70


def usual_marks(chosen: ChosenRig) -> tuple[float, ...]:
    """Return the distances that a card has where no others are wanted."""
    return tuple(mark for mark in _USUAL_MARKS_M if chosen.lens.focuses_at(mark))


def pocket_page(chosen: ChosenRig, setups: Sequence[ZoneFocus], marks: Sequence[float]) -> Page:
    """Return what is sharp, apertures by distances, as a card to fold."""
    told = format_sharpness(chosen, setups[0]).replace("\n", " ")
    return pocket_card(chosen.name, [told, format_marks(chosen.calibration)], zone_blocks(setups, marks))


def aim_page(chosen: ChosenRig, person_m: float = _PERSON_M) -> Page:
    """Return how to frame a person from hip and chest and at the eye, as a sheet.

    Parameters
    ----------
    chosen
        The rig; its movie frame has to be known.
    person_m
        How tall who is filmed is.

    Raises
    ------
    IncompleteRigError
        Where it is not.
    """
    movie = chosen.known_movie("framing needs", next_step="Name one in the profile's [rig]")
    view_deg = movie_view_deg(chosen.focal_length_mm, movie, chosen.rig.squeeze)
    person = Person(person_m)
    sections = []
    for held in ("hip", "chest", "eye"):
        camera = Viewpoint(view_deg[1], CAMERA_HEIGHTS_M[held])
        rows = aim_rows([aim_at(camera, person, each) for each in STATIONS_M])
        sections.append(Section(f"Held at {held} height: lens at {distance_text(camera.height_m)}", aim_head(), rows))
    told = (
        f"Video field of view: {view_deg[0]:.1f}° × {view_deg[1]:.1f}°. A person {distance_text(person_m)} tall.",
        "What the frame covers above the ground; the tilt leaves 8 % of the frame above the head.",
    )
    return table_sheet(f"Aim: {chosen.name}", told, sections)


def scale_strip(chosen: ChosenRig, ring_mm: float, barrel_mm: float, throw_deg: float, circle_mm: float) -> ScaleStrip:
    """Return what is printed of a rig's ring: how thick ring and barrel are, and how far the ring turns.

    Raises
    ------
    IncompleteRigError
        Where no scale can be drawn: too little is known of the lens, or it does not focus by moving as a whole.
    """
    register = TRUE_SCALE if chosen.calibration is None else chosen.calibration.register
    close_m = chosen.lens.close_focus_m
    if close_m is None or chosen.lens.infinity_turn is None or chosen.rig.magnification != 1:
        raise IncompleteRigError(
            f"no scale can be drawn for {chosen.name}",
            why="its closest focus distance and the direction of its ring are unknown"
            if chosen.rig.magnification == 1
            else "the glass in its adapter changes how the ring acts",
            next_step="Describe the lens: `rigcoach gear add lens`"
            if chosen.rig.magnification == 1
            else "Mark the ring by hand: focus on things at measured distances",
        )
    if close_m * 1000 < 4 * chosen.lens.focal_length_mm:
        raise IncompleteRigError(
            f"no scale can be drawn for {chosen.lens.name}",
            why=f"focusing at {distance_text(close_m)} it does not focus by moving as a whole",
            next_step="Mark the ring by hand: focus on things at measured distances",
        )
    return ScaleStrip(RingScale(chosen.lens, throw_deg, close_m, register), ring_mm, barrel_mm, circle_mm, chosen.name)
