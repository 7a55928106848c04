"""Where the subject landed in the frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.box import Box


@dataclass(frozen=True, slots=True)
class Framing:
    """Where a subject stands in the frame.

    Attributes
    ----------
    offset
        From the wanted place to the subject's centre, in fractions of the frame's width and height; right and down
        are positive.
    size
        The subject's height over the frame's height.
    headroom
        From the frame's top to the subject's top, over the frame's height; negative where the top is cut off.
    roll_deg
        How far the subject appears turned clockwise in the frame; `None` where its uprightness cannot be told.
    cut_off
        The sides of the frame that cut the subject: "left", "top", "right", "bottom".
    """

    offset: tuple[float, float]
    size: float
    headroom: float
    roll_deg: float | None
    cut_off: tuple[str, ...]


def frame_outline(
    outline_px: NDArray[np.float64],
    centre_px: tuple[float, float],
    height_px: float,
    roll_deg: float | None,
    frame_size: tuple[int, int],
    wanted: tuple[float, float] = (0.5, 0.5),
) -> Framing:
    """Place a subject of known outline.

    Parameters
    ----------
    outline_px
        Corners of the subject, shape (n, 2), in pixels of the frame, not clipped to it.
    centre_px
        The subject's centre.
    height_px
        The subject's own height.
    roll_deg
        Its roll, clockwise positive, or `None`.
    frame_size
        Width and height of the frame in pixels.
    wanted
        Where its centre should be, in fractions of the frame's width and height.
    """
    width, height = frame_size
    left, top = outline_px.min(axis=0)
    right, bottom = outline_px.max(axis=0)
    beyond = {"left": left < 0, "top": top < 0, "right": right > width, "bottom": bottom > height}
    return Framing(
        offset=(centre_px[0] / width - wanted[0], centre_px[1] / height - wanted[1]),
        size=height_px / height,
        headroom=float(top) / height,
        roll_deg=roll_deg,
        cut_off=tuple(side for side, cut in beyond.items() if cut),
    )


def frame_box(box: Box, frame_size: tuple[int, int], wanted: tuple[float, float] = (0.5, 0.5)) -> Framing:
    """Place a subject of which only its box is known; a box says nothing of roll.

    A box cannot leave the frame, so one that touches the frame's edge counts as cut off there.
    """
    x, y, w, h = box
    width, height = frame_size
    outline = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float64)
    placed = frame_outline(outline, (x + w / 2, y + h / 2), h, None, frame_size, wanted)
    touching = {"left": x <= 0, "top": y <= 0, "right": x + w >= width, "bottom": y + h >= height}
    return Framing(
        placed.offset, placed.size, placed.headroom, None, tuple(side for side, touches in touching.items() if touches)
    )
