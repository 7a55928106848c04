"""Setting the focus ring by live view: how blurred it is, and which way that changes as the ring turns.

What is measured is the middle of the frame, as a natural subject is (`rigcoach.measure.blur.natural_blur`), so that it
may be a face, a wall or a card. Magnified, live view shows blur as many times larger, and it is read as many times more
finely.
"""

import math
import time
from collections import deque
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from rigcoach.analysis.live_meter import LiveFrameError
from rigcoach.listing.model import BodyListing
from rigcoach.measure.arrays import Interval
from rigcoach.measure.blur.natural_blur import natural_blur
from rigcoach.tether.camera import Camera
from rigcoach.tether.live_view import frames, live_view
from rigcoach.tether.magnified import magnified

CLIP_WIDTH_PX = 1920
"""Blur is told in pixels of a clip so wide that shows all that live view does."""

# The part of a magnified frame that is measured, and of a whole one.
_MIDDLE_MAGNIFIED, _MIDDLE = 0.8, 0.4
_SMOOTHED = 3
_TREND_S = 0.7
# In pixels of live view: blur that is not told from none, what readings differ by, and by what share.
_UNSEEN_PX, _SCATTER_PX, _SCATTER_SHARE = 0.6, 0.3, 0.1


class FocusWord(StrEnum):
    """What to tell whoever turns the ring."""

    SHARPER = "sharper"
    SOFTER = "softer"
    BACK = "turn back"
    THERE = "there"
    HOLD = "hold"
    UNREAD = "cannot tell"


@dataclass(frozen=True, slots=True)
class FocusReading:
    """One frame of live view: its blur and the sharpest so far, in pixels of a clip; `reason` where it has none.

    `interval_px` holds the true blur in nine of ten frames.
    """

    t_s: float
    blur_px: float | None
    interval_px: Interval | None
    sharpest_px: float | None
    word: FocusWord
    reason: str = ""


def focus_readings(
    camera: Camera, listing: BodyListing, zoom: int, at_px: tuple[int, int] | None, seconds: float
) -> Generator[tuple[bytes, FocusReading]]:
    """Yield frames of magnified live view with what each shows; to be closed, so that live view goes off again.

    Parameters
    ----------
    camera, listing
        The camera and what it reported before.
    zoom, at_px
        As for `rigcoach.tether.magnified.magnified`; 1 leaves live view whole.
    seconds
        For how long, from the first frame on.

    Raises
    ------
    CameraRefusedError
        Where the camera shows or magnifies none.
    CameraLostError
        Where the camera is lost.
    LiveFrameError
        Where a frame is no picture.
    """
    reader = FocusAssist(zoom)
    with live_view(camera, listing), magnified(camera, zoom, at_px) if zoom > 1 else nullcontext():
        for frame in frames(camera, seconds):
            yield frame, reader.see(frame, time.monotonic())


class FocusAssist:
    """Reads frames of a live view in order; frames may be left out.

    Parameters
    ----------
    zoom
        How many times larger than the whole picture the frames are.
    """

    def __init__(self, zoom: float = 1.0) -> None:
        self._zoom = zoom
        self._recent: deque[float] = deque(maxlen=_SMOOTHED)
        self._smoothed: deque[tuple[float, float]] = deque()
        self._sharpest = math.inf
        self._worst_since = 0.0

    def see(self, jpeg: bytes, t_s: float) -> FocusReading:
        """Return what a frame shows that came at a time.

        Raises
        ------
        LiveFrameError
            It is no picture.
        """
        luma = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        if luma is None:
            raise LiveFrameError("a frame of live view is no picture")
        height, width = luma.shape
        part = _MIDDLE_MAGNIFIED if self._zoom > 1 else _MIDDLE
        box = (width * (1 - part) / 2, height * (1 - part) / 2, width * part, height * part)
        blur = natural_blur(luma, box)
        clip_px = CLIP_WIDTH_PX / (width * self._zoom)
        if blur.blur_px is None or blur.blur_px_interval is None:
            sharpest = None if math.isinf(self._sharpest) else self._sharpest * clip_px
            return FocusReading(t_s, None, None, sharpest, FocusWord.UNREAD, blur.reason or "")
        word = self.add(t_s, blur.blur_px)
        low, high = blur.blur_px_interval
        return FocusReading(
            t_s, blur.blur_px * clip_px, (low * clip_px, high * clip_px), self._sharpest * clip_px, word
        )

    def add(self, t_s: float, blur_px: float) -> FocusWord:
        """Take in the blur of a frame in its own pixels; return what to tell."""
        self._recent.append(blur_px)
        now = float(np.median(self._recent))
        while self._smoothed and self._smoothed[0][0] < t_s - _TREND_S:
            self._smoothed.popleft()
        before = self._smoothed[0][1] if self._smoothed else now
        self._smoothed.append((t_s, now))
        if now < self._sharpest:
            self._sharpest, self._worst_since = now, now
        self._worst_since = max(self._worst_since, now)
        scatter = _SCATTER_PX + _SCATTER_SHARE * self._sharpest
        falling, rising = now < before - scatter / 2, now > before + scatter / 2
        passed = self._worst_since > self._sharpest + 2 * scatter
        if now <= _UNSEEN_PX or (passed and now <= self._sharpest + scatter):
            return FocusWord.THERE
        if falling:
            return FocusWord.SHARPER
        if now > self._sharpest + scatter:
            return FocusWord.BACK
        return FocusWord.SOFTER if rising else FocusWord.HOLD
