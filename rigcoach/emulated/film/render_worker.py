"""The worker process that renders what an emulated body sees and records.

It hears from the body over a pipe, in the messages of `rigcoach.emulated.film.scene_film`, and ends when the pipe does,
so that it never outlives the body. Between messages it does one frame of work for live view and one for a clip. A clip
is rendered while it is being recorded, so that it is nearly done when the recording ends.
"""

import os
import signal
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.base.atomic_file import atomic_file
from rigcoach.emulated.film import clip_length, live_truth, picture_files
from rigcoach.emulated.film.film_messages import (
    EndClip,
    FileReady,
    FocusAt,
    LiveFrame,
    ShowLiveView,
    StartClip,
    TakeStill,
    ToWorker,
    World,
)
from rigcoach.emulated.film.scenarios import live_view_scene, scene_frame, still_scene, take_scene
from rigcoach.scene.render import RenderedFrame, Renderer
from rigcoach.scene.truth import clip_truth

RENDER_THREADS = 2
RENDER_AHEAD = 4
JPEG_QUALITY = 85
IDLE_S = 0.1
# The message that a clip has ended may be this late; what was recorded after it isn't in the clip.
LATE_CUT_S = 1.0


def work(pipe: Connection, world: World) -> None:
    """Render what is asked for until the pipe ends."""
    # Ctrl-C reaches the whole process group, but only the pipe's end is the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The body has to answer in time, the pictures may come late.
    os.nice(5)
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(RENDER_THREADS) as pool:
        try:
            _Renderer(pipe, world, pool).work()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pool.shutdown(cancel_futures=True)


class _Renderer:
    """The jobs in hand."""

    def __init__(self, pipe: Connection, world: World, pool: ThreadPoolExecutor) -> None:
        self._pipe = pipe
        self._world = world
        self._pool = pool
        self._live_view: _LiveView | None = None
        self._clips: deque[_Clip] = deque()
        self._stills: deque[Future[tuple[FileReady, ...]]] = deque()

    def work(self) -> None:
        """Take messages while there are any, else do one frame of each job, else wait."""
        wait_s: float | None = None
        while True:
            heard_s = time.monotonic()
            while self._pipe.poll(wait_s):
                wait_s = 0
                self._take(self._pipe.recv())
            looked = self._render_live_view()
            wait_s = self._render_clip(heard_s)
            if self._send_still() and wait_s is None:
                wait_s = IDLE_S
            if looked:
                wait_s = 0

    def _take(self, message: ToWorker) -> None:
        match message:
            case ShowLiveView():
                if self._live_view is None or not self._live_view.goes_on(message):
                    self._live_view = _LiveView(self._world, message)
            case FocusAt():
                self._world = replace(self._world, focus_m=message.focus_m)
                self._live_view = None
            case StartClip():
                self._clips.append(_Clip(self._world, message, self._pool))
            case EndClip():
                self._clips[-1].cut(message.frame_count)
            case TakeStill():
                self._stills.append(self._pool.submit(_take_still, self._world, message))

    def _render_live_view(self) -> bool:
        frame = None if self._live_view is None else self._live_view.render()
        if frame is not None:
            self._pipe.send(frame)
        return frame is not None

    def _render_clip(self, heard_s: float) -> float | None:
        """Render a frame of the oldest clip; return how long to wait for a message before the next one.

        `heard_s` is the time up to which all messages have been heard.
        """
        if not self._clips:
            return None
        clip = self._clips[0]
        rendered = clip.render_frame(heard_s)
        if clip.is_whole:
            self._pipe.send(clip.finish())
            self._clips.popleft()
            return 0
        return 0 if rendered else IDLE_S

    def _send_still(self) -> bool:
        """Send a still that is done; return whether there are any in hand."""
        if self._stills and self._stills[0].done():
            for ready in self._stills.popleft().result():
                self._pipe.send(ready)
        return bool(self._stills)


class _Clip:
    """A clip that is being recorded, or was and isn't rendered yet."""

    def __init__(self, world: World, roll: StartClip, pool: ThreadPoolExecutor) -> None:
        self._roll = roll
        self._pool = pool
        spec = take_scene(world, roll.settings, roll.take)
        self._renderer = Renderer(spec)
        self._until_whole = ExitStack()
        path = self._until_whole.enter_context(atomic_file(roll.path))
        from rigcoach.scene.encoder import Encoder  # takes a while to load, and many a body never records

        self._encoder = Encoder(spec, path, group_frames=clip_length.GROUP_FRAMES)
        self._started_s = time.monotonic()
        self._frame_count: int | None = None
        self._thumbnail = b""
        self._submitted = 0
        self._waiting: deque[Future[RenderedFrame]] = deque()

    def cut(self, frame_count: int) -> None:
        """Take note of the clip's length."""
        if frame_count < self._submitted:
            raise ValueError("more frames were rendered than the clip has")
        self._frame_count = frame_count

    @property
    def is_whole(self) -> bool:
        """Whether every frame is written."""
        return self._encoder.frame_count == self._frame_count

    def render_frame(self, heard_s: float) -> bool:
        """Write the next frame, if it is sure to be in the clip; False if not."""
        while self._submitted < self._sure_frames(heard_s) and len(self._waiting) < RENDER_AHEAD:
            self._waiting.append(self._pool.submit(self._renderer.frame, scene_frame(self._submitted)))
            self._submitted += 1
        if not self._waiting:
            return False
        frame = self._waiting.popleft().result()
        if self._encoder.frame_count == 0:
            self._thumbnail = picture_files.thumbnail(_picture(frame))
        self._encoder.add(frame)
        return True

    def finish(self) -> FileReady:
        """Put the clip and its truth in their places."""
        truth = self._encoder.finish()
        self._until_whole.close()
        if self._roll.truth_path is not None:
            truth.write(self._roll.truth_path)
        return FileReady(self._roll.path, self._thumbnail)

    def _sure_frames(self, heard_s: float) -> int:
        if self._frame_count is not None:
            return self._frame_count
        sure = clip_length.frames_so_far(max(0.0, heard_s - LATE_CUT_S - self._started_s))
        return min(sure, self._roll.longest_frames)


class _LiveView:
    """What is seen with one exposure, frame by frame; the scene is built when the first is rendered."""

    def __init__(self, world: World, look: ShowLiveView) -> None:
        self._world = world
        self._look = look
        self._renderer: Renderer | None = None
        self._next = 0

    def goes_on(self, look: ShowLiveView) -> bool:
        """Take note of how far to go on; False where the exposure is another, and all begins anew."""
        if (look.settings, look.crop) != (self._look.settings, self._look.crop):
            return False
        self._look = look
        return True

    def render(self) -> LiveFrame | None:
        """Return the next frame, None where as many as are wanted are rendered."""
        if self._next >= self._look.frame_count:
            return None
        if self._renderer is None:
            self._renderer = Renderer(live_view_scene(self._world, self._look.settings, self._look.crop))
        rendered = self._renderer.frame(self._next)
        frame = LiveFrame(self._next, picture_files.encoded(_picture(rendered), JPEG_QUALITY), self._look.crop)
        self._next += 1
        if self._look.truth_path is not None:
            live_truth.add(self._look.truth_path, frame.jpeg, rendered.truth)
        return frame


def _take_still(world: World, snap: TakeStill) -> tuple[FileReady, ...]:
    """Write a still and what is true of it; nothing stands in a file's place before it is whole.

    The truth is that of the first file: a second one of another size shows the same in other pixels.
    """
    ready: list[FileReady] = []
    info = snap.still.info
    for size_px in dict.fromkeys(file.size_px for file in snap.still.files):
        spec = still_scene(world, snap.settings, snap.take, size_px)
        files = [file for file in snap.still.files if file.size_px == size_px]
        renderer = Renderer(spec)
        # What a raw holds costs nothing where none is written.
        frame, light = renderer.still(0) if any(file.raw for file in files) else (renderer.frame(0), None)
        picture = _picture(frame)
        small = picture_files.thumbnail(picture)
        if not ready and snap.truth_path is not None:
            clip_truth(spec, (frame.truth,)).write(snap.truth_path)
        whole = picture_files.jpeg(picture, small, snap.settings, info)
        for file in files:
            data = picture_files.raw(light, whole, snap.settings, info) if file.raw and light is not None else whole
            ready.append(_written(snap.folder / file.name, data, small))
    return tuple(ready)


def _written(path: Path, data: bytes, thumbnail: bytes) -> FileReady:
    with atomic_file(path) as unfinished:
        unfinished.write_bytes(data)
    return FileReady(path, thumbnail)


def _picture(frame: RenderedFrame) -> NDArray[np.uint8]:
    """Return a frame as BGR."""
    size = frame.luma.shape[::-1]
    chroma = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in (frame.cr, frame.cb))
    return np.asarray(cv2.cvtColor(cv2.merge([frame.luma, *chroma]), cv2.COLOR_YCrCb2BGR), np.uint8)
