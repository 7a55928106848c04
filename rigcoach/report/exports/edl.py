"""Edit decision lists in the CMX 3600 form that every editor reads: the keepers of a clip, one after the other.

The form is that of SMPTE 258M's ancestor, the CMX 3600 list: a title, the frame code mode, and for each event its
number, reel, track, cut, and four time codes; remarks begin with an asterisk. Time codes are non-drop: at 29.97 frames
a second they count frames, not seconds of the clock.
"""

import re
import unicodedata
from fractions import Fraction
from pathlib import Path

from rigcoach.batch import ScoredClip
from rigcoach.report.exports.segments import segments

_RECORD_START_H = 1


def edl(scored: ScoredClip) -> str:
    """Return the list of a clip's keepers; its record side starts at 01:00:00:00.

    Raises
    ------
    NothingToExportError
        Where no stretch of keepers is long enough.
    """
    clip = scored.measures.clip
    name = _one_line(Path(scored.name).name)
    fps = _counted(clip.fps)
    at = _RECORD_START_H * 3600 * fps
    lines = [f"TITLE: {_one_line(Path(scored.name).stem)} KEEPERS", "FCM: NON-DROP FRAME", ""]
    for i, segment in enumerate(segments(scored), start=1):
        source = (segment.first, segment.first + segment.length)
        codes = " ".join(timecode(frame, clip.fps) for frame in (*source, at, at + segment.length))
        best = timecode(at + segment.best - segment.first, clip.fps)
        lines += [
            f"{i:03d}  {_reel(name):<8} V     C        {codes}",
            f"* FROM CLIP NAME: {name}",
            f"* LOC: {best} GREEN   BEST {segment.best_score:.0f}",
            "",
        ]
        at += segment.length
    return "\r\n".join(lines)


def timecode(frame: int, fps: Fraction) -> str:
    """Return a frame's non-drop time code.

    >>> timecode(1800, Fraction(30000, 1001))
    '00:01:00:00'
    """
    counted = _counted(fps)
    seconds, frames = divmod(frame, counted)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _counted(fps: Fraction) -> int:
    return max(1, round(fps))


def _reel(name: str) -> str:
    """Return a reel's name: eight letters and digits at most."""
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]", "", plain).upper()[:8] or "AX"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
