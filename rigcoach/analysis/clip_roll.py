"""A clip's roll without a card: from the lines of a second and more around, shifted as the camera moved."""

import cmath
import math
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rigcoach.measure.picture.line_segments import LineSegments, pooled
from rigcoach.measure.picture.roll import Roll, roll_of_segments

# Looks so far apart, either way, see one scene, and how the camera turned between them is still known well.
_POOLED_S = 1.1
ROLL_HOLDS_S = 1.2
"""A look that tells nothing leaves the roll as the nearest one tells it, no farther away than this."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
    """How the picture moved through a clip: what was at z in the first frame of a piece is at turn z + shift in one.

    Places are complex, as in `LineSegments`. `turned` is in radians, `rights` and `downs` in frame heights. `pieces`
    numbers what hangs together: where a movement isn't known, at a cut for one, another begins.
    """

    turned: Sequence[float]
    rights: Sequence[float]
    downs: Sequence[float]
    pieces: Sequence[int]

    def between(self, first: int, last: int) -> tuple[complex, complex] | None:
        """Return the turn and the shift from one frame to another; `None` where they don't hang together."""
        if self.pieces[first] != self.pieces[last]:
            return None
        turn = cmath.exp(1j * (self.turned[last] - self.turned[first]))
        shift = complex(self.rights[last], self.downs[last]) - turn * complex(self.rights[first], self.downs[first])
        return turn, shift


def camera_path(steps: Iterable[tuple[float, float, float] | None], height_px: int) -> CameraPath:
    """Return the path by steps into each frame: right and down at the frame's middle in pixels, degrees clockwise.

    `None` stands for a step that isn't known.
    """
    turns, rights, downs, pieces = array("d"), array("d"), array("d"), array("q")
    turned, shift, piece = 0.0, 0j, 0
    for step in steps:
        if step is None:
            turned, shift, piece = 0.0, 0j, piece + 1
        else:
            dx_px, dy_px, step_deg = step
            by = math.radians(step_deg)
            turned, shift = turned + by, shift * cmath.exp(1j * by) + complex(dx_px, dy_px) / height_px
        turns.append(turned)
        rights.append(shift.real)
        downs.append(shift.imag)
        pieces.append(piece)
    return CameraPath(turns, rights, downs, pieces)


def rolls_by_lines(
    times_s: Sequence[float], looks: Iterable[LineSegments | None], path: CameraPath
) -> Iterator[Roll | None]:
    """Yield every frame's roll by the lines that were looked for in some of them; `None` where they don't tell it."""
    told = list(_told(times_s, looks, path))
    frames = [i for i, _ in told]
    for i, t_s in enumerate(times_s):
        after = bisect_left(frames, i)
        near = [each for each in told[max(after - 1, 0) : after + 1] if abs(times_s[each[0]] - t_s) < ROLL_HOLDS_S]
        # Within one piece it is known what the camera turned since.
        moved = [(path.between(frame, i), abs(times_s[frame] - t_s), roll) for frame, roll in near]
        if not moved:
            yield None
            continue
        between, _, roll = min(moved, key=lambda each: (each[0] is None, each[1]))
        yield roll if between is None else roll.turned(math.degrees(cmath.phase(between[0])))


def _told(
    times_s: Sequence[float], looks: Iterable[LineSegments | None], path: CameraPath
) -> Iterator[tuple[int, Roll]]:
    """Yield the frames that were looked at and what they and those around them tell; few are kept at a time."""
    near: deque[tuple[int, LineSegments]] = deque()
    waiting: deque[tuple[int, LineSegments]] = deque()

    def told(frame: int, own: LineSegments) -> Iterator[tuple[int, Roll]]:
        while near and times_s[near[0][0]] < times_s[frame] - _POOLED_S:
            near.popleft()
        moves = [(lines, path.between(i, frame)) for i, lines in near if i != frame]
        roll = roll_of_segments(pooled(own, [(lines, *move) for lines, move in moves if move is not None]))
        if roll is not None:
            yield frame, roll

    for i, lines in enumerate(looks):
        if lines is None:
            continue
        while waiting and times_s[waiting[0][0]] < times_s[i] - _POOLED_S:
            yield from told(*waiting.popleft())
        near.append((i, lines))
        waiting.append((i, lines))
    while waiting:
        yield from told(*waiting.popleft())
