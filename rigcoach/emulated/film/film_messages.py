"""What is said over the pipe between an emulated body's film and the worker that renders it."""

from dataclasses import dataclass
from pathlib import Path

from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.picture_info import StillRequest

FULL_HD_PX = (1920, 1080)


@dataclass(frozen=True, slots=True)
class World:
    """What is in front of the emulated body, through which lens it looks, and the size of its movies."""

    seed: int
    focal_length_mm: float
    focus_m: float
    movie_px: tuple[int, int] = FULL_HD_PX


@dataclass(frozen=True, slots=True)
class LiveCrop:
    """What part of the sensor live view shows: `zoom` times as large, its centre in fractions of width and height."""

    zoom: float = 1
    centre: tuple[float, float] = (0.5, 0.5)


WHOLE = LiveCrop()


@dataclass(frozen=True, slots=True)
class ShowLiveView:
    """To the worker: render the live view up to so many frames, and note what is true of each in `truth_path`."""

    settings: ExposureSettings
    crop: LiveCrop
    frame_count: int
    truth_path: Path | None


@dataclass(frozen=True, slots=True)
class FocusAt:
    """To the worker: the lens is focused at another distance from now on."""

    focus_m: float


@dataclass(frozen=True, slots=True)
class StartClip:
    """To the worker: start a clip, the `take`-th one, and write what is true of it to `truth_path`."""

    take: int
    settings: ExposureSettings
    longest_frames: int
    path: Path
    truth_path: Path | None


@dataclass(frozen=True, slots=True)
class EndClip:
    """To the worker: the clip that is running ends after so many frames."""

    frame_count: int


@dataclass(frozen=True, slots=True)
class TakeStill:
    """To the worker: take a still as the `take`-th clip begins, and write what is true of it to `truth_path`."""

    take: int
    settings: ExposureSettings
    still: StillRequest
    folder: Path
    truth_path: Path | None


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """From the worker: a frame of the live view, counted from 0 with every new exposure, and what it shows."""

    index: int
    jpeg: bytes
    crop: LiveCrop


@dataclass(frozen=True, slots=True)
class FileReady:
    """From the worker: a clip or still is complete; `thumbnail` is a JPEG of it."""

    path: Path
    thumbnail: bytes


ToWorker = ShowLiveView | FocusAt | StartClip | EndClip | TakeStill
FromWorker = LiveFrame | FileReady
