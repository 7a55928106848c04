"""Small real video files for tests, written with FFmpeg's own encoders through PyAV."""

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from rigcoach.video.clip import read_clip, read_frames


def first_frames(clip: Path, count: int, to: Path, smaller: int = 1) -> Path:
    """Write the first frames of a clip, nearly lossless, so many times smaller: for tests that need no more of it."""
    opened = read_clip(clip)
    size = (opened.width // smaller, opened.height // smaller)
    frames = [
        np.asarray(cv2.resize(frame.luma, size, interpolation=cv2.INTER_AREA), np.uint8)
        for frame in islice(read_frames(opened), count)
    ]
    return write_video(to, frames, fps=round(opened.fps), pixel_format="yuvj420p" if opened.full_range else "yuv420p")


def long_clip(path: Path, frames: int = 480) -> Path:
    """Write a small clip of so many frames that one that is read slowly is never over while somebody waits."""
    small = np.random.default_rng(2).integers(0, 255, (120, 160), dtype=np.uint8)
    return write_video(path, [np.roll(small, shift, axis=1) for shift in range(8)] * (frames // 8))


def write_video(
    path: Path,
    frames: list[NDArray[np.uint8]],
    *,
    fps: int = 25,
    pixel_format: str = "yuvj420p",
    rotate_deg: int = 0,
    times_s: list[float] | None = None,
) -> Path:
    """Write grey frames as H.264, nearly lossless; `times_s` makes the frame rate vary."""
    height, width = frames[0].shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "4", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        if rotate_deg:
            stream.set_display_rotation(rotate_deg)
        converter = VideoReformatter()  # a frame's own would set up its conversion anew
        for i, grey in enumerate(frames):
            frame = converter.reformat(av.VideoFrame.from_ndarray(grey, format="gray"), format=pixel_format)
            frame.pts = round(1000 * (times_s[i] if times_s else i / fps))
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
