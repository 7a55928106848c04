"""Coached looks through the camera before the takes: cues say how to frame, and nothing is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rigcoach.drills.model import Station
from rigcoach.journal.session import WarmUp
from rigcoach.live.coach import Ear
from rigcoach.live.cues import Cue
from rigcoach.practice.coached import coached
from rigcoach.practice.open_session import OpenSession, Prompter
from rigcoach.rig.profile import Profile
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraLostError, CameraRefusedError
from rigcoach.tether.live_view import frames, live_view

MOST_WARM_UPS = 3
LONGEST_S = 12.0
"""Of one of them: guidance is for finding the place, not for holding it."""

_LAST_S = 1.0


@dataclass(slots=True)
class _Memory:
    """Hears every cue and keeps how far off the framing was."""

    cues: list[Cue] = field(default_factory=list)

    def hear(self, cue: Cue) -> None:
        """Take a cue."""
        self.cues.append(cue)

    @property
    def off(self) -> float | None:
        """The mean over the last second in which the subject was found."""
        known = [(cue.t_s, cue.off) for cue in self.cues if cue.off is not None]
        recent = [off for t_s, off in known if t_s >= known[-1][0] - _LAST_S]
        return sum(recent) / len(recent) if recent else None


def warm_up_stations(stations: Sequence[Station]) -> tuple[Station, ...]:
    """Return what is warmed up for: up to three kinds of take, those that come first, each no longer than needed."""
    return tuple(dict.fromkeys(stations))[:MOST_WARM_UPS]


def warm_up_s(stations: Sequence[Station]) -> float:
    """Return how long the warm-up for some takes lasts."""
    return sum(min(station.seconds, LONGEST_S) + 4.0 for station in warm_up_stations(stations))


def warm_up(
    camera: Camera, open_session: OpenSession, profile: Profile, ears: Sequence[Ear], prompter: Prompter
) -> None:
    """Coach up to three looks through the camera, where its live view allows that, and note them.

    Raises
    ------
    CameraLostError
        Where the camera is lost.
    JournalError
        Where the session cannot be written.
    """
    stations = warm_up_stations([take.station for take in open_session.session.takes])
    done: list[WarmUp] = []
    for number, station in enumerate(stations, 1):
        prompter.say(f"Warm-up {number} of {len(stations)}. {station.announcement}. Follow what you hear")
        memory = _Memory()
        seconds = min(station.seconds, LONGEST_S)
        try:
            with (
                prompter.step(f"Warm-up {number}") as advance,
                coached(open_session.session.drill, station, profile, (*ears, memory)) as see,
                live_view(camera, camera.listing()),
            ):
                for jpeg in frames(camera, seconds, advance):
                    see(jpeg)
        except CameraLostError:
            raise
        except CameraRefusedError as error:
            prompter.line(f"No warm-up: {error.line()}")
            break
        found = sum(cue.turn is not None for cue in memory.cues)
        done.append(WarmUp(station, seconds, found / max(len(memory.cues), 1), memory.off))
    open_session.warmed_up(done)
