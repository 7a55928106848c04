"""Rendered frames as H.264, tagged as an EOS 5D Mark II tags its own."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from numpy.typing import NDArray

from rigcoach.scene.render import RenderedFrame
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import ClipTruth, FrameTruth, clip_truth

# ITU-T H.273, MatrixCoefficients 6. PyAV's own enumeration numbers libswscale's tables instead.
_BT601_MATRIX = 6

# x264's output depends on how many threads encode, so the number is fixed.
_ENCODER_THREADS = 2


class Encoder:
    """A clip written frame by frame: no B-frames, full range, BT.601 matrix, BT.709 primaries and curve.

    The same frames give the same bytes with the same libraries on the same kind of processor.

    Parameters
    ----------
    spec
        The scene.
    path
        The file.
    container
        Its format, by FFmpeg's name.
    crf, preset
        x264's constant rate factor and preset. The defaults give 40 to 60 Mbit/s at 1920x1080, more the noisier the
        picture; the real body writes about 40.
    group_frames
        From one key frame to the next.
    creation_time
        Written into the container when given.
    """

    def __init__(
        self,
        spec: SceneSpec,
        path: Path,
        container: str = "mov",
        *,
        crf: float = 16,
        preset: str = "ultrafast",
        group_frames: int = 15,
        creation_time: datetime | None = None,
    ) -> None:
        self._spec = spec
        self._truths: list[FrameTruth] = []
        self._output = av.open(str(path), "w", format=container)
        if creation_time is not None:
            self._output.metadata["creation_time"] = creation_time.isoformat()
        self._stream = self._output.add_stream("libx264", rate=spec.fps)
        self._stream.width, self._stream.height, self._stream.pix_fmt = spec.width, spec.height, "yuvj420p"
        context = self._stream.codec_context
        context.color_range = ColorRange.JPEG
        context.colorspace = _BT601_MATRIX
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.gop_size = group_frames
        context.max_b_frames = 0
        context.thread_count = _ENCODER_THREADS
        context.options = {"crf": str(crf), "preset": preset, "x264-params": f"keyint={group_frames}:scenecut=0"}

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
        """Write what is left and close the file; return what is true of the clip."""
        self._output.mux(self._stream.encode(None))
        self.close()
        return clip_truth(self._spec, tuple(self._truths))

    def close(self) -> None:
        """Close the file, whole or not."""
        self._output.close()


def _fill(plane: VideoPlane, pixels: NDArray[np.uint8]) -> None:
    rows, columns = pixels.shape
    np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:rows, :columns] = pixels
