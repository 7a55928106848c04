"""A still as a body asks for it: its files, its size, and what is written into them beside the exposure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What a body writes into a still beside the exposure.

    `program` and `metering` are EXIF's codes; `f_number` and `focal_length_mm` are None where the lens tells the body
    nothing.
    """

    maker: str
    model: str
    taken: datetime
    serial_number: str = ""
    lens: str = ""
    artist: str = ""
    copyright: str = ""
    owner: str = ""
    program: int = 0
    metering: int = 0
    f_number: float | None = None
    focal_length_mm: float | None = None
    compensation_ev: float = 0.0
    auto_white_balance: bool = True
    srgb: bool = True


@dataclass(frozen=True, slots=True)
class StillFile:
    """One file of a still: its name, whether it is a raw, and its pixels across and down."""

    name: str
    raw: bool
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class StillRequest:
    """A still that is to be taken: one file or more, and what is written into them."""

    files: tuple[StillFile, ...]
    info: PictureInfo
