"""Sequences of stills as an intervalometer leaves them: a photograph's cut-outs, moved and exposed as is said."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

SIZE = (480, 320)
_BEGAN = datetime(2026, 5, 1, 12)


def scene() -> np.ndarray:
    """Return linear light of a wall of patches and posts."""
    random = np.random.default_rng(5)
    light = np.kron(random.uniform(0.05, 0.5, (60, 100)), np.ones((12, 12))).astype(np.float32)
    return cv2.GaussianBlur(light, (0, 0), 0.8)


def write_stills(
    folder: Path,
    count: int,
    *,
    step_px: float = 2.0,
    jumps: Mapping[int, float] = {},
    light_ev: Sequence[float] | None = None,
    iso: Sequence[float] | None = None,
    missing: Sequence[int] = (),
    interval_s: float = 4.0,
    blur_px: Sequence[float] | None = None,
    ending: str = ".JPG",
    with_exif: bool = True,
) -> Path:
    """Write stills numbered from 1, none of `missing` numbers; `light_ev` is what is off of what was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    light, place = scene(), 40.0
    for i in range(count):
        place += step_px + jumps.get(i, 0.0)
        if i in missing:
            continue
        shift = np.array([[1, 0, -place], [0, 1, -30]], np.float32)
        seen = cv2.warpAffine(light, shift, SIZE, flags=cv2.INTER_CUBIC)
        if blur_px is not None and blur_px[i] > 0:
            seen = cv2.GaussianBlur(seen, (0, 0), blur_px[i])
        sensitivity = 100.0 if iso is None else iso[i]
        gain = 2.0 ** (np.log2(sensitivity / 100) + (0.0 if light_ev is None else light_ev[i]))
        linear = np.clip(seen * gain, 0, 1)
        # sRGB (IEC 61966-2-1).
        signal = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
        grey = np.rint(255 * signal).astype(np.uint8)
        picture = Image.fromarray(np.repeat(grey[..., None], 3, axis=2))
        exif = Image.Exif()
        if with_exif:
            told = exif.get_ifd(IFD.Exif)
            taken = _BEGAN + timedelta(seconds=interval_s * i)
            told[Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
            told[Base.SubsecTimeOriginal] = f"{taken.microsecond // 10_000:02d}"
            told[Base.ExposureTime], told[Base.FNumber], told[Base.ISOSpeedRatings] = 0.02, 8.0, int(sensitivity)
        path = folder / f"IMG_{i + 1:04d}{ending}"
        if ending.lower().startswith(".j"):
            picture.save(path, exif=exif, quality=95)
        else:
            picture.save(path, exif=exif)
    return folder
