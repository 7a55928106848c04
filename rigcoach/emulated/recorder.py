"""A clip written frame by frame while it is being recorded, as an EOS 5D Mark II writes one."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from rigcoach.emulated import movie
from rigcoach.scene.render import RenderedFrame
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import ClipTruth, FrameTruth, clip_truth

# 40 to 60 Mbit/s, more the noisier the picture; the real body writes about 40.
_CRF, _PRESET = 16, "ultrafast"
# x264's output depends on how many threads encode.
_ENCODER_THREADS = 2


class Recorder:
    """An H.264 clip in MOV without B-frames: full range, BT.601 matrix, BT.709 curve, as the real body tags its own.

    The same frames give the same bytes. Nothing stands at `path` before the clip is whole.
    """

    def __init__(self, spec: SceneSpec, path: Path) -> None:
        self._spec = spec
        self._path = path
        self._unfinished = path.with_name(path.name + ".part")
        self._truths: list[FrameTruth] = []
        self._output = av.open(str(self._unfinished), "w", format="mov")
        self._stream = self._output.add_stream("libx264", rate=spec.fps)
        self._stream.width, self._stream.height, self._stream.pix_fmt = spec.width, spec.height, "yuvj420p"
        context = self._stream.codec_context
        context.color_range = ColorRange.JPEG
        context.colorspace = Colorspace.SMPTE170M
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.gop_size = movie.GROUP_FRAMES
        context.max_b_frames = 0
        context.thread_count = _ENCODER_THREADS
        context.options = {
            "crf": str(_CRF),
            "preset": _PRESET,
            "x264-params": f"keyint={movie.GROUP_FRAMES}:scenecut=0",
        }

    @property
    def frame_count(self) -> int:
        """Frames written so far."""
        return len(self._truths)

    def add(self, rendered: RenderedFrame) -> None:
        """Write the next frame."""
        frame = av.VideoFrame(self._spec.width, self._spec.height, "yuvj420p")
        for plane, pixels in zip(frame.planes, (rendered.luma, rendered.cb, rendered.cr), strict=True):
            _fill(plane, pixels)
        frame.pts = self.frame_count
        self._output.mux(self._stream.encode(frame))
        self._truths.append(replace(rendered.truth, t_s=self._spec.time_s(self.frame_count)))

    def finish(self) -> ClipTruth:
        """Put the clip in its place; return what is true of it."""
        self._output.mux(self._stream.encode(None))
        self._output.close()
        self._unfinished.replace(self._path)
        return clip_truth(self._spec, tuple(self._truths))


def _fill(plane: av.video.plane.VideoPlane, pixels: NDArray[np.uint8]) -> None:
    rows, columns = pixels.shape
    np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:rows, :columns] = pixels
