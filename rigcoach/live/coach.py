"""The live coach: the newest frame of live view into a cue for the ears, as fast as frames come.

One thread looks through the camera and puts every frame into a mailbox that holds one; another measures. A frame that
comes while one is being measured takes the place of the one that waits: frames are dropped, never queued.
"""

import math
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from threadpoolctl import threadpool_limits

from rigcoach.analysis.live_meter import LiveFrameError, LiveMeter
from rigcoach.live.cues import NOTHING_SAID, Cue, CueTarget, cue, next_word
from rigcoach.live.voice import Voice

_MOST_UNREADABLE = 10  # frames in a row, after which the live view is none
_LINE_EVERY_S = 0.5
_END_S = 10.0


class Ear(Protocol):
    """Whoever is to hear of a cue."""

    def hear(self, cue: Cue) -> None:
        """Take the cue of a frame; must not wait."""


class Words:
    """Says a word now and then: what to do, in as few words as there are.

    Attributes
    ----------
    said
        How often each word was said.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._memory = NOTHING_SAID
        self.said: dict[str, int] = {}

    def hear(self, cue: Cue) -> None:
        """Say a word where one is due; not into another one."""
        due, memory = next_word(cue, self._memory)
        if due is not None and self._voice.is_speaking:
            return
        self._memory = memory
        if due is not None:
            self.said[due] = self.said.get(due, 0) + 1
            self._voice.say(due)


class Lines:
    """Writes what tones would tell, twice a second: for where there is no sound."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._next_s = -math.inf

    def hear(self, cue: Cue) -> None:
        """Write a line where one is due."""
        if cue.t_s >= self._next_s:
            self._next_s = cue.t_s + _LINE_EVERY_S
            self._write(cue_line(cue))


def cue_line(cue: Cue) -> str:
    """Return a cue in a line.

    >>> cue_line(Cue(0.0, turn=(-0.12, 0.03), off=2.5, roll_deg=4.2, blur_px=2.13))
    'turn left 12 %, down 3 %; 4° clockwise; blur 2.1 px'
    """
    if cue.turn is None:
        return "no subject"
    x, y = cue.turn
    sideways = f"{'left' if x < 0 else 'right'} {100 * abs(x):.0f} %"
    updown = f"{'up' if y < 0 else 'down'} {100 * abs(y):.0f} %"
    parts = ["there" if cue.tick_s == 0 else f"turn {sideways}, {updown}"]
    if cue.roll_deg is not None:
        parts.append(f"{abs(cue.roll_deg):.0f}° {'counter-' if cue.roll_deg < 0 else ''}clockwise")
    parts.append("blur unknown" if cue.blur_px is None else f"blur {cue.blur_px:.1f} px")
    return "; ".join(parts)


@dataclass(slots=True)
class Tally:
    """What the coach did: frames that came, and of these measured, left out for newer ones, and unreadable.

    `latencies_s` are the times from a frame's arrival to its cue.
    """

    came: int = 0
    measured: int = 0
    dropped: int = 0
    unreadable: int = 0
    found: int = 0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def median_latency_s(self) -> float | None:
        """The median time from a frame's arrival to its cue; None where there was no cue."""
        return statistics.median(self.latencies_s) if self.latencies_s else None


class Mailbox:
    """Holds the newest frame, with the time at which it came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: tuple[bytes, float] | None = None
        self._closed = False

    def put(self, jpeg: bytes, t_s: float) -> bool:
        """Put a frame in; return whether one that waited was dropped for it."""
        with self._changed:
            dropped = self._frame is not None
            self._frame = (jpeg, t_s)
            self._changed.notify()
        return dropped

    def take(self) -> tuple[bytes, float] | None:
        """Wait for a frame and take it out; None once the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed)
            frame, self._frame = self._frame, None
            return None if self._closed else frame

    def close(self) -> None:
        """Let whoever waits go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class LiveCoach:
    """Turns frames into cues; a context manager around the time in which frames come.

    Parameters
    ----------
    meter
        Measures the frames.
    wanted
        The framing that is wanted.
    ears
        Hear of every cue, on a thread of the coach's.
    clock
        Seconds that only run forward; the cues' times are its.

    Attributes
    ----------
    tally
        What was done so far.
    """

    def __init__(
        self,
        meter: LiveMeter,
        wanted: CueTarget,
        ears: Sequence[Ear],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._meter = meter
        self._wanted = wanted
        self._ears = tuple(ears)
        self._clock = clock
        self._mailbox = Mailbox()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="live-coach", daemon=True)
        self.tally = Tally()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mailbox.close()
        self._thread.join(_END_S)
        if kind is None:
            self._pass_on_failure()

    def see(self, jpeg: bytes) -> None:
        """Take a frame that has just come; return at once.

        Raises
        ------
        LiveFrameError
            The live view is none: ten frames in a row could not be read.
        """
        self._pass_on_failure()
        self.tally.came += 1
        self.tally.dropped += self._mailbox.put(jpeg, self._clock())

    def _pass_on_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _work(self) -> None:
        try:
            self._coach()
        # Whatever it is, it is raised again where the frames come from.
        except BaseException as error:  # noqa: BLE001
            self._failure = error

    def _coach(self) -> None:
        unreadable = 0
        # A pool for the small products that are taken here costs twice what it saves.
        with threadpool_limits(limits=1, user_api="blas"):
            while (frame := self._mailbox.take()) is not None:
                try:
                    self._hear(*frame)
                except LiveFrameError:
                    self.tally.unreadable += 1
                    unreadable += 1
                    if unreadable >= _MOST_UNREADABLE:
                        raise
                    continue
                unreadable = 0

    def _hear(self, jpeg: bytes, came_s: float) -> None:
        """Measure a frame that came at a time of the clock, and have it heard."""
        measures = self._meter.measure(jpeg, came_s)
        pictures = self._meter.pictures
        heard = cue(measures, self._wanted, pictures.height if pictures is not None else 1080)
        self.tally.latencies_s.append(self._clock() - came_s)
        self.tally.measured += 1
        self.tally.found += measures.subject is not None
        for ear in self._ears:
            ear.hear(heard)
