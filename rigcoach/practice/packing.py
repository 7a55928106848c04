"""The packing list before a trip: gear, what is set by hand, cards and batteries, what to print."""

from dataclasses import dataclass

from rigcoach.base.errors import RigcoachError
from rigcoach.journal import folder
from rigcoach.lens.chosen_rig import choose_rig
from rigcoach.lens.rig_pages import aim_page, pocket_page, scale_strip, usual_marks
from rigcoach.practice.trip import BatteryUse, Trip, supplies
from rigcoach.rig.profile import Profile
from rigcoach.rig.profile_optics import circle_of
from rigcoach.rig.profile_text import value_text
from rigcoach.rig.settings import setting_name
from rigcoach.rig.zone_focus import full_stops
from rigcoach.sheets.packing_list import packing_list
from rigcoach.sheets.page import Page, pdf_of
from rigcoach.sheets.ring_scale import scale_page
from rigcoach.sheets.table_sheet import Section, table_sheet
from rigcoach.sheets.target import PAPERS, sheet

Sections = tuple[tuple[str, tuple[str, ...]], ...]
"""Headings with the lines under them."""

RING_OPTIONS = "--diameter MM --throw DEG"
_RECENT_SESSIONS = 20
_BLANK = "_" * 22
_LEAST_SHARE, _LEAST_HOURS = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class PackedPages:
    """The pages of a journey's print, what each is, and why others are not among them."""

    pages: tuple[Page, ...]
    names: tuple[str, ...]
    left_out: tuple[str, ...]


def packing(trip: Trip, profile: Profile, serial: str = "") -> Sections:
    """Return what to pack and check; `serial` is the body's, where the photographer wants it on the list."""
    rig = profile.rig
    gear = [part.name for part in (rig.body, rig.lens, rig.adapter) if part is not None]
    by_hand = []
    if rig.lens is not None and not rig.lens.electronic:
        aperture = profile.settings.aperture
        by_hand.append(f"aperture ring{'' if aperture is None else f' at f/{aperture:g}'}: no body sets it")
        by_hand.append(f"focus ring set and taped: rigcoach focus zone --rig {profile.name}")
    by_hand.append(f"profile applied and read back in the morning: rigcoach profile apply {profile.name}")
    pages = rig_pages(trip, profile)
    return (
        ("Gear", (*gear, *((f"serial number {serial}",) if serial else ()))),
        ("Set by hand", tuple(by_hand)),
        ("Cards and batteries", supplies(trip, *measured_use(profile.name)).told),
        ("Printed", pages.names + pages.left_out),
    )


def rig_pages(trip: Trip, profile: Profile, serial: str = "") -> PackedPages:
    """Return what is printed for a rig: gear sheet, target card, pocket card, ring scale and aim sheet.

    What cannot be drawn, because too little is known of the rig, is left out and said.
    """
    a4 = next(paper for paper in PAPERS if paper.name == "a4")
    made: list[tuple[str, Page]] = [
        ("gear sheet", gear_sheet(profile, serial)),
        ("target card, at 100 %", sheet(a4)),
    ]
    left_out: list[str] = []
    try:
        chosen = choose_rig(str(profile.path), None, None, None)
    except RigcoachError as error:
        return PackedPages(
            tuple(page for _, page in made), tuple(name for name, _ in made), (f"no cards for the lens: {error.what}",)
        )
    circle_mm = circle_of(chosen.body)
    setups = [chosen.zone_focus(circle_mm, stop) for stop in full_stops(chosen.lens)]
    made.append(("pocket card, to fold", pocket_page(chosen, setups, usual_marks(chosen))))
    if trip.ring_mm is None or trip.throw_deg is None:
        left_out.append(f"ring scale: measure the ring, then rigcoach trip status {RING_OPTIONS} --print FILE")
    else:
        try:
            strip = scale_strip(chosen, trip.ring_mm, trip.ring_mm, trip.throw_deg, circle_mm)
            made.append(("ring scale, to tape on", scale_page(strip, a4.name)))
        except RigcoachError as error:
            left_out.append(f"ring scale: {error.line()}")
    try:
        made.append(("aim sheet", aim_page(chosen)))
    except RigcoachError as error:
        left_out.append(f"aim sheet: {error.line()}")
    return PackedPages(tuple(page for _, page in made), tuple(name for name, _ in made), tuple(left_out))


def gear_sheet(profile: Profile, serial: str = "") -> Page:
    """Return a rig's gear as a sheet for customs, insurers and a found camera's way home.

    Serial numbers are filled in by hand, but for the body's where it was read.
    """
    rig = profile.rig
    rows = []
    if rig.body is not None:
        rows.append(("Body", rig.body.name, f"{rig.body.mount.name} mount", serial or _BLANK))
    if rig.lens is not None:
        facts = f"{rig.lens.focal_lengths}, f/{rig.lens.widest_f_number:g}, {rig.lens.mount.name} mount"
        rows.append(("Lens", rig.lens.name, facts, _BLANK))
    if rig.adapter is not None:
        ends = f"{rig.adapter.lens_mount.name} to {rig.adapter.body_mount.name}"
        rows.append(("Adapter", rig.adapter.name, ends, _BLANK))
    own = [(what, "", "", _BLANK) for what in ("Batteries", "Charger", "Cards", "Microphone", "Strap", "Filter", "")]
    settings = [(setting_name(each.setting), value_text(each).strip('"')) for each in profile.settings.requests()]
    head = ("", "What", "Facts", "Serial number")
    return table_sheet(
        f"Gear: {profile.name}",
        (profile.description,) if profile.description else (),
        [
            Section("Rig, and what goes with it", head, rows + own),
            Section(f"Settings of {profile.name}", ("Setting", "Value"), settings),
        ],
    )


def measured_use(profile: str) -> tuple[tuple[float, ...], BatteryUse | None]:
    """Return what recent sessions with a profile tell: bytes a second of takes, and what went of the batteries.

    Only movies of a real body count; batteries are told of once a tenth of one went over a quarter of an hour.
    """
    rates: list[float] = []
    share = hours = 0.0
    for session in folder.readable(reversed(folder.session_ids()[-_RECENT_SESSIONS:])):
        if session.profile != profile or session.source != "movie" or session.emulated:
            continue
        rates += [take.size_bytes / take.recorded_s for take in session.takes if take.size_bytes and take.recorded_s]
        before, after, ended_at = session.battery_before, session.battery_after, session.ended_at
        # A battery that is fuller than before was changed.
        if before is not None and after is not None and ended_at is not None and after <= before:
            share += before - after
            hours += (ended_at - session.started_at).total_seconds() / 3600
    told = share >= _LEAST_SHARE and hours >= _LEAST_HOURS
    return tuple(rates), BatteryUse(share, hours) if told else None


def packing_pdf(title: str, trip: Trip, profile: Profile, serial: str = "") -> bytes:
    """Return the packing list and all that is printed for the rig as one PDF document, true to size."""
    pages = rig_pages(trip, profile, serial)
    return pdf_of((*packing_list(title, packing(trip, profile, serial)), *pages.pages))
