"""Which way somebody walks across the frame, or looks: the side where lead room belongs."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats

Side = Literal["left", "right"]

# A stroll across the frame passes this many of one's own heights a second; 0.4 m/s for 1.7 m.
WALKS_HEIGHTS_PER_S = 0.25
# Around each frame so much of the path is looked at, and half of it must be known.
_WINDOW_S = 1.0
_KNOWN_SHARE = 0.5
# The tip of a nose this far off the middle between the eyes, over their distance: a face turned by some 40 degrees.
LOOKS_ASIDE = 0.35


def walks(
    middles_px: npt.NDArray[np.floating],
    camera_steps_px: npt.NDArray[np.floating],
    heights_px: npt.NDArray[np.floating],
    fps: float,
    heights_per_body: float = 1.0,
) -> list[Side | None]:
    """Return, frame by frame, which way somebody walks against what stands still; `None` where neither, or not known.

    Parameters
    ----------
    middles_px
        (n,): how far right the middle of the person's box is; NaN where there was none.
    camera_steps_px
        (n,): how far right what stands still moved in the picture since the frame before; NaN where that isn't known.
    heights_px
        (n,): heights of the boxes.
    fps
        Frames a second.
    heights_per_body
        How many such boxes, one on the other, are as high as a person: 1 for a body's.
    """
    middles = np.asarray(middles_px, dtype=np.float64)
    # Where a step isn't known, what is before it and what is after it can't be compared.
    steps = np.asarray(camera_steps_px, dtype=np.float64).copy()
    steps[:1] = 0.0
    apart = np.cumsum(~np.isfinite(steps))
    places = middles - np.cumsum(np.nan_to_num(steps))
    half = max(1, round(_WINDOW_S * fps / 2))
    told: list[Side | None] = []
    for i in range(len(places)):
        near = slice(max(0, i - half), i + half + 1)
        speed = _slope(places[near], apart[near] == apart[i], fps)
        body_px = heights_px[i] * heights_per_body
        if speed is None or not abs(speed) > WALKS_HEIGHTS_PER_S * body_px:
            told.append(None)
        else:
            told.append("right" if speed > 0 else "left")
    return told


def looks(turn: float | None) -> Side | None:
    """Return which way a face is turned (`rigcoach.measure.people.eyes.Eyes.turn`); `None` where it is to the camera.

    >>> looks(-0.5), looks(0.1)
    ('left', None)
    """
    if turn is None or abs(turn) < LOOKS_ASIDE:
        return None
    return "right" if turn > 0 else "left"


def _slope(places: Floats, together: npt.NDArray[np.bool_], fps: float) -> float | None:
    known = np.flatnonzero(np.isfinite(places) & together)
    if len(known) < max(3, _KNOWN_SHARE * _WINDOW_S * fps):
        return None
    return float(np.polyfit(known / fps, places[known], 1)[0])
