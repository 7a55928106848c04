"""Time codes as SMPTE ST 12-1 has them: hours, minutes, seconds and frames, counted with or without drop frames.

At 30000/1001 frames a second a code that counts 30 of them falls behind the clock by 3.6 s an hour. Drop-frame codes
leave out the first two numbers of every minute but each tenth (four at 60000/1001), and are written with a semicolon.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_FORM = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.,])(\d\d)")
_DAY_H = 24
# Rates from files are means: of a short clip at 29.97 some are a little off.
_NEARLY = Fraction(1, 2000)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a clip's own time code begins: the frame that it names, and whether it drops numbers."""

    frame: int
    drop: bool


def counted(fps: Fraction) -> int:
    """Return how many frames a second of time code counts."""
    return max(1, round(fps))


def can_drop(fps: Fraction) -> bool:
    """Whether there are drop-frame codes for a rate: 29.97 and 59.94 frames a second.

    >>> can_drop(Fraction(30000, 1001)), can_drop(Fraction(30)), can_drop(Fraction(24000, 1001))
    (True, False, False)
    """
    return counted(fps) in (30, 60) and abs(fps / counted(fps) - Fraction(1000, 1001)) < _NEARLY


def timecode(frame: int, fps: Fraction, *, drop: bool = False) -> str:
    """Return a frame's time code; after a day it begins again.

    >>> timecode(1800, Fraction(30000, 1001)), timecode(1800, Fraction(30000, 1001), drop=True)
    ('00:01:00:00', '00:01:00;02')
    """
    rate = counted(fps)
    if drop:
        dropped = rate // 15
        tens, rest = divmod(frame, 600 * rate - 9 * dropped)
        # In each ten minutes, the first one is whole.
        minutes = max(0, rest - dropped) // (60 * rate - dropped)
        frame += dropped * (9 * tens + minutes)
    seconds, frames = divmod(frame, rate)
    hours = seconds // 3600 % _DAY_H
    return f"{hours:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{';' if drop else ':'}{frames:02d}"


def start_of(text: str, fps: Fraction) -> Start | None:
    """Return the frame that a time code names; `None` where it is none, or none of this rate.

    >>> start_of("00:01:00;02", Fraction(30000, 1001))
    Start(frame=1800, drop=True)
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, frames = (int(found[i]) for i in (1, 2, 3, 5))
    rate, drop = counted(fps), found[4] != ":"
    if hours >= _DAY_H or minutes >= 60 or seconds >= 60 or frames >= rate or (drop and not can_drop(fps)):
        return None
    minutes += 60 * hours
    frame = (60 * minutes + seconds) * rate + frames
    return Start(frame - rate // 15 * (minutes - minutes // 10) if drop else frame, drop)
