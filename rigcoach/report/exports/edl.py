"""Edit decision lists in the CMX 3600 form that every editor reads: the keepers of clips, one after the other.

The form is that of SMPTE 258M's ancestor, the CMX 3600 list: a title, the frame code mode, and for each event its
number, reel, channels, cut, and four time codes; remarks begin with an asterisk. At 29.97 and 59.94 frames a second the
codes drop frames (`FCM: DROP FRAME`), unless the clips' own time codes don't. A clip that carries no time code begins
at nought.
"""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from rigcoach.base.outputs import EDIT_LIST
from rigcoach.report.exports.footage import Footage
from rigcoach.report.exports.segments import cut
from rigcoach.report.exports.timecode import can_drop, counted, timecode

_RECORD_START_H = 1
# Picture; picture and channel 1; picture and channels 1 and 2, of which the form has no more.
_CHANNELS = ("V", "B", "AA/V")


def edl(footage: Sequence[Footage], title: str) -> str:
    """Return the list of the keepers of clips that run at one rate; its record side starts at 01:00:00:00.

    Where no stretch of keepers is long enough it has no events.
    """
    parts = cut(footage)
    fps = footage[0].scored.measures.clip.fps
    drop = _drops([each for each, _ in parts] or footage, fps)
    title_line = f"TITLE: {_one_line(title)} KEEPERS"
    fcm_line = f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}"
    if not parts:
        return "\r\n".join([title_line + EDIT_LIST.marks[1].decode(), fcm_line, ""])
    at = _RECORD_START_H * _hour(fps, drop=drop)
    lines = [title_line, fcm_line, ""]
    for i, (each, segment) in enumerate(parts, start=1):
        first = each.first_frame + segment.first
        source = [
            timecode(frame, fps, drop=drop if each.start is None else each.start.drop)
            for frame in (first, first + segment.length)
        ]
        record = [timecode(frame, fps, drop=drop) for frame in (at, at + segment.length)]
        best = timecode(at + segment.best - segment.first, fps, drop=drop)
        channels = _CHANNELS[min(each.channels, len(_CHANNELS) - 1)]
        lines += [
            f"{i:03d}  {_reel(each.name):<8} {channels:<5} C        {' '.join([*source, *record])}",
            f"* FROM CLIP NAME: {_one_line(each.name)}",
            f"* LOC: {best} GREEN   BEST {segment.best_score:.0f}",
            "",
        ]
        at += segment.length
    return "\r\n".join([*lines, EDIT_LIST.marks[0].decode(), ""])


def of_one_rate(footage: Sequence[Footage]) -> tuple[tuple[Footage, ...], tuple[Footage, ...]]:
    """Return the clips that a list can hold, those of the rate that most have, and the others."""
    rates = [each.scored.measures.clip.fps for each in footage]
    most = max(rates, key=rates.count, default=None)
    pairs = list(zip(footage, rates, strict=True))
    return tuple(each for each, rate in pairs if rate == most), tuple(each for each, rate in pairs if rate != most)


def _drops(footage: Sequence[Footage], fps: Fraction) -> bool:
    modes = {each.start.drop for each in footage if each.start is not None}
    return can_drop(fps) and modes != {False}


def _hour(fps: Fraction, *, drop: bool) -> int:
    """Return the frames of an hour of time code."""
    rate = counted(fps)
    return 3600 * rate - (54 * (rate // 15) if drop else 0)


def _reel(name: str) -> str:
    """Return a reel's name: eight letters and digits at most."""
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]", "", plain).upper()[:8] or "AX"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
