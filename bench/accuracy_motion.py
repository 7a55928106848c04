"""How true smears by movement and shutter speed are: photographs panned and shaken, each exposure summed up."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from blur_samples import Photograph
from degrade import bt709, through_h264, with_noise

from rigcoach.measure.blur.motion_blur import motion_blur_of, motion_blurs
from rigcoach.measure.motion.shift import translation
from rigcoach.measure.picture.pyramid import Pyramid

Numbers = npt.NDArray[np.float64]

FPS, SHUTTER_S, FRAMES, ISO = 25.0, 1 / 50, 21, 800.0
_SUBEXPOSURES = 12
_MARGIN_PX = 60


@dataclass(frozen=True, slots=True)
class SmearErrors:
    """Absolute errors in pixels, of frames that have four others on both sides, and the smears' mean length."""

    errors_px: Numbers
    mean_px: float


def smear_errors(photographs: list[Photograph], kind: str, clips: int) -> SmearErrors:
    """Return the errors of smears of a `kind` of movement: "pan" or "shake" (3 to 9 Hz)."""
    cv2.setNumThreads(1)
    errors, lengths = [], []
    for i in range(clips):
        rng = np.random.default_rng([920, i, len(kind)])
        photograph = photographs[i % len(photographs)]
        times, path = _path(kind, rng)
        found = motion_blurs(_steps(photograph, times, path, rng), FPS, SHUTTER_S)
        for frame in range(4, FRAMES - 4):
            exposed = np.abs(times - frame / FPS) <= SHUTTER_S / 2 + 1e-9
            true = motion_blur_of(path[exposed]).length_px
            smear = found[frame]
            if smear is not None:
                errors.append(abs(smear.length_px - true))
                lengths.append(true)
    return SmearErrors(np.array(errors), float(np.mean(lengths)))


def _path(kind: str, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return times (n,) and places (n, 2) in pixels of the picture, within a margin."""
    times = np.arange(-0.5 / FPS, (FRAMES - 0.5) / FPS, 1e-3)
    if kind == "pan":
        turn, speed = rng.uniform(0, 2 * np.pi), rng.uniform(50, 900)
        way = (times - times.mean()) * speed
        return times, np.stack([way * np.cos(turn), way * np.sin(turn)], axis=1)
    path = np.zeros((len(times), 2))
    for _ in range(3):
        frequency, amplitude = rng.uniform(3, 9), rng.uniform(2, 8, 2)
        path += amplitude * np.sin(2 * np.pi * frequency * times[:, None] + rng.uniform(0, 2 * np.pi, 2))
    return times, path


def _steps(
    photograph: Photograph, times: Numbers, path: Numbers, rng: np.random.Generator
) -> list[tuple[float, float] | None]:
    linear = photograph.light()
    steps: list[tuple[float, float] | None] = []
    previous: npt.NDArray[np.uint8] | None = None
    height, width = (side - 2 * _MARGIN_PX for side in linear.shape[:2])
    for frame in range(FRAMES):
        moments = frame / FPS + SHUTTER_S * (np.arange(_SUBEXPOSURES) + 0.5 - _SUBEXPOSURES / 2) / _SUBEXPOSURES
        light = np.zeros((height, width), np.float32)
        for moment in moments:
            x, y = (np.interp(moment, times, path[:, axis]) for axis in (0, 1))
            shift = np.array([[1, 0, x - _MARGIN_PX], [0, 1, y - _MARGIN_PX]], np.float32)
            light += (
                cv2.warpAffine(linear, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
                / _SUBEXPOSURES
            )
        noisy = bt709(np.clip(with_noise(light, ISO, rng), 0, 1))
        luma = through_h264([np.rint(noisy * 255).astype(np.uint8)], qp=22)
        step = None if previous is None else translation(Pyramid(previous), Pyramid(luma))
        steps.append(None if step is None else (step.dx_px, step.dy_px))
        previous = luma
    return steps
