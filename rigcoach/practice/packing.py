"""The packing check before a journey: gear, what is set by hand, cards and batteries, what to print."""

from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.practice.trip import Trip, supplies
from rigcoach.rig.profile import Profile
from rigcoach.sheets.packing_list import packing_list
from rigcoach.sheets.page import pdf_of
from rigcoach.sheets.target import PAPERS, sheet

Sections = tuple[tuple[str, tuple[str, ...]], ...]
"""Headings with the lines under them."""

_RECENT_SESSIONS = 20


def packing(trip: Trip, profile: Profile, serial: str = "") -> Sections:
    """Return what to pack and check; `serial` is the body's, where the photographer wants it on the list."""
    rig = profile.rig
    gear = [part.name for part in (rig.body, rig.lens, rig.adapter) if part is not None]
    by_hand = []
    if rig.lens is not None and not rig.lens.electronic:
        aperture = profile.settings.aperture
        by_hand.append(f"aperture ring{'' if aperture is None else f' at f/{aperture:g}'}: no body sets it")
        by_hand.append(f"focus ring set and taped: rigcoach focus zone --rig {profile.name}")
    by_hand.append(f"profile applied and read back on the morning: rigcoach profile apply {profile.name}")
    printed = (
        "the target card (the next page of this print)",
        f"pocket card: rigcoach focus table --rig {profile.name} --out pocket.pdf",
        f"ring scale: rigcoach focus scale --rig {profile.name} --diameter MM --throw DEGREES --out scale.pdf",
        f"aim: rigcoach aim --rig {profile.name}",
    )
    return (
        ("Gear", (*gear, *((serial,) if serial else ()))),
        ("Set by hand", tuple(by_hand)),
        ("Cards and batteries", supplies(trip, bit_rates(profile.name)).told),
        ("Printed", printed),
    )


def bit_rates(profile: str) -> tuple[float, ...]:
    """Return the bytes a second of recent takes with a profile that were recorded as movies by a real body."""
    found: list[float] = []
    for name in reversed(folder.session_ids()[-_RECENT_SESSIONS:]):
        try:
            session = folder.read(folder.folder_of(name))
        except JournalError:
            continue  # `rigcoach log` names it
        if session.profile == profile and session.source == "movie" and not session.emulated:
            found += [
                take.size_bytes / take.recorded_s for take in session.takes if take.size_bytes and take.recorded_s
            ]
    return tuple(found)


def packing_pdf(title: str, sections: Sections) -> bytes:
    """Return the list and the target card as one PDF document on A4, true to size."""
    a4 = next(paper for paper in PAPERS if paper.name == "a4")
    return pdf_of((packing_list(title, sections), sheet(a4)))
