"""Boxes in recordings of known blur, and what they show: what the calibration learns from and is tested on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from degrade import Image, linear_srgb, random_recording, recorded

from rigcoach.measure.blur.blur_signs import BlurSigns, blur_signs
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, known_direction, network_inputs

Numbers = npt.NDArray[np.float64]

LARGEST_RADIUS_PX, LARGEST_SMEAR_PX, BRIGHTEST_EV = 12.0, 30.0, 1.2
BOX_SIDES_PX = (64, 100, 160, 256, 256, 400)
TEXTURED = 0.06
"""Deviation of the sharp picture in a box, as a share of white, from which it counts as textured."""
FLAT = 0.012
_FLAT_SIDES_PX = (64, 100, 160, 256)
_MARGIN_PX = 48
# How far off movement and shutter speed are about a smear.
_SMEAR_SHARE, _SMEAR_PX, _SMEAR_DEG, _SMEAR_DEG_PX = 0.15, 0.4, 3.0, 10.0


@dataclass(frozen=True, slots=True)
class Photograph:
    """A sharp photograph, and by how much it is reduced before it is used."""

    path: Path
    reduction: int

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def linear(self) -> Image:
        """Return it as linear light, HxWx3 BGR, with even sides."""
        picture = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if picture is None:
            raise SystemExit(f"{self.path} can't be read as a picture")
        if self.reduction > 1:
            size = (picture.shape[1] // self.reduction, picture.shape[0] // self.reduction)
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        height, width = (side // 2 * 2 for side in picture.shape[:2])
        return linear_srgb(np.asarray(picture[:height, :width], dtype=np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Boxes measured, arrays of n rows.

    `photograph` the names; `truth` the radius and the smear in pixels; `conditions` ISO, the box's nominal side, the
    sharp picture's deviation in it; `alone` what the network reads of the picture alone, `told` where it is told the
    smear about as well as movement and shutter speed tell it.
    """

    photograph: npt.NDArray[np.str_]
    truth: Numbers
    conditions: Numbers
    alone: Numbers
    told: Numbers

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Samples":
        """Return the chosen ones."""
        return Samples(
            self.photograph[chosen], self.truth[chosen], self.conditions[chosen], self.alone[chosen], self.told[chosen]
        )

    @property
    def textured(self) -> npt.NDArray[np.bool_]:
        """Which boxes hold texture."""
        return np.asarray(self.conditions[:, 2] > TEXTURED, dtype=np.bool_)

    @property
    def still(self) -> npt.NDArray[np.bool_]:
        """Which are without smear."""
        return np.asarray(self.truth[:, 1] == 0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Work:
    photograph: Photograph
    recordings: int
    seed: int


def measured(photographs: Sequence[Photograph], recordings: int, seed: int, jobs: int) -> Samples:
    """Measure boxes in random recordings of photographs."""
    parts = 4
    work = [_Work(p, -(-recordings // parts), seed * parts + part) for p in photographs for part in range(parts)]
    with get_context("spawn").Pool(jobs) as pool:
        return joined(pool.imap(_boxes, work))


def joined(samples: Iterable[Samples]) -> Samples:
    """Return samples put together."""
    parts = list(samples)
    return Samples(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("photograph", "truth", "conditions", "alone", "told")
        )
    )


def _boxes(work: _Work) -> Samples:
    cv2.setNumThreads(1)
    rng = np.random.default_rng([work.seed, *work.photograph.name.encode()])
    linear = work.photograph.linear()
    height, width = linear.shape[:2]
    grey = cv2.cvtColor(np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), np.float32), cv2.COLOR_BGR2GRAY)
    truth, conditions, alone, told = [], [], [], []
    for _ in range(work.recordings):
        recording = random_recording(
            rng,
            largest_radius_px=LARGEST_RADIUS_PX,
            largest_smear_px=LARGEST_SMEAR_PX,
            brightest_ev=BRIGHTEST_EV,
        )
        luma = recorded(linear, recording, rng)
        for nominal in BOX_SIDES_PX:
            side = min(round(nominal * rng.uniform(0.8, 1.2)), height, width)
            x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
            known = _guessed(recording.smear_px, recording.smear_deg, rng)
            signs = _signs(luma, (x, y, side, side), None)
            told_signs = signs
            if (direction := known_direction(known)) is not None:
                told_signs = _signs(luma, (x, y, side, side), direction)
            truth.append((recording.radius_px, recording.smear_px))
            conditions.append((recording.iso, nominal, float(grey[y : y + side, x : x + side].std())))
            alone.append(network_inputs(signs, None))
            told.append(network_inputs(told_signs, known))
    names = np.full(len(truth), work.photograph.name)
    return Samples(names, np.array(truth), np.array(conditions), np.array(alone), np.array(told))


def _signs(luma: npt.NDArray[np.uint8], box: tuple[int, int, int, int], direction_deg: float | None) -> BlurSigns:
    signs = blur_signs(luma, box, direction_deg)
    if signs is None:
        raise ValueError("a box outside the picture")
    return signs


def _guessed(length_px: float, direction_deg: float, rng: np.random.Generator) -> KnownMotionBlur:
    """Return a smear as movement and shutter speed tell it."""
    length = length_px * (1 + rng.normal(0, _SMEAR_SHARE)) + rng.normal(0, _SMEAR_PX)
    turned = direction_deg + rng.normal(0, _SMEAR_DEG + _SMEAR_DEG_PX / max(length_px, 1.0))
    return KnownMotionBlur(max(length, 0.0), turned % 180.0)


def flat_inputs(photographs: Sequence[Photograph], count: int, seed: int) -> Numbers:
    """Return what the network reads of regions that show nothing, of shape (n, inputs).

    They are even and softly shaded fields, and places in the photographs that are all but even, recorded like the rest.
    """
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, 77])
    inputs = []
    for i in range(count):
        side = int(rng.choice(_FLAT_SIDES_PX))
        field = _shaded(side + 2 * _MARGIN_PX, rng) if i % 3 else _even_place(photographs, rng)
        if field is None:
            continue
        recording = random_recording(rng, largest_radius_px=LARGEST_RADIUS_PX, largest_smear_px=0.0)
        luma = recorded(field, recording, rng)
        own = luma.shape[0] - 2 * _MARGIN_PX
        inputs.append(network_inputs(_signs(luma, (_MARGIN_PX, _MARGIN_PX, own, own), None), None))
    return np.array(inputs)


def _shaded(side: int, rng: np.random.Generator) -> Image:
    """Return an even field with a slope and a fall towards the corners, of up to a fifth each."""
    place = np.linspace(-1, 1, side)
    x, y = np.meshgrid(place, place)
    turn = rng.uniform(0, 2 * np.pi)
    shading = (1 + rng.uniform(0, 0.2) * (x * np.cos(turn) + y * np.sin(turn))) * (
        1 - rng.uniform(0, 0.2) * (x * x + y * y)
    )
    colour = rng.uniform(0.1, 0.9) * rng.uniform(0.7, 1.0, 3)
    return np.asarray(shading[..., None] * colour, dtype=np.float32)


def _even_place(photographs: Sequence[Photograph], rng: np.random.Generator) -> Image | None:
    """Return a place in one of the photographs whose middle is all but even, with what lies around it."""
    linear = photographs[int(rng.integers(len(photographs)))].linear()
    grey = cv2.cvtColor(np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), np.float32), cv2.COLOR_BGR2GRAY)
    for _ in range(300):
        side = int(rng.choice((64, 80, 100)))
        whole = side + 2 * _MARGIN_PX
        y, x = (int(rng.integers(0, n - whole + 1)) for n in grey.shape)
        own = grey[y + _MARGIN_PX : y + _MARGIN_PX + side, x + _MARGIN_PX : x + _MARGIN_PX + side]
        if own.std() < FLAT:
            return np.ascontiguousarray(linear[y : y + whole, x : x + whole])
    return None
