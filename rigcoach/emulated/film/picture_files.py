"""What a still is written as: a JPEG with EXIF and a thumbnail, or a raw file that holds such a JPEG too.

Tags after EXIF 2.3 (JEITA CP-3451C); the raw file is a DNG inside (Adobe DNG specification 1.4), whatever the maker's
name for it: what their own raw files hold is theirs.
"""

import math
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.picture_info import PictureInfo
from rigcoach.emulated.film.tiff import Blob, Directory, Rational, tiff

THUMBNAIL_PX = (160, 120)
_JPEG_QUALITY, _THUMBNAIL_QUALITY = 95, 80
_LONGEST_SEGMENT = 0xFFFF - 2

# A raw's black, and the top of its scale: 14 bits.
RAW_BLACK, RAW_WHITE = 1024, 16383
# What a grey card gives in red, green and blue, and how the sensor sees colours (sRGB's primaries, D65): the scene is
# grey but for a tint.
_NEUTRAL = (0.48, 1.0, 0.66)
_XYZ_TO_CAMERA = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
_D65 = 21


def jpeg(picture: NDArray[np.uint8], small: bytes, settings: ExposureSettings, info: PictureInfo) -> bytes:
    """Return a still as a JPEG with its thumbnail in it; `picture` is BGR, shape (height, width, 3)."""
    height, width = picture.shape[:2]
    return with_exif(encoded(picture, _JPEG_QUALITY), exif((width, height), small, settings, info))


def encoded(picture: NDArray[np.uint8], quality: int) -> bytes:
    """Return a picture as a bare JPEG."""
    written, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not written:
        raise ValueError("OpenCV could not write a JPEG")
    return data.tobytes()


def thumbnail(picture: NDArray[np.uint8]) -> bytes:
    """Return the picture's thumbnail, with black above and below it as bodies have it, or at its sides."""
    width, height = THUMBNAIL_PX
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    framed = np.zeros((height, width, 3), np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    framed[top : top + size[1], left : left + size[0]] = small
    return encoded(framed, _THUMBNAIL_QUALITY)


def with_exif(bare: bytes, exif_data: bytes) -> bytes:
    """Return a JPEG whose first segment is EXIF, in place of JFIF's."""
    segment = b"Exif\0\0" + exif_data
    if len(segment) > _LONGEST_SEGMENT:
        raise ValueError("more EXIF than a JPEG's segment holds")
    body = bare[2:]
    if body[:2] == b"\xff\xe0":
        body = body[2 + int.from_bytes(body[2:4], "big") :]
    return b"\xff\xd8\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + body


def exif(size_px: tuple[int, int], small: bytes, settings: ExposureSettings, info: PictureInfo) -> bytes:
    """Return the EXIF of a still of that width and height, its thumbnail in it."""
    first = _first_directory(info)
    first.directories(0x8769, _exif_directory(*size_px, settings, info))
    second = Directory()
    second.shorts(0x0103, 6)
    _resolution(second)
    second.points_to(0x0201, Blob(small))
    second.longs(0x0202, len(small))
    return tiff((first, second))


def raw(light: NDArray[np.uint16], preview: bytes, settings: ExposureSettings, info: PictureInfo) -> bytes:
    """Return a still as a raw file.

    `light` is linear with the top of the scale at 65535, shape (height, width); `preview` the same as a JPEG.
    """
    height, width = light.shape
    first = _first_directory(info)
    first.longs(0x00FE, 1)  # a reduced image
    first.longs(0x0100, width)
    first.longs(0x0101, height)
    first.shorts(0x0102, 8, 8, 8)
    first.shorts(0x0103, 7)
    first.shorts(0x0106, 6)
    first.shorts(0x0115, 3)
    first.points_to(0x0111, Blob(preview))
    first.longs(0x0116, height)
    first.longs(0x0117, len(preview))
    first.directories(0x014A, _raw_directory(light))
    first.directories(0x8769, _exif_directory(width, height, settings, info))
    first.raw(0xC612, bytes((1, 4, 0, 0)))
    first.raw(0xC613, bytes((1, 1, 0, 0)))
    first.text(0xC614, info.model)
    first.rationals(0xC621, *(_signed(value) for value in _XYZ_TO_CAMERA), signed=True)
    first.rationals(0xC628, *(Rational.of(value) for value in _NEUTRAL))
    first.shorts(0xC65A, _D65)
    return tiff((first,))


def _raw_directory(light: NDArray[np.uint16]) -> Directory:
    height, width = light.shape
    red, green, blue = _NEUTRAL
    mosaic = np.empty((height, width), "<u2")
    for down, across, share in ((0, 0, red), (0, 1, green), (1, 0, green), (1, 1, blue)):
        # By a table: each of the sensor's steps is one of the raw's.
        steps = np.arange(65536, dtype=np.float32) * np.float32(share * (RAW_WHITE - RAW_BLACK) / 65535)
        mosaic[down::2, across::2] = (steps + RAW_BLACK).astype("<u2")[light[down::2, across::2]]
    data = mosaic.tobytes()
    made = Directory()
    made.longs(0x00FE, 0)
    made.longs(0x0100, width)
    made.longs(0x0101, height)
    made.shorts(0x0102, 16)
    made.shorts(0x0103, 1)
    made.shorts(0x0106, 32803)
    made.points_to(0x0111, Blob(data))
    made.shorts(0x0115, 1)
    made.longs(0x0116, height)
    made.longs(0x0117, len(data))
    made.shorts(0x828D, 2, 2)
    made.raw(0x828E, bytes((0, 1, 1, 2)))
    made.shorts(0xC61A, RAW_BLACK)
    made.shorts(0xC61D, RAW_WHITE)
    return made


def _first_directory(info: PictureInfo) -> Directory:
    made = Directory()
    made.text(0x010F, info.maker)
    made.text(0x0110, info.model)
    made.shorts(0x0112, 1)
    _resolution(made)
    made.text(0x0132, _time(info.taken))
    if info.artist:
        made.text(0x013B, info.artist)
    if info.copyright:
        made.text(0x8298, info.copyright)
    made.shorts(0x0213, 2)
    return made


def _resolution(made: Directory) -> None:
    made.rationals(0x011A, Rational(72, 1))
    made.rationals(0x011B, Rational(72, 1))
    made.shorts(0x0128, 2)


def _exif_directory(width: int, height: int, settings: ExposureSettings, info: PictureInfo) -> Directory:
    made = Directory()
    made.rationals(0x829A, Rational.of(settings.shutter_s))
    # A lens without contacts leaves the body at 0.
    made.rationals(0x829D, Rational.of(info.f_number or 0))
    made.shorts(0x8822, info.program)
    made.shorts(0x8827, min(settings.iso, 0xFFFF))
    made.raw(0x9000, b"0230", undefined=True)
    made.text(0x9003, _time(info.taken))
    made.text(0x9004, _time(info.taken))
    made.raw(0x9101, bytes((1, 2, 3, 0)), undefined=True)
    made.rationals(0x9201, _signed(-math.log2(settings.shutter_s)), signed=True)
    if info.f_number:
        made.rationals(0x9202, Rational.of(round(2 * math.log2(info.f_number), 4)))
    made.rationals(0x9204, _signed(info.compensation_ev), signed=True)
    made.shorts(0x9207, info.metering)
    made.shorts(0x9209, 0x10)
    made.rationals(0x920A, Rational.of(info.focal_length_mm or 0))
    made.raw(0xA000, b"0100", undefined=True)
    made.shorts(0xA001, 1 if info.srgb else 0xFFFF)
    made.longs(0xA002, width)
    made.longs(0xA003, height)
    made.shorts(0xA401, 0)
    made.shorts(0xA402, 1 if info.program == 1 else 0)
    made.shorts(0xA403, 0 if info.auto_white_balance else 1)
    made.shorts(0xA406, 0)
    for tag, text in ((0xA430, info.owner), (0xA431, info.serial_number), (0xA434, info.lens)):
        if text:
            made.text(tag, text)
    return made


def _signed(value: float) -> Rational:
    return Rational.of(round(value, 4))


def _time(when: datetime) -> str:
    return when.strftime("%Y:%m:%d %H:%M:%S")
