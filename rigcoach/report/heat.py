"""Where the subject sat in the frame, over a whole clip: a coarse map of how often its centre was at each place."""

from dataclasses import dataclass

import numpy as np

from rigcoach.analysis.results import ClipMeasurements
from rigcoach.base.percent import percent
from rigcoach.report.moments import wanted_place
from rigcoach.scoring import limits

_COLUMNS = 32


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the map in pixels of the frame; `strength` is how often, 1 for the fullest cell."""

    x: float
    y: float
    strength: float


@dataclass(frozen=True, slots=True)
class Heat:
    """The map: its cells and their side, the wanted place and a keeper's reach round it, and what it says."""

    width: int
    height: int
    side: float
    cells: tuple[Cell, ...]
    wanted: tuple[float, float] | None
    reach: tuple[float, float]
    alt_text: str


def heat(measures: ClipMeasurements) -> Heat | None:
    """Return the map of a clip; `None` where the subject was never seen."""
    clip = measures.clip
    size = (clip.width, clip.height)
    placed = [frame.framing.offset for frame in measures.frames if frame.framing is not None]
    if not placed:
        return None
    offsets, wanted = np.array(placed), wanted_place(measures)
    # Without a wanted place offsets are from the middle.
    points = np.array(wanted or (clip.width / 2, clip.height / 2)) + offsets * size
    side = clip.width / _COLUMNS
    rows = int(np.ceil(clip.height / side))
    counts, _, _ = np.histogram2d(
        np.clip(points[:, 0] / side, 0, _COLUMNS - 1e-9), np.clip(points[:, 1] / side, 0, rows - 1e-9),
        bins=(_COLUMNS, rows), range=((0, _COLUMNS), (0, rows)),
    )  # fmt: skip
    cells = tuple(
        Cell(float(column * side), float(row * side), round(float(counts[column, row] / counts.max()), 3))
        for column, row in np.argwhere(counts > 0)
    )
    limit = limits.PLACE.keeper
    inside = float((np.hypot(offsets[:, 0], offsets[:, 1]) <= limit).mean())
    across, down = 100 * offsets.mean(axis=0)
    sideways, vertically = "right" if across > 0 else "left", "low" if down > 0 else "high"
    alt_text = "No target position was set: this shows where the subject's centre was, and does not affect the score."
    if wanted is not None:
        alt_text = (
            f"The subject's centre lay in the keeper zone round the target position in {percent(inside)} of the frames "
            f"that show it; on average {abs(across):.0f} % too far {sideways} and {abs(down):.0f} % too {vertically}."
        )
    return Heat(
        clip.width,
        clip.height,
        side,
        cells,
        wanted,
        (limit * clip.width, limit * clip.height),
        alt_text,
    )
