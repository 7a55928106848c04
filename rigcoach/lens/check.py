"""How sharp a rig draws the target card: MTF50 on its edges, clip by clip, to compare lenses and adapters."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rigcoach.base.errors import RigcoachError
from rigcoach.measure.card.card_clearance import clearances_mm
from rigcoach.measure.card.edge_spread import measure_edges
from rigcoach.measure.card.imaged_edge import image_edges, strip_pixels
from rigcoach.measure.card.mtf import edge_angle_deg, edge_response, line_pairs_per_mm
from rigcoach.measure.card.target import CardDetection, find_target
from rigcoach.measure.picture.tone import ToLight, bt709_to_light
from rigcoach.target_card import CARDS, TargetCard
from rigcoach.video.clip import Clip, Frame, read_clip, read_frames

# Frames looked at in a clip, spread over it, and the share of them, the sharpest, that tell.
_MOST_FRAMES = 24
_SHARPEST_SHARE = 0.25
_EDGE_SHARE = 0.84
_LEAST_ANGLE_DEG = 2.0
_LEAST_REACH_PX, _MOST_REACH_PX = 6.0, 40.0
_FEWEST_EDGES = 2


class NoCardError(RigcoachError):
    """A clip that shows no target card well enough."""

    code = "focus.no-card"


@dataclass(frozen=True, slots=True)
class LensCheck:
    """What a clip shows of a rig's sharpness, of its sharpest frames.

    `mtf50_cycles_px` is the median over edges and frames, `spread_cycles_px` the quartiles; `mtf50_lp_mm` the same on
    the sensor, `None` where the pixels' pitch isn't known. `blur_px` is the defocus, and `motion_blur_px` the smear,
    that is still in them: beyond half a pixel the lens is not what limits. `frames` were used of `found` with a card.
    """

    mtf50_cycles_px: float
    spread_cycles_px: tuple[float, float]
    mtf50_lp_mm: float | None
    blur_px: float | None
    motion_blur_px: float | None
    frames: int
    found: int
    edges: int


@dataclass(frozen=True, slots=True)
class _Seen:
    mtf50: tuple[float, ...]
    blur_px: float | None
    motion_blur_px: float | None

    @property
    def middle(self) -> float:
        return float(np.median(self.mtf50))


def check_lens(path: Path, sensor_width_mm: float | None = None) -> LensCheck:
    """Return how sharp a clip of the target card is.

    Parameters
    ----------
    path
        The clip.
    sensor_width_mm
        Width of sensor that the movie frame covers, for line pairs per millimetre.

    Raises
    ------
    rigcoach.video.clip.ClipError
        The file cannot be read.
    NoCardError
        It shows no card, or none whose edges can be measured.
    """
    clip = read_clip(path)
    table = bt709_to_light()
    seen = [look for frame in _chosen(clip) if (look := _look(frame, table)) is not None]
    if not seen:
        raise NoCardError(
            f"{path.name} shows no target card with measurable edges",
            why="no frame looked at holds two clear slanted edges of one",
            next_step="Film the card at a third of the frame's height or more, and hold still",
        )
    sharpest = sorted(seen, key=lambda look: -look.middle)[: max(1, round(_SHARPEST_SHARE * len(seen)))]
    values = np.array([value for look in sharpest for value in look.mtf50])
    middle = float(np.median(values))
    pitch_mm = None if sensor_width_mm is None else sensor_width_mm / clip.width
    return LensCheck(
        mtf50_cycles_px=middle,
        spread_cycles_px=(float(np.quantile(values, 0.25)), float(np.quantile(values, 0.75))),
        mtf50_lp_mm=None if pitch_mm is None else line_pairs_per_mm(middle, pitch_mm),
        blur_px=_median([look.blur_px for look in sharpest]),
        motion_blur_px=_median([look.motion_blur_px for look in sharpest]),
        frames=len(sharpest),
        found=len(seen),
        edges=len(values),
    )


def _chosen(clip: Clip) -> list[Frame]:
    """Return copies of frames spread evenly over a clip."""
    count = max(1, round((clip.duration_s or 1.0) * float(clip.fps)))
    every = max(1, count // _MOST_FRAMES)
    return [
        Frame(frame.t_s, np.ascontiguousarray(frame.luma))
        for i, frame in enumerate(read_frames(clip))
        if i % every == 0
    ]


def _look(frame: Frame, table: ToLight) -> _Seen | None:
    for card in CARDS:
        find = find_target(frame.luma, card, to_light=table)
        if find is not None:
            values = _mtf50(frame, find, card, table)
            spread = measure_edges(frame.luma, find, card, to_light=table)
            return _Seen(values, spread.blur_px, spread.motion_blur_px) if len(values) >= _FEWEST_EDGES else None
    return None


def _mtf50(frame: Frame, find: CardDetection, card: TargetCard, table: ToLight) -> tuple[float, ...]:
    edges = image_edges(card.edges, find.homography, clearances_mm(card, _EDGE_SHARE))
    reach = np.minimum(edges.clear_px, _MOST_REACH_PX)
    edges = replace(edges, paper_px=reach, ink_px=reach)
    angles = np.array([edge_angle_deg((float(x), float(y))) for x, y in edges.into_ink])
    edges = edges.only(
        (reach >= _LEAST_REACH_PX) & (angles >= _LEAST_ANGLE_DEG) & edges.inside(frame.luma.shape, _EDGE_SHARE)
    )
    values = []
    strips = strip_pixels(frame.luma, edges, _EDGE_SHARE)
    for length, (depth, place, code) in zip(edges.length_px, strips, strict=True):
        response = edge_response(depth, (place - 0.5) * length * _EDGE_SHARE, table[code].astype(np.float64))
        if response is not None and response.mtf50_cycles_px is not None:
            values.append(response.mtf50_cycles_px)
    return tuple(values)


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None
