"""Footage changed in known ways: turned over, brightened, blurred, shaken; and clips that hold nobody, made from it."""

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.box import Box
from rigcoach.video.clip import read_clip, read_frames

CHANGES = ("mirrored", "backwards", "0.6 x", "1.5 x", "darker", "noisier", "blur 3 px", "blur 4 px", "shaken")
# Name, then the part of the frame: left, top, width and height over the frame's.
PARTS = {
    "upper left": (0.0, 0.0, 0.6, 0.6),
    "upper right": (0.4, 0.0, 0.6, 0.6),
    "lower left": (0.0, 0.4, 0.6, 0.6),
    "lower right": (0.4, 0.4, 0.6, 0.6),
}
_PART_WIDTH_PX = 960
_LARGE = (1920, 1080)
_PAN_FRAMES = 150


def lumas(path: Path) -> list[Luma]:
    """Return a clip's frames."""
    return [np.array(frame.luma) for frame in read_frames(read_clip(path))]


def changed(frames: list[Luma], change: str) -> list[Luma]:
    """Return frames changed in one of the ways of `CHANGES`, or turned "upside down", which all keep their size."""
    random = np.random.default_rng(5)
    if change == "mirrored":
        return [np.ascontiguousarray(luma[:, ::-1]) for luma in frames]
    if change == "upside down":
        return [np.ascontiguousarray(luma[::-1, ::-1]) for luma in frames]
    if change == "backwards":
        return frames[::-1]
    if change in ("0.6 x", "1.5 x"):
        return [_sized(luma, round(luma.shape[1] * float(change.split()[0]))) for luma in frames]
    if change == "darker":
        return [_as_luma(luma * 0.4) for luma in frames]
    if change == "noisier":
        return [_as_luma(luma + random.normal(0, 12, luma.shape)) for luma in frames]
    if change.startswith("blur"):
        return [_as_luma(cv2.filter2D(luma, cv2.CV_32F, _disc(float(change.split()[1])))) for luma in frames]
    return [_shaken(luma, i) for i, luma in enumerate(frames)]


def changed_box(box: Box, change: str, width_px: int) -> Box:
    """Return where a box of a frame `width_px` wide is after a change."""
    x, y, w, h = box
    if change == "mirrored":
        return (width_px - x - w, y, w, h)
    if change in ("0.6 x", "1.5 x"):
        factor = float(change.split()[0])
        return (x * factor, y * factor, w * factor, h * factor)
    return box


def part(frames: list[Luma], place: tuple[float, float, float, float]) -> list[Luma]:
    """Return a part of each frame, brought to 960 px width."""
    height, width = frames[0].shape
    left, top, right, bottom = place[0], place[1], place[0] + place[2], place[1] + place[3]
    rows, columns = slice(int(top * height), int(bottom * height)), slice(int(left * width), int(right * width))
    return [_sized(luma[rows, columns], _PART_WIDTH_PX) for luma in frames]


def noisy(luma: Luma, deviation: float) -> Luma:
    """Return a plane with shot noise of a deviation at middle grey, less in its shadows and more in its lights."""
    noise = np.random.default_rng(7).standard_normal(luma.shape) * deviation
    return _as_luma(luma + noise * np.sqrt(np.clip(luma, 8, 255) / 128))


def set_into(frames: list[Luma], photograph: Luma, share: float) -> Iterator[Luma]:
    """Yield frames brought to a share of the height of a photograph of 1920 x 1080, and set into it."""
    height, width = _LARGE[1], _LARGE[0]
    ground = cv2.resize(
        photograph[: round(photograph.shape[1] * height / width)], _LARGE, interpolation=cv2.INTER_CUBIC
    )
    for luma in frames:
        small = _sized(luma, round(share * height / luma.shape[0] * luma.shape[1]))
        whole = ground.copy()
        top, left = int(0.4 * (height - small.shape[0])), int(0.4 * (width - small.shape[1]))
        whole[top : top + small.shape[0], left : left + small.shape[1]] = small
        yield _as_luma(whole)


def panned(photograph: Luma) -> Iterator[Luma]:
    """Yield what a camera sees that goes over a photograph and back, nearer and farther."""
    height, width = photograph.shape
    for i in range(_PAN_FRAMES):
        t = i / _PAN_FRAMES
        w = (0.72 + 0.1 * math.sin(2 * math.pi * t * 1.3)) * width
        x, y = (width - w) * (0.5 - 0.5 * math.cos(2 * math.pi * t)), (height - w * 9 / 16) * math.sin(math.pi * t)
        zoom = _PART_WIDTH_PX / w
        to = np.array([[zoom, 0, -x * zoom], [0, zoom, -y * zoom]], dtype=np.float32)
        yield _as_luma(cv2.warpAffine(photograph, to, (_PART_WIDTH_PX, _PART_WIDTH_PX * 9 // 16)))


def _shaken(luma: Luma, frame: int) -> Luma:
    """Return a frame as a hand would hold it that shakes by up to some 3 % of its height."""
    height, width = luma.shape
    dx = 0.018 * height * math.sin(0.9 * frame) + 0.009 * height * math.sin(2.3 * frame)
    dy = 0.018 * height * math.cos(1.1 * frame) + 0.009 * height * math.sin(2.9 * frame)
    to = np.array([[1, 0, dx], [0, 1, dy]], dtype=np.float32)
    return _as_luma(cv2.warpAffine(luma, to, (width, height), borderMode=cv2.BORDER_REPLICATE))


def _sized(luma: Luma, width_px: int) -> Luma:
    size = (width_px, round(luma.shape[0] * width_px / luma.shape[1]))
    way = cv2.INTER_AREA if width_px < luma.shape[1] else cv2.INTER_LINEAR
    return _as_luma(cv2.resize(luma, size, interpolation=way))


def _disc(radius_px: float) -> npt.NDArray[np.float32]:
    reach = math.ceil(radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    cover = np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(cover / cover.sum(), dtype=np.float32)


def _as_luma(values: npt.NDArray[np.generic]) -> Luma:
    return np.clip(np.asarray(values, dtype=np.float64), 0, 255).astype(np.uint8)
