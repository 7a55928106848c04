"""A scene written as a clip: H.264 as an EOS 5D Mark II tags it, and the truth beside it."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream

from rigcoach.errors import RigcoachError
from rigcoach.scene.render import RenderedFrame, Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import ClipTruth, clip_truth
from rigcoach.whole_file import whole_file

CONTAINERS = {".mov": "mov", ".mp4": "mp4", ".mkv": "matroska"}

# ITU-T H.273, MatrixCoefficients 6. PyAV's own enumeration numbers libswscale's tables instead.
BT601_MATRIX = 6

GROUP_OF_PICTURES = 15
RENDER_THREADS = 2
# x264's output depends on how many threads encode, so the number is fixed.
ENCODER_THREADS = 2


class SceneError(RigcoachError):
    """A clip of a scene could not be written."""

    code = "scene.write"


def write_clip(
    spec: SceneSpec,
    frame_count: int,
    path: Path,
    *,
    truth_path: Path | None = None,
    crf: float = 16,
    preset: str = "ultrafast",
    creation_time: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> ClipTruth:
    """Render a scene's first `frame_count` frames into a clip at `path`, and the clip's truth as JSON.

    H.264 in the container that the suffix names (.mov, .mp4, .mkv), no B-frames, a key frame every 15; full range,
    BT.601 matrix, BT.709 primaries and curve. The same spec gives the same bytes with the same libraries on the same
    kind of processor. The clip appears under its name only when it is whole.

    Parameters
    ----------
    truth_path
        Where the truth goes; `path` with the suffix `.truth.json` when not given.
    crf, preset
        x264's constant rate factor and preset. The defaults give about 40 Mbit/s at 1920x1080.
    creation_time
        Written into the container when given.
    progress
        Called with the number of frames written, after each.

    Raises
    ------
    SceneError
        The suffix is of no known container, or the file cannot be written.
    ValueError
        Fewer than one frame, or the camera walks into the card.
    """
    if frame_count < 1:
        raise ValueError("a clip has at least one frame")
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise SceneError(
            f"{path.name} cannot be written",
            why=f"{path.suffix or 'no suffix'} names no container known here",
            next_step=f"Use one of {', '.join(CONTAINERS)}.",
            code="scene.container",
        )
    try:
        with whole_file(path) as unfinished:
            truth = _encode(spec, frame_count, unfinished, container, crf, preset, creation_time, progress)
            truth.write(truth_path or path.with_suffix(".truth.json"))
    except OSError as error:
        raise SceneError(
            f"{path.name} cannot be written", why=str(error), next_step="Check the folder and its free space."
        ) from error
    return truth


def _encode(
    spec: SceneSpec,
    frame_count: int,
    path: Path,
    container: str,
    crf: float,
    preset: str,
    creation_time: datetime | None,
    progress: Callable[[int], None] | None,
) -> ClipTruth:
    truths = []
    with av.open(str(path), "w", format=container) as output:
        if creation_time is not None:
            output.metadata["creation_time"] = creation_time.isoformat()
        stream = output.add_stream("libx264", rate=spec.fps)
        _configure(stream, spec, crf, preset)
        for index, frame in enumerate(_rendered(spec, frame_count)):
            output.mux(stream.encode(_video_frame(frame, index)))
            truths.append(frame.truth)
            if progress is not None:
                progress(index + 1)
        output.mux(stream.encode(None))
    return clip_truth(spec, tuple(truths))


def _configure(stream: VideoStream, spec: SceneSpec, crf: float, preset: str) -> None:
    stream.width, stream.height = spec.width, spec.height
    stream.pix_fmt = "yuvj420p"
    context = stream.codec_context
    context.color_range = ColorRange.JPEG
    context.colorspace = BT601_MATRIX
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.gop_size = GROUP_OF_PICTURES
    context.max_b_frames = 0
    context.thread_count = ENCODER_THREADS
    context.options = {"crf": str(crf), "preset": preset, "x264-params": f"keyint={GROUP_OF_PICTURES}:scenecut=0"}


def _rendered(spec: SceneSpec, frame_count: int) -> Iterator[RenderedFrame]:
    """Yield the frames in order, a few rendered ahead."""
    renderer = Renderer(spec)
    with ThreadPoolExecutor(RENDER_THREADS) as pool:
        waiting: deque[Future[RenderedFrame]] = deque()
        try:
            indices = iter(range(frame_count))
            waiting.extend(
                pool.submit(renderer.frame, index) for index in itertools.islice(indices, 2 * RENDER_THREADS)
            )
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(renderer.frame, index) for index in itertools.islice(indices, 1))
        finally:
            for future in waiting:
                future.cancel()


def _video_frame(rendered: RenderedFrame, index: int) -> av.VideoFrame:
    height, width = rendered.luma.shape
    planes = np.concatenate([plane.ravel() for plane in (rendered.luma, rendered.cb, rendered.cr)])
    frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuvj420p")
    frame.pts = index
    return frame
