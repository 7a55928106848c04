"""A folder of stills as a clip: a time-lapse, a planned move, what an intervalometer took.

JPEG and TIFF are read as they are, raws by the largest picture that the camera put into them. When each was taken and
how it was exposed is read from Exif 2.32 (CIPA DC-008, 4.6.5).
"""

import io
import math
import mmap
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

from rigcoach.base.progress import Advance, no_progress
from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.tone import normalised_codes
from rigcoach.video.container import FETCH_AGAIN, ClipError, check_size
from rigcoach.video.recordings import natural_order

PICTURES = (".jpg", ".jpeg", ".tif", ".tiff")
RAWS = (
    ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw",
    ".x3f", ".3fr", ".iiq", ".rwl",
)  # fmt: skip
_JPEG_BEGINS = b"\xff\xd8\xff"
# Previews smaller than this are thumbnails: nothing is measured on them.
_LEAST_PREVIEW_PX = 320
_MOST_TRIED = 64
_HEAD_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of a sequence: when it was taken, in seconds of the camera's clock, and how it was exposed.

    `resolution_s` is how exactly its clock was written. What its Exif data don't say is `None`.
    """

    path: Path
    taken_s: float | None = None
    resolution_s: float = 1.0
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None

    @property
    def asked_ev(self) -> float | None:
        """How bright the picture was asked to be, in stops: one more where it is exposed twice as much."""
        if self.exposure_s is None or self.exposure_s <= 0:
            return None
        stops = math.log2(self.exposure_s)
        if self.f_number:
            stops -= 2 * math.log2(self.f_number)
        return stops + math.log2(self.iso / 100) if self.iso else stops


def find_stills(folder: Path) -> tuple[Path, ...]:
    """Return a folder's stills in the order of their names, numbers in them counted as numbers.

    Of a picture that is there as JPEG and as raw the JPEG is taken.

    Raises
    ------
    ClipError
        There are fewer than two.
    """
    if not folder.is_dir():
        raise ClipError(
            f"{folder.name} is not a folder of stills", why="a sequence is named by its folder",
            next_step="Name the folder that the stills are in", code="sequence.no-folder",
        )  # fmt: skip
    there = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    pictures = [path for path in there if path.suffix.lower() in PICTURES]
    taken = {path.stem.lower() for path in pictures}
    pictures += [path for path in there if path.suffix.lower() in RAWS and path.stem.lower() not in taken]
    if len(pictures) < 2:
        raise ClipError(
            f"{folder.name or folder} holds no sequence of stills",
            why=f"there {'is one JPEG, TIFF or raw' if pictures else 'are no JPEGs, TIFFs or raws'} in it",
            next_step="Name the folder that the stills are in",
            code="sequence.no-stills",
        )
    return tuple(sorted(pictures, key=natural_order))


def describe_stills(paths: Sequence[Path], advance: Advance = no_progress) -> tuple[Still, ...]:
    """Return what each still says of itself."""
    found = []
    for number, path in enumerate(paths):
        found.append(_described(path))
        advance(number + 1, len(paths))
    return tuple(found)


def still_size(path: Path) -> tuple[int, int]:
    """Return width and height of a still, upright.

    Raises
    ------
    ClipError
        It cannot be read.
    """
    height, width = read_colour(path).shape[:2]
    check_size(width, height, path)
    return width, height


def read_luma(path: Path) -> Luma:
    """Return a still's upright luma: 8 bits, full range, on BT.709's curve.

    Raises
    ------
    ClipError
        It cannot be read.
    """
    grey = cv2.cvtColor(read_colour(path), cv2.COLOR_RGB2GRAY)
    return np.asarray(normalised_codes("srgb", full_range=True)[grey], dtype=np.uint8)


def read_colour(path: Path) -> NDArray[np.uint8]:
    """Return a still's upright picture, (height, width, 3), of 8 bits.

    Raises
    ------
    ClipError
        It cannot be read.
    """
    try:
        data = _preview(path) if path.suffix.lower() in RAWS else path.read_bytes()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error.strerror if isinstance(error, OSError) else str(error)) from error
    if data is None:
        raise _unreadable(path, "no picture large enough is embedded in it")
    # OpenCV turns it upright, and takes TIFFs of 16 bits, which Pillow does not.
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        raise _unreadable(path, "it is damaged, or not what its name says")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _unreadable(path: Path, why: str | None) -> ClipError:
    return ClipError(
        f"{path.name} cannot be read as a still", why=why or "it cannot be read", next_step=FETCH_AGAIN,
        code="sequence.unreadable",
    )  # fmt: skip


def _preview(path: Path) -> bytes | None:
    """Return the largest JPEG that is embedded in a raw."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            best: tuple[int, int] | None = None
            for _, match in zip(range(_MOST_TRIED), re.finditer(re.escape(_JPEG_BEGINS), data), strict=False):
                pixels = _pixels(data[match.start() : match.start() + _HEAD_BYTES])
                if pixels is not None and (best is None or pixels > best[0]):
                    best = (pixels, match.start())
            return None if best is None else data[best[1] :]


def _pixels(data: bytes) -> int | None:
    """Return how many pixels a JPEG has; `None` where it is none that can be shown, as a raw's own data are."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            width, height = picture.size
            progressive_or_baseline = picture.mode in ("RGB", "L", "CMYK")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return width * height if progressive_or_baseline and min(width, height) >= _LEAST_PREVIEW_PX else None


def _described(path: Path) -> Still:
    exif = _exif(path)
    if exif is None:
        return Still(path)
    told = exif.get_ifd(IFD.Exif)
    taken_s, resolution_s = _taken_s(told)
    iso = told.get(Base.ISOSpeedRatings)
    return Still(
        path,
        taken_s,
        resolution_s,
        _positive(told.get(Base.ExposureTime)),
        _positive(told.get(Base.FNumber)),
        _positive(iso[0] if isinstance(iso, tuple) and iso else iso),
    )


def _exif(path: Path) -> Image.Exif | None:
    """Return a still's Exif data; of a raw those of its own or of its preview; `None` where there are none."""
    try:
        if path.suffix.lower() not in RAWS:
            with Image.open(path, formats=("JPEG", "TIFF")) as picture:
                return picture.getexif()
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        exif = Image.Exif()
        if head[:4] in (b"II*\0", b"MM\0*", b"IIU\0"):
            exif.load(b"Exif\0\0" + head[:2] + (b"*\0" if head[:2] == b"II" else b"\0*") + head[4:])
            if exif.get_ifd(IFD.Exif):
                return exif
        preview = _preview(path)
        if preview is None:
            return None
        with Image.open(io.BytesIO(preview), formats=("JPEG",)) as picture:
            return picture.getexif()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, KeyError, ZeroDivisionError):
        return None  # a still without its notes is a still nevertheless


def _taken_s(told: "dict[int, object]") -> tuple[float | None, float]:
    for key, fraction in ((Base.DateTimeOriginal, Base.SubsecTimeOriginal), (Base.DateTimeDigitized, None)):
        text = told.get(key)
        if not isinstance(text, str):
            continue
        try:
            seconds = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").timestamp()
        except (ValueError, OverflowError, OSError):
            continue
        part = str(told.get(fraction, "")).strip("\0 ") if fraction is not None else ""
        if part.isdecimal():
            return seconds + int(part) / 10 ** len(part), 10.0 ** -len(part)
        return seconds, 1.0
    return None, 1.0


def _positive(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def of_size(picture: NDArray[np.uint8], size: tuple[int, int], path: Path) -> NDArray[np.uint8]:
    """Return a picture that has the size of its sequence.

    Raises
    ------
    ClipError
        It has another.
    """
    height, width = picture.shape[:2]
    if (width, height) != size:
        raise ClipError(
            f"{path.name} is not of one sequence with those before it",
            why=f"it is {width} x {height} pixels, they are {size[0]} x {size[1]}",
            next_step="Keep each sequence in a folder of its own",
            code="sequence.mixed",
        )
    return picture
