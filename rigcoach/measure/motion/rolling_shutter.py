"""What a rolling shutter does to a moving picture: rows are read one after the other, so uprights lean in a pan.

A row is read later than the top one by its share of the readout time; meanwhile the picture has moved on. To first
order [Liang2008]_ a movement across leans every upright by the way covered in the readout over the frame's height, and
one down or up stretches or squeezes the picture by as much.

References
----------
.. [Liang2008] C.-K. Liang, L.-W. Chang, H. H. Chen, "Analysis and compensation of rolling shutter effect", IEEE
   Transactions on Image Processing 17(8), 2008, section II.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skew:
    """How a moving picture is bent by being read from top to bottom.

    Attributes
    ----------
    skew_px
        How much further right the bottom row is seen than if all rows were read with the top one.
    skew_deg
        How far uprights lean for it, their feet to the right where positive; to the eye that is a turn of uprights
        alone, clockwise where negative.
    stretch
        How much taller things are seen, over their height; negative where the picture moves up and squeezes them.
    """

    skew_px: float
    skew_deg: float
    stretch: float


def skew(step_px: tuple[float, float], fps: float, readout_s: float, frame_height_px: int) -> Skew:
    """Return the skew of a frame.

    Parameters
    ----------
    step_px
        How far the picture moved, right and down, into this frame since the one before.
    fps
        Frames a second.
    readout_s
        From the reading of the frame's first row to that of its last.
    frame_height_px
        Height of the frame.

    >>> skew((40.0, 0.0), 25.0, 0.020, 1080)
    Skew(skew_px=20.0, skew_deg=1.061, stretch=0.0)
    """
    across, down = (step * fps * readout_s for step in step_px)
    lean_deg = math.degrees(math.atan2(across, frame_height_px))
    return Skew(across, round(lean_deg, 3), down / frame_height_px)
