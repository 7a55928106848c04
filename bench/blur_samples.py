"""Boxes in recordings of known blur, and what they show: what the calibration learns from and is tested on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from degrade import Image, Recording, bt709, linear_srgb, random_radius_px, random_recording, recorded

from rigcoach.measure.blur.blur_signs import CORE, BlurSigns, blur_signs
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, known_direction, network_inputs
from rigcoach.measure.people.face import HaarFaces
from rigcoach.measure.picture.box import inside

Numbers = npt.NDArray[np.float64]
Place = tuple[int, int, int, int]
Given = TypeVar("Given")
Made = TypeVar("Made")

LARGEST_RADIUS_PX, LARGEST_SMEAR_PX, BRIGHTEST_EV = 12.0, 30.0, 1.2
BOX_SIDES_PX = (60, 80, 110, 160, 240, 320)
TEXTURED = 0.06
"""Deviation of the sharp picture in a box, as a share of white, from which it counts as textured."""
FLAT = 0.012
_FLAT_SIDES_PX = (64, 100, 160, 256)
_MARGIN_PX = 48
_LARGEST_PHOTOGRAPH_PX = 960
# Photographs have soft places too: the cores of the sharpest quarter of edges are no wider where they are in focus.
_SHARP_CORE_PX = 0.95
_TRIES = 8
# In photographs of people so many of the boxes lie on faces.
_FACES_SHARE = 0.4
# How far off movement and shutter speed are about a smear.
_SMEAR_SHARE, _SMEAR_PX, _SMEAR_DEG, _SMEAR_DEG_PX = 0.15, 0.4, 3.0, 10.0
# Of the recordings with one fault at most so many are smeared.
_PLAIN_SMEARED_SHARE = 0.3
# Up to this radius a recording counts as in focus or nearly: about twice what a keeper may have.
_NEARLY_IN_FOCUS_PX = 3.0
# Of two recordings of one place, so many have nearly the same blur.
_NEAR_SHARE, _NEAR_PX = 0.5, (0.3, 1.5)


@dataclass(frozen=True, slots=True)
class Photograph:
    """A sharp photograph, and by how much it is reduced before it is used."""

    path: Path
    reduction: int = 1

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def light(self) -> Image:
        """Return its luma as linear light, HxW with even sides, cut to a size that takes no hours."""
        picture = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if picture is None:
            raise SystemExit(f"{self.path} can't be read as a picture")
        if self.reduction > 1:
            size = (picture.shape[1] // self.reduction, picture.shape[0] // self.reduction)
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        height, width = (min(side, _LARGEST_PHOTOGRAPH_PX) // 2 * 2 for side in picture.shape[:2])
        light = linear_srgb(np.asarray(picture[:height, :width], dtype=np.uint8))
        return np.ascontiguousarray(cv2.cvtColor(light, cv2.COLOR_BGR2GRAY), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Boxes measured, arrays of n rows.

    `photograph` the names; `place` numbers that two boxes share which are of one place, with more and with less
    defocus; `truth` the radius and the smear in pixels; `side` the box's nominal one, `texture` the sharp picture's
    deviation in it; `alone` what the network reads of the picture alone, `told` where it is told the smear about as
    well as movement and shutter speed tell it.
    """

    photograph: npt.NDArray[np.str_]
    place: npt.NDArray[np.int64]
    truth: Numbers
    side: Numbers
    texture: Numbers
    alone: Numbers
    told: Numbers

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Samples":
        """Return the chosen ones."""
        return Samples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def textured(self) -> npt.NDArray[np.bool_]:
        """Which boxes hold texture."""
        return np.asarray(self.texture > TEXTURED, dtype=np.bool_)

    @property
    def still(self) -> npt.NDArray[np.bool_]:
        """Which are without smear."""
        return np.asarray(self.truth[:, 1] == 0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Work:
    photograph: Photograph
    recordings: int
    kind: str
    seed: int
    keep: Path | None


def measured(
    photographs: Sequence[tuple[Photograph, int, str]], seed: int, jobs: int, keep: Path | None = None
) -> Samples:
    """Measure boxes in so many recordings of each photograph; in a folder to `keep`, what is done is kept.

    Each is given with the kind of recordings, one of `KINDS`.
    """
    work = [_Work(*wanted, seed, keep) for wanted in photographs]
    done = []
    with processes(jobs) as each_of:
        for i, samples in enumerate(each_of(_boxes, work)):
            photograph, kind = work[i].photograph, work[i].kind
            print(f"{i + 1} of {len(work)}: {photograph.path}:{photograph.reduction} {kind}", flush=True)
            done.append(samples)
    return joined(done)


@contextmanager
def processes(jobs: int) -> Iterator[Callable[[Callable[[Given], Made], Iterable[Given]], Iterable[Made]]]:
    """Give what goes through some work in order, in so many processes: one is this one, which need not be started."""
    if jobs == 1:
        yield map
        return
    with get_context("spawn").Pool(jobs, cv2.setNumThreads, (1,)) as pool:
        yield pool.imap


def joined(samples: Iterable[Samples]) -> Samples:
    """Return samples put together, places of different photographs kept apart."""
    parts, first = [], 0
    for part in samples:
        parts.append(replace(part, place=part.place + first))
        first = int(parts[-1].place.max()) + 1
    return Samples(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Samples)))


def _boxes(work: _Work) -> Samples:
    photograph = work.photograph
    kept = None
    if work.keep is not None:
        kept = work.keep / f"{photograph.name}-{photograph.reduction}-{work.recordings}-{work.kind}.npz"
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            return Samples(*(arrays[field.name] for field in fields(Samples)))
    kind = list(KINDS).index(work.kind)
    rng = np.random.default_rng([work.seed, photograph.reduction, *photograph.name.encode(), *[kind] * (kind > 0)])
    samples = _measured_boxes(photograph.name, photograph.light(), work.recordings, KINDS[work.kind], rng)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **{field.name: getattr(samples, field.name) for field in fields(Samples)})
    return samples


def _random_recording(rng: np.random.Generator) -> Recording:
    return random_recording(
        rng,
        largest_radius_px=LARGEST_RADIUS_PX,
        largest_smear_px=LARGEST_SMEAR_PX,
        brightest_ev=BRIGHTEST_EV,
    )


def _plain_recording(rng: np.random.Generator) -> Recording:
    """Draw a recording as a good camera in good light makes it, with one thing that is otherwise at most."""
    random = _random_recording(rng)
    plain = Recording(
        radius_px=random.radius_px,
        iso=float(100 * 2 ** rng.uniform(0, 2)),
        exposure_ev=float(rng.uniform(-1.5, 0.3)),
        srgb=random.srgb,
        quantiser=int(rng.integers(16, 25)),
    )
    if rng.random() < _PLAIN_SMEARED_SHARE:
        smear_px = float(rng.uniform(1, LARGEST_SMEAR_PX))
        plain = replace(plain, smear_px=smear_px, smear_deg=random.smear_deg, smear_bend=random.smear_bend)
    iso, grain_px = float(100 * 2 ** rng.uniform(4, 6)), random.grain_px
    sharpening, sharpening_px = float(rng.uniform(0.3, 2)), random.sharpening_px
    with_one_fault = (
        plain,
        replace(plain, iso=iso, grain_px=grain_px),
        replace(plain, iso=iso, grain_px=grain_px, denoising=float(rng.uniform(0.3, 1)), sharpening=sharpening / 2),
        replace(plain, sharpening=sharpening, sharpening_px=sharpening_px),
        replace(plain, rim=float(rng.uniform(-0.7, 4))),
        replace(plain, blades=int(rng.integers(5, 10)), blade_turn_deg=random.blade_turn_deg, cat_eye=random.cat_eye),
        replace(plain, s_curve=float(rng.uniform(2, 6))),
        replace(plain, contrast=random.contrast),
        replace(plain, quantiser=int(rng.integers(27, 35))),
    )
    return with_one_fault[int(rng.integers(len(with_one_fault)))]


def _dark_recording(rng: np.random.Generator) -> Recording:
    """Draw a recording as cameras make them in the dark: the noise of a high ISO reduced, edges sharpened."""
    plain, random = _plain_recording(rng), _random_recording(rng)
    return replace(
        plain,
        iso=float(100 * 2 ** rng.uniform(4, 6)),
        grain_px=random.grain_px,
        denoising=float(rng.uniform(0.3, 1)),
        sharpening=float(rng.uniform(0, 1.5)),
        sharpening_px=random.sharpening_px,
    )


def _near_recording(rng: np.random.Generator) -> Recording:
    """Draw a recording of any of the other kinds that is in focus, or nearly; half are smeared, most by little."""
    drawn = (_random_recording, _plain_recording, _dark_recording)[int(rng.integers(3))](rng)
    return replace(
        drawn,
        radius_px=random_radius_px(rng, _NEARLY_IN_FOCUS_PX),
        smear_px=float(LARGEST_SMEAR_PX ** rng.uniform(0, 1)) if rng.random() < 0.5 else 0.0,
        smear_deg=float(rng.uniform(0, 180)),
    )


def _another(recording: Recording, rng: np.random.Generator) -> Recording:
    """Return a recording that is alike but for its defocus."""
    radius = float(rng.uniform(0, LARGEST_RADIUS_PX))
    if rng.random() < _NEAR_SHARE:
        radius = recording.radius_px + float(rng.uniform(*_NEAR_PX)) * (1 if recording.radius_px < 2 else -1)
    return replace(recording, radius_px=radius if rng.random() < 0.9 else 0.0)


def _another_light(recording: Recording, rng: np.random.Generator) -> Recording:
    """Return a recording with another defocus, exposed otherwise: a lens racked while the light changes."""
    random = _random_recording(rng)
    return replace(_another(recording, rng), iso=random.iso, exposure_ev=random.exposure_ev)


@dataclass(frozen=True, slots=True)
class Kind:
    """How recordings are drawn, and to each another one with more or less defocus."""

    first: Callable[[np.random.Generator], Recording]
    another: Callable[[Recording, np.random.Generator], Recording] = _another


KINDS = {
    "random": Kind(_random_recording),
    "plain": Kind(_plain_recording, _another_light),
    "dark": Kind(_dark_recording),
    "near": Kind(_near_recording, _another_light),
}
"""Kinds of recordings, by their names."""


def _measured_boxes(
    name: str,
    light: Image,
    recordings: int,
    kind: Kind,
    rng: np.random.Generator,
) -> Samples:
    sharp = np.rint(255 * bt709(np.clip(light, 0, 1))).astype(np.uint8)
    faces = [face.box for face in HaarFaces(sharp.shape[1]).find(sharp)]
    places, truth, sides, texture, alone, told = [], [], [], [], [], []
    for pair in range(recordings // 2):
        first = kind.first(rng)
        boxes = [(side, _sharp_place(sharp, side, faces, rng)) for side in BOX_SIDES_PX]
        for recording in (first, kind.another(first, rng)):
            luma = recorded(light, recording, rng)
            for i, (side, box) in enumerate(boxes):
                known = _guessed(recording.smear_px, recording.smear_deg, rng)
                signs = told_signs = _signs(luma, box, None)
                if (direction := known_direction(known)) is not None:
                    told_signs = _signs(luma, box, direction)
                places.append(pair * len(boxes) + i)
                truth.append((recording.radius_px, recording.smear_px))
                sides.append(side)
                texture.append(_texture(sharp, box))
                alone.append(network_inputs(signs, None))
                told.append(network_inputs(told_signs, known))
    return Samples(
        np.full(len(truth), name),
        np.array(places),
        np.array(truth),
        np.array(sides, float),
        np.array(texture),
        np.array(alone),
        np.array(told),
    )


def _sharp_place(
    sharp: npt.NDArray[np.uint8], nominal_px: float, faces: Sequence[tuple[float, ...]], rng: np.random.Generator
) -> Place:
    """Return a box about as large as wanted, square or taller, where the photograph is in focus if one is met."""
    height, width = sharp.shape
    for _ in range(_TRIES):
        size, tall = nominal_px * rng.uniform(0.8, 1.2), rng.choice([1.0, 1.0, 1.6, 2.4])
        w, h = min(round(size / tall**0.5), width), min(round(size * tall**0.5), height)
        x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
        fitting = [face for face in faces if 0.6 < face[3] / nominal_px < 1.6]
        if fitting and rng.random() < _FACES_SHARE:
            own = inside(fitting[int(rng.integers(len(fitting)))], sharp.shape)  # type: ignore[arg-type]
            if own is not None:
                x, y, w, h = own[0], own[1], own[2] - own[0], own[3] - own[1]
        if _texture(sharp, (x, y, w, h)) > TEXTURED / 2 and narrowest_edges_px(sharp, (x, y, w, h)) < _SHARP_CORE_PX:
            break
    return (x, y, w, h)


def narrowest_edges_px(picture: npt.NDArray[np.uint8], box: Place) -> float:
    """Return the width of the narrowest edges in a box, in pixels: how sharp a photograph is there itself."""
    return float(np.exp(_signs(picture, box, None).numbers[CORE]) - 0.3)


def _texture(sharp: npt.NDArray[np.uint8], box: Place) -> float:
    x, y, w, h = box
    return float(sharp[y : y + h, x : x + w].std()) / 255


def _signs(luma: npt.NDArray[np.uint8], box: Place, direction_deg: float | None) -> BlurSigns:
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
    lights = [photograph.light() for photograph in photographs]
    inputs = []
    for i in range(count):
        side = int(rng.choice(_FLAT_SIDES_PX))
        field = _shaded(side + 2 * _MARGIN_PX, rng) if i % 3 else _even_place(lights, rng)
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
    return np.asarray(shading * rng.uniform(0.07, 0.9), dtype=np.float32)


def _even_place(lights: Sequence[Image], rng: np.random.Generator) -> Image | None:
    """Return a place in one of the photographs whose middle is all but even, with what lies around it."""
    light = lights[int(rng.integers(len(lights)))]
    grey = np.clip(light, 0, 1) ** np.float32(1 / 2.2)
    for _ in range(300):
        side = int(rng.choice((64, 80, 100)))
        whole = side + 2 * _MARGIN_PX
        y, x = (int(rng.integers(0, n - whole + 1)) for n in grey.shape)
        own = grey[y + _MARGIN_PX : y + _MARGIN_PX + side, x + _MARGIN_PX : x + _MARGIN_PX + side]
        if own.std() < FLAT:
            return np.ascontiguousarray(light[y : y + whole, x : x + whole])
    return None
