"""A scene written as a clip: H.264 as an EOS 5D Mark II tags it, and the truth beside it."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.errors import RigcoachError
from rigcoach.scene.encoder import Encoder
from rigcoach.scene.render import RenderedFrame, Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import ClipTruth

CONTAINERS = {".mov": "mov", ".mp4": "mp4", ".mkv": "matroska"}

RENDER_THREADS = 2


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

    H.264 as `rigcoach.scene.encoder.Encoder` writes it, in the container that the suffix names (.mov, .mp4, .mkv). The
    clip appears under its name only when it is whole.

    Parameters
    ----------
    truth_path
        Where the truth goes; `path` with the suffix `.truth.json` when not given.
    crf, preset
        x264's constant rate factor and preset, as for `Encoder`.
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
        with atomic_file(path) as unfinished:
            encoder = Encoder(spec, unfinished, container, crf=crf, preset=preset, creation_time=creation_time)
            with closing(encoder):
                for frame in _rendered(spec, frame_count):
                    encoder.add(frame)
                    if progress is not None:
                        progress(encoder.frame_count)
                truth = encoder.finish()
            truth.write(truth_path or path.with_suffix(".truth.json"))
    except OSError as error:
        raise SceneError(
            f"{path.name} cannot be written", why=str(error), next_step="Check the folder and its free space."
        ) from error
    return truth


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
