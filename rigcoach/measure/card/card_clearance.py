"""How much clear paper and ink lies beside each edge of the card, by its definition."""

from functools import cache

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.target_card import Point, TargetCard

_RAYS = 25
_NOTHING_MM = 1e6


@cache
def clearances_mm(card: TargetCard, share: float) -> tuple[tuple[float, float], ...]:
    """Return, for each of `card.edges`, the clear distances in mm on paper and in ink.

    They run along the normals of the edge's middle `share`, up to the next line printed, or the panel's end. (An
    edge's own `reach_mm` is the same on both sides, and as small as the smaller.)
    """
    lines = _printed_lines(card)
    places = np.linspace(-0.5, 0.5, _RAYS)[:, None] * share
    out = []
    for edge in card.edges:
        start, end = np.array(edge.start_mm), np.array(edge.end_mm)
        along = end - start
        into = np.array((-along[1], along[0])) / np.hypot(*along)
        origins = (start + end) / 2 + places * along
        out.append((_free_way(origins, -into, lines), _free_way(origins, into, lines)))
    return tuple(out)


def _free_way(origins: Floats, direction: Floats, lines: Floats) -> float:
    """Return how far rays in one direction run, the shortest of them, before they meet a line other than their own."""
    begin, run = lines[:, 0], lines[:, 1] - lines[:, 0]
    crossing = direction[0] * run[:, 1] - direction[1] * run[:, 0]
    parallel = np.abs(crossing) < 1e-9
    crossing = np.where(parallel, 1.0, crossing)
    gap = begin - origins[:, None]
    way = (gap[..., 0] * run[:, 1] - gap[..., 1] * run[:, 0]) / crossing
    place = (gap[..., 0] * direction[1] - gap[..., 1] * direction[0]) / crossing
    met = ~parallel & (way > 1e-3) & (place >= 0) & (place <= 1)
    return float(np.where(met, way, _NOTHING_MM).min())


def _printed_lines(card: TargetCard) -> Floats:
    """Return every border on the panel that light changes at, lines x 2 ends x 2; markers' modules by their block."""

    def block(x: float, y: float, width: float, height: float) -> list[Point]:
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]

    shapes = [block(0, 0, card.panel_width_mm, card.height_mm)]
    shapes += [block(patch.x_mm, patch.y_mm, patch.width_mm, patch.height_mm) for patch in card.patches]
    shapes += [list(square.corners_mm) for square in card.squares]
    for marker in card.markers:
        module, side = marker.side_mm / 6, marker.side_mm
        shapes.append(block(marker.x_mm, marker.y_mm, side, side))
        shapes.append(block(marker.x_mm + module, marker.y_mm + module, side - 2 * module, side - 2 * module))
    return np.array([(shape[i], shape[(i + 1) % 4]) for shape in shapes for i in range(4)])
