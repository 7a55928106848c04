"""What the live coach listens for in a drill: its framing, its subject, its rig."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rigcoach.analysis.live_meter import LiveMeter
from rigcoach.analysis.results import RigOptics, SubjectChoice, rig_optics
from rigcoach.drills.model import Drill, Station
from rigcoach.live.coach import Ear, LiveCoach
from rigcoach.live.cues import CueTarget
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import Profile

# Judging a distance to a tenth is what a drill asks for before a word is lost over it.
_DISTANCE_SHARE = 0.1


def wanted_in(drill: Drill, station: Station) -> CueTarget:
    """Return what one take of a drill wants of the frame.

    A walk's distance may be anything between its ends. The coach does not tell of shot scale and headroom.
    """
    ends_m = (station.distance_m, station.distance_m if station.to_m is None else station.to_m)
    return CueTarget(
        place=station.place,
        roll_limit_deg=max(drill.frame.roll_tolerance_deg, 1.0),
        blur_limit_px=drill.focus_tolerance_px,
        distance_m=(min(ends_m) * (1 - _DISTANCE_SHARE), max(ends_m) * (1 + _DISTANCE_SHARE)),
    )


@contextmanager
def coached(drill: Drill, station: Station, profile: Profile, ears: Sequence[Ear]) -> Iterator[Callable[[bytes], None]]:
    """Coach a take that is recorded from the live view: yield what is to be shown its frames."""
    meter = LiveMeter(SubjectChoice(drill.frame.subject), rig_optics(profile))
    with LiveCoach(meter, wanted_in(drill, station), ears) as coach:
        yield coach.see


@contextmanager
def coach_loaded(subject: str) -> Iterator[None]:
    """Load meanwhile what measures such a subject: loaded at "Go", it keeps the coach silent for the first seconds."""
    if subject not in ("auto", "target"):
        yield
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_load_card)
        yield


def _load_card() -> None:
    from rigcoach.measure.card.warm_up import warm_up  # compiled: loaded for cards only

    warm_up()


def live_meter(body_id: str, profile: Profile | None, choice: SubjectChoice) -> LiveMeter:
    """Return what measures the live view of a body, by its id in the gear; the profile tells of the lens on it.

    Raises
    ------
    rigcoach.base.toml_file.FileError
        Where the photographer's own gear cannot be used.
    """
    body = load_gear().bodies.get(body_id)
    if body is None and profile is not None:
        body = profile.rig.body
    movie = None if body is None else body.movie
    clip_size = None if movie is None else (movie.width_px, movie.height_px)
    return LiveMeter(choice, RigOptics() if profile is None else rig_optics(profile), clip_size)
