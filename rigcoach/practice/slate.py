"""Slates: a take's number as a marker, held up at the start of its clip and read from the picture.

The markers are those of OpenCV's dictionary DICT_5X5_100; the target card's are of another one (DICT_4X4_50), and
neither is taken for the other (Garrido-Jurado et al., "Automatic generation and detection of highly reliable fiducial
markers under occlusion", Pattern Recognition 47, 2014).
"""

from collections import Counter
from functools import cache
from html import escape
from pathlib import Path

import cv2

from rigcoach.measure.arrays import Luma
from rigcoach.video.clip import ClipError, read_clip, read_frames

MOST = 99
LOOK_S = 6.0
"""For how long into a clip a slate is looked for."""

_EVERY_S = 0.2
_TIMES = 2  # it has to be seen, so that nothing is read into leaves or tiles
_SMALLEST_SHARE = 0.04  # of the frame's height
_MODULES = 7


def read_slate(path: Path) -> int | None:
    """Return the number of the slate at a clip's start; None where there is none, or more than one.

    A clip that is damaged is read as far as it goes.
    """
    seen: Counter[int] = Counter()
    next_s = 0.0
    try:
        for frame in read_frames(read_clip(path)):
            if frame.t_s > LOOK_S:
                break
            if frame.t_s >= next_s:
                next_s = frame.t_s + _EVERY_S
                seen.update(slates_in(frame.luma))
    except ClipError:
        pass  # whoever scores it tells of the damage
    numbers = [number for number, times in seen.items() if times >= _TIMES]
    return numbers[0] if len(numbers) == 1 else None


def slates_in(luma: Luma) -> set[int]:
    """Return the numbers of the slates in an upright HxW plane of 8-bit luma."""
    corners, ids, _ = _detector().detectMarkers(luma)
    if not corners:
        return set()
    least_px = _SMALLEST_SHARE * luma.shape[0]
    sides = (cv2.arcLength(quad, closed=True) / 4 for quad in corners)
    return {int(number) for number, side in zip(ids.ravel(), sides, strict=True) if side >= least_px and number}


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    return cv2.aruco.ArucoDetector(_dictionary(), cv2.aruco.DetectorParameters())


def _dictionary() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)


def slate_page(numbers: range, title: str) -> str:
    """Return an HTML page with a slate for each number, one a sheet: to print, or to hold up on a phone."""
    slates = "\n".join(_slate(number) for number in numbers)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}: slates</title>
<style>body{{margin:0;background:#fff;color:#000;font:bold 12vmin sans-serif;text-align:center}}
section{{height:100vh;display:flex;flex-direction:column;justify-content:center;align-items:center;break-after:page}}
svg{{width:75vmin;height:75vmin}}</style></head><body>
{slates}
</body></html>
"""


def slate_svg(number: int) -> str:
    """Return the slate of a take as an SVG image of its own: the marker with one white module round its black border.

    >>> slate_svg(7).startswith("<svg xmlns=")
    True
    """
    bits = cv2.aruco.generateImageMarker(_dictionary(), number, _MODULES)
    size = _MODULES + 2
    squares = "".join(
        f'<rect x="{x + 1}" y="{y + 1}" width="1" height="1"/>'
        for y in range(_MODULES)
        for x in range(_MODULES)
        if not bits[y, x]
    )
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" '
    drawn += f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges" role="img">'
    return (
        f'{drawn}<title>Slate of take {number}</title><rect width="{size}" height="{size}" fill="#fff"/>{squares}</svg>'
    )


def _slate(number: int) -> str:
    return f"<section>{slate_svg(number)}<div>Take {number}</div></section>"
