"""Movies with a GoPro's telemetry track, put together byte by byte as GoPro publishes the format.

KLV and nesting: https://gopro.github.io/gpmf-parser, "GPMF Deeper Dive"; the track: the same, "MP4 Implementation".
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_TIMESCALE = 1000


def klv(key: str, kind: str, size: int, repeat: int, data: bytes) -> bytes:
    """Return one item, padded to four bytes."""
    return struct.pack(">4scBH", key.encode(), kind.encode(), size, repeat) + data + bytes(-len(data) % 4)


def nested(key: str, *content: bytes) -> bytes:
    """Return an item that holds others."""
    data = b"".join(content)
    return struct.pack(">4scBH", key.encode(), b"\0", 1, len(data)) + data + bytes(-len(data) % 4)


def text(key: str, value: str) -> bytes:
    """Return an item of text."""
    return klv(key, "c", 1, len(value), value.encode("latin-1"))


def shorts(key: str, values: np.ndarray, scale: int, *before: bytes) -> bytes:
    """Return a stream of scaled 16-bit readings, one a row."""
    whole = np.round(np.asarray(values) * scale).astype(">i2")
    data = klv(key, "s", 2 * whole.shape[1], len(whole), whole.tobytes())
    return nested("STRM", *before, klv("SCAL", "s", 2, 1, struct.pack(">h", scale)), data)


def floats(key: str, values: np.ndarray) -> bytes:
    """Return a stream of 32-bit numbers, one a row."""
    return nested("STRM", klv(key, "f", 4, len(values), np.asarray(values, dtype=">f4").tobytes()))


def device(*streams: bytes, name: str = "HERO11 Black") -> bytes:
    """Return a payload."""
    return nested("DEVC", klv("DVID", "L", 4, 1, struct.pack(">L", 1)), text("DVNM", name), *streams)


def box(kind: str, *content: bytes) -> bytes:
    """Return a box of an MP4 file."""
    data = b"".join(content)
    return struct.pack(">I4s", len(data) + 8, kind.encode()) + data


def add_telemetry(movie: Path, payloads: Sequence[bytes], duration_ms: int = 1001, once: bytes = b"") -> None:
    """Add a telemetry track to an MP4 file whose index stands at its end, and what is noted `once` for all of it."""
    data = movie.read_bytes()
    at, size = _top_box(data, b"moov")
    if at + size != len(data):
        raise ValueError("the index is not at the end")
    moov, chunks = data[at + 8 : at + size], b"".join(payloads)
    first = at + 8
    track = _track(payloads, first, duration_ms)
    user = box("udta", box("GPMF", once)) if once else b""
    movie.write_bytes(data[:at] + box("mdat", chunks) + box("moov", moov, track, user))


def _top_box(data: bytes, kind: bytes) -> tuple[int, int]:
    at = 0
    while at < len(data):
        size, found = struct.unpack_from(">I4s", data, at)
        if found == kind:
            return at, size
        at += size
    raise ValueError(f"no {kind!r}")


def _track(payloads: Sequence[bytes], first: int, duration_ms: int) -> bytes:
    count, whole = len(payloads), len(payloads) * duration_ms
    unity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    offsets = [first + sum(map(len, payloads[:i])) for i in range(count)]
    handler = b"mhlrmeta" + bytes(12) + b"\tGoPro MET"
    table = box(
        "stbl",
        box("stsd", struct.pack(">II", 0, 1), box("gpmd", bytes(6), struct.pack(">HI", 1, 0))),
        box("stts", struct.pack(">IIII", 0, 1, count, duration_ms)),
        box("stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box("stsz", struct.pack(f">III{count}I", 0, 0, count, *map(len, payloads))),
        box("stco", struct.pack(f">II{count}I", 0, count, *offsets)),
    )
    references = box("dinf", box("dref", struct.pack(">II", 0, 1), box("url ", struct.pack(">I", 1))))
    media_head = box("gmhd", box("gmin", bytes(16)), box("gpmd", bytes(4)))
    return box(
        "trak",
        box("tkhd", struct.pack(">IIIIII", 15, 0, 0, 7, 0, whole), bytes(16), unity, bytes(8)),
        box(
            "mdia",
            box("mdhd", struct.pack(">IIIIIHH", 0, 0, 0, _TIMESCALE, whole, 0, 0)),
            box("hdlr", bytes(4), handler),
            box("minf", media_head, references, table),
        ),
    )
