"""What the codes of a file's frames stand for: range, depth and curve, and the luma that is measured.

Nothing else reads them: behind `normalised_luma` all luma is alike (`rigcoach.measure.picture.tone`).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.base.clip_names import is_beside
from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.log_curves import LogCurve, log_curve_named
from rigcoach.measure.picture.tone import Transfer, normalised_codes

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# FFmpeg's AVCOL_RANGE_JPEG (libavutil/pixfmt.h): luma from 0 to 255 rather than 16 to 235.
_FULL_RANGE = 2
# Its AVColorTransferCharacteristic, which is that of ITU-T H.273, table 3. BT.709, BT.601, BT.2020, what is near them
# and what files leave unsaid share one curve.
_TRANSFERS: dict[int, Transfer] = {4: "gamma22", 5: "gamma28", 8: "linear", 13: "srgb", 16: "pq", 18: "hlg"}
# Kinds of pixels whose first plane is luma and nothing else.
_PLANAR_LUMA = ("yuv", "nv", "gray", "p0", "p2", "p4")
_PACKED = ("yuyv", "yuv444p16_packed")
# A camera's own words on the curve: keys of metadata that may hold them, and the element of an XML beside the clip.
_CURVE_KEY = re.compile(r"gamma|curve", re.IGNORECASE)
_CURVE_ELEMENT = re.compile(
    rb"""CaptureGamma(?:Equation)?["']?(?:\s+value\s*=\s*["']|\s*>)\s*([^"'<]{1,40})""", re.IGNORECASE
)
SIDECAR_ENDINGS = ("M01.XML", "M01.xml", ".XML", ".xml")
"""What may follow a clip's stem in the name of the XML beside it: `C0001M01.XML` for `C0001.MP4`."""

_MOST_XML_BYTES = 2_000_000
_BLACK, _WHITE = 16.0, 235.0  # of limited range


def is_full_range(frame: "VideoFrame") -> bool:
    """Return whether black is 0 in a frame's codes, and white the largest, rather than 16 and 235 of 255."""
    name = frame.format.name
    return frame.color_range == _FULL_RANGE or name.startswith(("yuvj", "gray", "rgb", "bgr", "gbr", "pal"))


def transfer_of(frame: "VideoFrame", container: "InputContainer", stream: "VideoStream", path: Path) -> Transfer:
    """Return the curve from light to signal that a file says its frames have, or the camera that made it.

    Cameras tag recordings on a log curve as BT.709 or not at all, and name the curve in the file's metadata, in an XML
    inside it or in one beside it (`C0001M01.XML` for `C0001.MP4`).
    """
    said = _TRANSFERS.get(frame.color_trc)
    if said is not None:
        return said
    metadata: Mapping[str, str] = {**container.metadata, **stream.metadata}
    named = [log_curve_named(value) for key, value in metadata.items() if _CURVE_KEY.search(key)]
    return next((curve for curve in named if curve is not None), None) or _curve_in_xml(path) or "bt709"


def normalised_luma(frame: "VideoFrame", transfer: Transfer) -> Luma:
    """Return a frame's luma as it is measured: 8 bits, full range, on BT.709's curve; as the file's rows lie."""
    format_ = frame.format
    bits = format_.components[0].bits
    planar = format_.name.startswith(_PLANAR_LUMA) and not format_.name.startswith(_PACKED) and not format_.is_rgb
    if planar and 8 <= bits <= 16:
        codes = _plane_codes(frame.planes[0], format_.name, bits, format_.is_big_endian)
        full_range = is_full_range(frame)
    else:
        # FFmpeg's grey is of full range, whatever it is made of.
        bits, full_range = (16, True) if bits > 8 else (8, True)
        codes = frame.to_ndarray(format="gray16le" if bits > 8 else "gray")
    if bits == 8 and full_range and transfer == "bt709":
        return codes
    if bits == 8 and transfer == "bt709":
        # What the table gives, in less time: no product lies so near to a half that rounding could go astray.
        stretch = 255 / (_WHITE - _BLACK)
        return np.asarray(cv2.addWeighted(codes, stretch, codes, 0.0, -_BLACK * stretch), dtype=np.uint8)
    table = normalised_codes(transfer, full_range, bits)
    return np.asarray(cv2.LUT(codes, table) if bits == 8 else np.take(table, codes), dtype=np.uint8)


def _plane_codes(plane: Any, name: str, bits: int, big_endian: bool) -> npt.NDArray[Any]:
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size)
    if bits == 8:
        return rows[:, : plane.width]
    deep = rows.view(">u2" if big_endian else "<u2")[:, : plane.width]
    # These kinds hold their codes in the upper bits.
    return deep >> (16 - bits) if name.startswith("p") else deep


def _curve_in_xml(path: Path) -> LogCurve | None:
    """Return the log curve that an XML beside or inside a clip names."""
    for text in (*_beside(path), *_inside(path)):
        for found in _CURVE_ELEMENT.findall(text):
            curve = log_curve_named(found.decode("latin-1"))
            if curve is not None:
                return curve
    return None


def _beside(path: Path) -> list[bytes]:
    beside = [path.with_name(f"{path.stem}{end}") for end in SIDECAR_ENDINGS]
    return [file.read_bytes() for file in beside if is_beside(file) and file.stat().st_size <= _MOST_XML_BYTES]


def _inside(path: Path) -> list[bytes]:
    """Return the metadata boxes at the top of an ISO file (ISO/IEC 14496-12, 4.2, 8.11); Sony keeps its XML there."""
    found = []
    end = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= end:
            file.seek(at)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            if not kind.isalnum() or kind.isdigit():
                break
            if size == 1:
                size = int.from_bytes(head[8:16])
            elif size == 0:
                size = end - at
            if kind in (b"meta", b"uuid") and size <= _MOST_XML_BYTES:
                file.seek(at)
                found.append(file.read(size))
            if size < 8:
                break
            at += size
    return found
