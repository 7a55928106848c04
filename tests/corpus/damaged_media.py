"""Damaged media, made by this script: small files of every container, each spoilt in one way, with what comes of it.

    python tests/corpus/damaged_media.py FOLDER

writes them all. The outcome of each is "scored", or the code of the error that it is refused with.
"""

import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

FRAMES = 75
WIDTH, HEIGHT = 96, 64
RATE = 25

SCORED = "scored"
TRUNCATED, DAMAGED, NOT_VIDEO = "clip.truncated", "clip.damaged", "clip.not-video"
UNREADABLE, NO_DECODER, SIZE, RATE_TOO_HIGH = "clip.unreadable", "clip.no-decoder", "clip.size", "clip.frame-rate"


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file: its ending, FFmpeg's names of its form and coding, and what pixels it takes."""

    ending: str
    form: str
    codec: str
    pixels: str = "yuv420p"
    size: tuple[int, int] = (WIDTH, HEIGHT)


CONTAINERS = {
    "mov": Container("mov", "mov", "libx264", "yuvj420p"),
    "mp4": Container("mp4", "mp4", "libx264"),
    "mkv": Container("mkv", "matroska", "libx264"),
    "avi": Container("avi", "avi", "mjpeg", "yuvj422p"),
    "mts": Container("mts", "mpegts", "libx264"),
    "mxf": Container("mxf", "mxf", "mpeg2video", "yuv422p"),
    "3gp": Container("3gp", "3gp", "mpeg4"),
    "webm": Container("webm", "webm", "libvpx-vp9"),
    "mpg": Container("mpg", "mpeg", "mpeg2video"),
    "wmv": Container("wmv", "asf", "msmpeg4"),
    "hevc": Container("mp4", "mp4", "libx265"),
    "prores": Container("mov", "mov", "prores_ks", "yuv422p10le"),
    "ffv1": Container("mkv", "matroska", "ffv1"),
}


# Half of it, most of it, its first bytes, a hole, flipped bits, no head, its halves swapped, something behind it.
OUTCOMES = {
    "mov": (TRUNCATED, UNREADABLE, TRUNCATED, DAMAGED, NO_DECODER, NOT_VIDEO, NOT_VIDEO, SCORED),
    "mp4": (TRUNCATED, TRUNCATED, TRUNCATED, DAMAGED, TRUNCATED, NOT_VIDEO, NOT_VIDEO, SCORED),
    "mkv": (TRUNCATED, SCORED, UNREADABLE, DAMAGED, NOT_VIDEO, NOT_VIDEO, NOT_VIDEO, SCORED),
    "avi": (TRUNCATED, SCORED, NOT_VIDEO, TRUNCATED, DAMAGED, SCORED, SCORED, SCORED),
    "mts": (SCORED, SCORED, NOT_VIDEO, DAMAGED, DAMAGED, SCORED, TRUNCATED, SCORED),
    "mxf": (TRUNCATED, SCORED, NOT_VIDEO, DAMAGED, NOT_VIDEO, DAMAGED, DAMAGED, SCORED),
    "3gp": (TRUNCATED, TRUNCATED, TRUNCATED, DAMAGED, TRUNCATED, SCORED, DAMAGED, SCORED),
    "webm": (TRUNCATED, SCORED, UNREADABLE, DAMAGED, TRUNCATED, NOT_VIDEO, NOT_VIDEO, SCORED),
    "mpg": (SCORED, SCORED, NOT_VIDEO, DAMAGED, DAMAGED, SCORED, DAMAGED, SCORED),
    "wmv": (SCORED, SCORED, NOT_VIDEO, TRUNCATED, NOT_VIDEO, NOT_VIDEO, NOT_VIDEO, SCORED),
    "hevc": (TRUNCATED, TRUNCATED, TRUNCATED, TRUNCATED, NO_DECODER, NOT_VIDEO, NOT_VIDEO, SCORED),
    "prores": (TRUNCATED, TRUNCATED, TRUNCATED, DAMAGED, TRUNCATED, NOT_VIDEO, NOT_VIDEO, SCORED),
    "ffv1": (TRUNCATED, SCORED, UNREADABLE, DAMAGED, NOT_VIDEO, NOT_VIDEO, NOT_VIDEO, SCORED),
}


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file: its name, its bytes, and what comes of it."""

    name: str
    make: Callable[[], bytes]
    outcome: str


def texture(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Return a picture that moves: any that a coder finds something to code in."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    waves = np.sin((across + 3 * number) / 3.0) + np.cos(down / 5.0)
    return np.asarray(np.clip(128 + 50 * waves, 0, 255), dtype=np.uint8)


@cache
def whole(kind: str, *, sound: bool = False, frames: int = FRAMES, rate: int = RATE) -> bytes:
    """Return a whole file of a kind."""
    return encoded(CONTAINERS[kind], [texture(number, *CONTAINERS[kind].size) for number in range(frames)], rate, sound)


def encoded(of: Container, pictures: list[NDArray[np.uint8]], rate: int = RATE, sound: bool = False) -> bytes:
    """Return pictures as a file."""
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=f".{of.ending}") as file:
        with av.open(file.name, "w", format=of.form) as container:
            options = {"x265-params": "log-level=none"} if of.codec == "libx265" else {}
            stream: Any = container.add_stream(of.codec, rate=rate, options=options)
            stream.height, stream.width = pictures[0].shape
            stream.pix_fmt = of.pixels
            stream.codec_context.gop_size = 4
            audio: Any = container.add_stream("aac", rate=48000, layout="mono") if sound else None
            for number, picture in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=of.pixels)
                frame.pts, frame.time_base = number, Fraction(1, rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
            if audio is not None:
                tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
                tone.sample_rate, tone.pts = 48000, 0
                container.mux(audio.encode(tone))
                container.mux(audio.encode())
        return Path(file.name).read_bytes()


def shortened(content: bytes, share: float) -> bytes:
    """Return the first part of a file."""
    return content[: int(len(content) * share)]


def zeroed(content: bytes, start: float, end: float) -> bytes:
    """Return a file of which a stretch is zeros, as a bad sector reads."""
    first, last = int(len(content) * start), int(len(content) * end)
    return content[:first] + bytes(last - first) + content[last:]


def flipped(content: bytes, every: int) -> bytes:
    """Return a file of which one bit in so many bytes is another."""
    spoilt = bytearray(content)
    for at in range(every // 2, len(spoilt), every):
        spoilt[at] ^= 1 << (at % 8)
    return bytes(spoilt)


def headless(content: bytes) -> bytes:
    """Return a file whose first 24 bytes are another's."""
    return bytes(range(200, 224)) + content[24:]


def swapped(content: bytes) -> bytes:
    """Return a file whose halves were written in the wrong order."""
    middle = len(content) // 2
    return content[middle:] + content[:middle]


def patched(content: bytes, atom: bytes, at: int, value: bytes, *, nth: int = 0) -> bytes:
    """Return a MOV or MP4 with bytes of an atom changed, `at` counted from after its name."""
    found = -1
    for _ in range(nth + 1):
        found = content.index(atom, found + 1)
    start = found + 4 + at
    return content[:start] + value + content[start + len(value) :]


def u32(value: int) -> bytes:
    """Return a number as four bytes, the largest first."""
    return struct.pack(">I", value & 0xFFFFFFFF)


def _spoilt(kind: str) -> list[Damaged]:
    """Return the files that every container is made into."""
    container = CONTAINERS[kind]

    def of(name: str, spoil: Callable[[bytes], bytes], outcome: str) -> Damaged:
        return Damaged(f"{kind}-{name}.{container.ending}", lambda: spoil(whole(kind)), outcome)

    told = OUTCOMES[kind]
    return [
        of("whole", lambda content: content, SCORED),
        of("half", partial(shortened, share=0.5), told[0]),
        of("most", partial(shortened, share=0.97), told[1]),
        of("start", lambda content: content[:64], told[2]),
        of("hole", partial(zeroed, start=0.4, end=0.7), told[3]),
        of("flips", partial(flipped, every=97), told[4]),
        of("headless", headless, told[5]),
        of("swapped", swapped, told[6]),
        of("followed", lambda content: content + b"junk" * 1000, told[7]),
    ]


def png() -> bytes:
    """Return a photograph."""
    import cv2

    return cv2.imencode(".png", texture(0))[1].tobytes()


def jpeg() -> bytes:
    """Return a photograph as cameras write it."""
    import cv2

    return cv2.imencode(".jpg", texture(0))[1].tobytes()


def sound_alone() -> bytes:
    """Return a file with sound only."""
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        with av.open(file.name, "w", format="mp4") as container:
            audio: Any = container.add_stream("aac", rate=48000, layout="mono")
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            tone.sample_rate, tone.pts = 48000, 0
            container.mux(audio.encode(tone))
            container.mux(audio.encode())
        return Path(file.name).read_bytes()


def two_sizes() -> bytes:
    """Return a stream whose pictures change their size on the way."""
    return whole("mts") + encoded(CONTAINERS["mts"], [texture(n, 64, 48) for n in range(FRAMES)])


def narrow() -> bytes:
    """Return a film of frames 2 pixels wide and 16384 high."""
    return encoded(Container("avi", "avi", "ffv1", "gray"), [texture(n, 2, 16384) for n in range(2)])


def strip() -> bytes:
    """Return a film of frames as narrow as can be measured, and very high."""
    return encoded(Container("avi", "avi", "ffv1", "gray"), [texture(n, 32, 16384) for n in range(2)])


def tiny() -> bytes:
    """Return a film of frames of 16 by 16 pixels."""
    return encoded(CONTAINERS["mp4"], [texture(n, 16, 16) for n in range(FRAMES)])


def one_picture() -> bytes:
    """Return a film one picture long."""
    return encoded(CONTAINERS["mov"], [texture(0)])


def huge_size(content: bytes) -> bytes:
    """Return a MOV that says of its pictures, everywhere, that they are 65535 by 65535 pixels."""
    return patched(content, b"avc1", 24, struct.pack(">HH", 65535, 65535))


def within_another(levels: int) -> bytes:
    """Return atoms, each within another."""
    content = b""
    for _ in range(levels):
        content = u32(8 + len(content)) + b"moov" + content
    return u32(16) + b"ftypqt  " + bytes(4) + content


def pointing_elsewhere(content: bytes) -> bytes:
    """Return a MOV that says that its pictures lie in another file."""
    # In place of "it is in this file" a path, as QuickTime's aliases have it.
    return patched(content, b"url ", 0, bytes(4))


SPECIAL = [
    Damaged("empty.mov", lambda: b"", "clip.empty"),
    Damaged("zeros.mov", lambda: bytes(100_000), NOT_VIDEO),
    Damaged("ones.mp4", lambda: b"\xff" * 100_000, NOT_VIDEO),
    Damaged("text.mov", lambda: b"Shot on the bridge, ISO 400, f/8\n" * 100, NOT_VIDEO),
    Damaged("page.mp4", lambda: b"<!doctype html><title>Clips</title>" * 50, NOT_VIDEO),
    Damaged("report.html", lambda: b'<meta name="generator" content="rigcoach 1">', "clip.is-report"),
    Damaged("photograph.jpg", jpeg, NOT_VIDEO),
    Damaged("photograph.mov", jpeg, NOT_VIDEO),
    Damaged("photograph.png", png, NOT_VIDEO),
    Damaged("sound.mp4", sound_alone, NOT_VIDEO),
    Damaged("archive.mov", lambda: b"PK\3\4" + bytes(range(256)) * 40, NOT_VIDEO),
    Damaged("program.mov", lambda: Path(sys.executable).resolve().read_bytes()[:50_000], NOT_VIDEO),
    Damaged("playlist.m3u8", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", NOT_VIDEO),
    Damaged("playlist.mov", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", NOT_VIDEO),
    Damaged("concat.mp4", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", UNREADABLE),
    Damaged("session.sdp", lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n", NOT_VIDEO),
    Damaged("other-ending.mkv", lambda: whole("mov"), SCORED),
    Damaged("sound-too.mov", lambda: whole("mov", sound=True), SCORED),
    Damaged("sound-too-half.mov", lambda: shortened(whole("mov", sound=True), 0.5), TRUNCATED),
    Damaged("one-picture.mov", one_picture, SCORED),
    Damaged("tiny.mp4", tiny, SIZE),
    Damaged("narrow.avi", narrow, SIZE),
    Damaged("strip.avi", strip, SIZE),
    Damaged("two-sizes.mts", two_sizes, "clip.changes-size"),
    Damaged("two-films.mts", lambda: whole("mts") * 2, SCORED),
    Damaged("no-decoder.mp4", lambda: whole("mp4").replace(b"avc1", b"zzq9"), NO_DECODER),
    Damaged("huge-size.mov", lambda: huge_size(whole("mov")), SCORED),  # the pictures themselves say what they are
    Damaged("no-time.mov", lambda: patched(whole("mov"), b"mdhd", 12, u32(0)), SCORED),
    Damaged("fast.mov", lambda: patched(whole("mov"), b"mdhd", 12, u32(2_000_000_000)), RATE_TOO_HIGH),
    Damaged("long.mov", lambda: patched(whole("mov"), b"mdhd", 16, u32(-1)), SCORED),  # it stands for "not known"
    Damaged("many-samples.mov", lambda: patched(whole("mov"), b"stsz", 8, u32(-1)), TRUNCATED),
    Damaged("no-samples.mov", lambda: patched(whole("mov"), b"stsz", 8, u32(0)), UNREADABLE),
    Damaged("far-samples.mov", lambda: patched(whole("mov"), b"stco", 8, u32(-16)), TRUNCATED),
    Damaged("wide-chunks.mov", lambda: patched(whole("mov"), b"stsc", 12, u32(-1)), TRUNCATED),
    Damaged("no-track.mov", lambda: whole("mov").replace(b"trak", b"free"), NOT_VIDEO),
    Damaged("no-index.mov", lambda: whole("mov").replace(b"moov", b"frEe"), TRUNCATED),
    Damaged("index-set-free.mov", lambda: whole("mov").replace(b"moov", b"free"), SCORED),
    Damaged("endless-atom.mov", lambda: patched(whole("mov"), b"moov", -8, u32(0)), SCORED),
    Damaged("huge-atom.mov", lambda: patched(whole("mov"), b"mdat", -8, u32(-1)), TRUNCATED),
    Damaged("atoms-in-atoms.mov", lambda: within_another(5000), TRUNCATED),
    Damaged("elsewhere.mov", lambda: pointing_elsewhere(whole("mov")), SCORED),
    Damaged("other-letters.mov", lambda: whole("mov").replace(b"Lavf", b"L\xe4\xff\xfe"), SCORED),
    Damaged("twice.mov", lambda: whole("mov") * 2, SCORED),
]


def corpus() -> list[Damaged]:
    """Return all of them."""
    return [each for kind in CONTAINERS for each in _spoilt(kind)] + SPECIAL


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in corpus():
        (folder / each.name).write_bytes(each.make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
