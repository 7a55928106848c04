"""Sharp photographs made into what a camera would have recorded out of focus: known blur, noise, tone and codec.

The order is that of a camera: the disc of defocus and the smear of motion in linear light, exposure, photon and read
noise, tone curve, contrast, sharpening, H.264.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
Grid = npt.NDArray[np.float64]

# Electrons that fill a pixel at ISO 100, and read noise in electrons: a full-frame sensor binned to 1080p, or so.
_FULL_WELL_E = 60_000.0
_READ_NOISE_E = 5.0
_OVERSAMPLING = 9


@dataclass(frozen=True, slots=True)
class Recording:
    """How a photograph is recorded; `quantiser` is x264's constant QP, `None` for no codec."""

    radius_px: float
    smear_px: float
    smear_deg: float
    iso: float
    exposure_ev: float
    contrast: float
    sharpening: float
    quantiser: int | None


def random_recording(rng: np.random.Generator, *, largest_radius_px: float, largest_smear_px: float) -> Recording:
    """Draw a recording: any radius alike, ISO 100 to 6400, -2.5 to +0.7 EV, three in four through the codec.

    One in ten is left without added blur; half smear where `largest_smear_px` isn't 0.
    """
    return Recording(
        radius_px=0.0 if rng.random() < 0.1 else float(rng.uniform(0, largest_radius_px)),
        smear_px=float(rng.uniform(2, largest_smear_px)) if largest_smear_px and rng.random() < 0.5 else 0.0,
        smear_deg=float(rng.uniform(0, 180)),
        iso=float(100 * 2 ** rng.uniform(0, 6)),
        exposure_ev=float(rng.uniform(-2.5, 0.7)),
        contrast=float(rng.uniform(0.4, 1.0)),
        sharpening=float(rng.uniform(0, 1)) if rng.random() < 0.5 else 0.0,
        quantiser=int(rng.integers(16, 31)) if rng.random() < 0.75 else None,
    )


def recorded(linear: Image, recording: Recording, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return the full-range luma plane, HxW, that `recording` makes of a linear-light BGR picture (HxWx3, 0 to 1)."""
    image = cv2.filter2D(linear, -1, disc(recording.radius_px), borderType=cv2.BORDER_REFLECT_101)
    if recording.smear_px:
        image = cv2.filter2D(
            image, -1, smear(recording.smear_px, recording.smear_deg), borderType=cv2.BORDER_REFLECT_101
        )
    image = with_noise(np.asarray(image * 2.0**recording.exposure_ev, dtype=np.float32), recording.iso, rng)
    encoded = (bt709(np.clip(image, 0.0, 1.0)) - 0.5) * recording.contrast + 0.5
    if recording.sharpening:
        encoded += recording.sharpening * (encoded - cv2.GaussianBlur(encoded, (0, 0), 1.0))
    picture = np.clip(np.rint(encoded * 255), 0, 255).astype(np.uint8)
    luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return luma if recording.quantiser is None else through_h264(luma, recording.quantiser)


def disc(radius_px: float) -> Image:
    """Return the kernel of a uniform disc, area-sampled on the pixel grid; one pixel where it is smaller than that."""
    return _area_sampled(radius_px, lambda x, y: x**2 + y**2 <= radius_px**2)


def smear(length_px: float, direction_deg: float) -> Image:
    """Return the kernel of a steady movement: a line a quarter of a pixel wide; the direction is clockwise from x."""
    turn = np.deg2rad(direction_deg)

    def on_line(x: Grid, y: Grid) -> npt.NDArray[np.bool_]:
        along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        return np.asarray((np.abs(along) <= length_px / 2) & (np.abs(across) <= 0.125), dtype=np.bool_)

    return _area_sampled(length_px / 2, on_line)


def _area_sampled(reach_px: float, shape: Callable[[Grid, Grid], npt.NDArray[np.bool_]]) -> Image:
    half = int(np.ceil(reach_px))
    side = 2 * half + 1
    places = (np.arange(side * _OVERSAMPLING) + 0.5) / _OVERSAMPLING - side / 2
    x, y = np.meshgrid(places, places)
    fine = shape(x, y).astype(np.float32)
    kernel = fine.reshape(side, _OVERSAMPLING, side, _OVERSAMPLING).mean(axis=(1, 3))
    if not kernel.any():
        kernel[half, half] = 1.0
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def with_noise(linear: Image, iso: float, rng: np.random.Generator) -> Image:
    """Return linear light with photon and read noise, slightly correlated as demosaicing leaves it."""
    electrons = _FULL_WELL_E * 100 / iso
    deviation = np.sqrt(np.maximum(linear, 0) / electrons + (_READ_NOISE_E / electrons) ** 2)
    grain = cv2.GaussianBlur(rng.standard_normal(linear.shape, dtype=np.float32), (0, 0), 0.5)
    return np.asarray(linear + deviation * grain / grain.std(), dtype=np.float32)


def bt709(linear: Image) -> Image:
    """Return the signal of linear light, both 0 to 1 (ITU-R BT.709-6, section 1.2)."""
    return np.where(linear < 0.018, 4.5 * linear, 1.099 * np.maximum(linear, 0.018) ** 0.45 - 0.099)


def linear_srgb(picture: npt.NDArray[np.uint8]) -> Image:
    """Return the linear light, 0 to 1, of an 8-bit sRGB picture (IEC 61966-2-1)."""
    signal = picture.astype(np.float32) / 255
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4).astype(np.float32)


def through_h264(luma: npt.NDArray[np.uint8], quantiser: int) -> npt.NDArray[np.uint8]:
    """Return a luma plane of even sides after x264 at a constant quantiser, intra coded."""
    height, width = luma.shape
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "gray"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"qp": str(quantiser), "preset": "veryfast", "threads": "1"}
    packets = encoder.encode(av.VideoFrame.from_ndarray(luma, format="gray")) + encoder.encode(None)
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    plane = frames[0].planes[0]
    # The plane as it stands: a conversion would stretch its range.
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(height, plane.line_size)
    return np.ascontiguousarray(rows[:, :width])
