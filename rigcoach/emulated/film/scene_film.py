"""What an emulated body sees and records: the practice scene, rendered by a worker process.

The body may not wait (the driver hangs up after 2.5 s), so rendering is somebody else's: `SceneFilm` is the body's
side, `rigcoach.emulated.film.render_worker` the worker's. They talk over a pipe
(`rigcoach.emulated.film.film_messages`).
"""

import multiprocessing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from rigcoach.base.child_process import start_without_ctrl_c
from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.film.film_messages import (
    WHOLE,
    EndClip,
    FileReady,
    FocusAt,
    FromWorker,
    LiveCrop,
    LiveFrame,
    ShowLiveView,
    StartClip,
    TakeStill,
    ToWorker,
    World,
)
from rigcoach.emulated.film.live_truth import NAME as LIVE_TRUTH_NAME
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.picture_info import StillRequest
from rigcoach.emulated.film.stance import card_distance_m, chance_of

# Live view plays this many frames there and back: ten seconds.
LIVE_VIEW_FRAMES = 300
# So many are rendered at a time, the next ones once half of them were shown: a glance costs no more than a glance.
_GLANCE_FRAMES = 8

_GOODBYE_S = 2.0


class FilmError(RigcoachError):
    """The worker that renders what an emulated body sees has died."""

    code = "emulated.film"


class SceneFilm:
    """The practice scene as an emulated body sees it.

    The worker is started when something is to be seen for the first time: many a body is only asked for its settings.

    Parameters
    ----------
    world
        The scene and the lens.
    folder
        Where clips are written.
    truth_folder
        Where what is true of each clip is written, as ``MVI_0001.truth.json``, and of each frame of live view, into
        ``live-view.truth.jsonl`` (`rigcoach.emulated.film.live_truth`); nowhere if None.
    """

    def __init__(self, world: World, folder: Path, truth_folder: Path | None = None) -> None:
        self._world = world
        self._folder = folder
        self._truth_folder = truth_folder
        self._takes = 0  # clips and stills
        self._loop: list[bytes] = []
        self._loop_crop = WHOLE
        self._at, self._step = 0, 1
        self._asked_for: ShowLiveView | None = None
        self._is_shown = False  # not the old loop, while the one that is asked for is awaited
        self._developed: list[FileReady] = []
        self._worker: _Worker | None = None

    def warm_up(self, settings: ExposureSettings) -> None:
        """Have the first frame rendered before somebody asks for it."""
        if self._worker is None:
            # Noted as asked for: the picture may be there before anybody looks, and what follows goes on from it.
            self._ask(settings, WHOLE, 1)

    def await_picture(self, longest_s: float) -> None:
        """Wait until there is a picture to show; longer than a body may, so before anybody can reach it."""
        if self._worker is not None:
            self._worker.pipe.poll(longest_s)

    def look(self, settings: ExposureSettings, crop: LiveCrop = WHOLE) -> bytes | None:
        """Return the next frame of the live view, or None while there is none."""
        self._collect()
        asked = self._asked_for
        if asked is None or (asked.settings, asked.crop) != (settings, crop):
            self._is_shown = False
            self._ask(settings, crop, _GLANCE_FRAMES)
        elif self._is_shown and asked.frame_count - _GLANCE_FRAMES // 2 < self._at < LIVE_VIEW_FRAMES - _GLANCE_FRAMES:
            self._ask(settings, crop, asked.frame_count + _GLANCE_FRAMES)
        # With another exposure the old pictures play on until the new ones come; of another part they tell nothing.
        if not self._loop or self._loop_crop != crop:
            return None
        # There and back over what is rendered.
        if not 0 <= self._at + self._step < len(self._loop):
            self._step = -self._step
        self._at = min(max(self._at + self._step, 0), len(self._loop) - 1)
        return self._loop[self._at]

    def roll(self, name: str, settings: ExposureSettings, longest_frames: int) -> None:
        """Start a clip that ends after so many frames at the latest."""
        self._takes += 1
        self._tell(StartClip(self._takes, settings, longest_frames, self._folder / name, self._truth_path(name)))

    def cut(self, frame_count: int) -> None:
        """End the clip after so many frames."""
        self._tell(EndClip(frame_count))

    def snap(self, settings: ExposureSettings, still: StillRequest) -> None:
        """Take a still."""
        self._takes += 1
        self._tell(TakeStill(self._takes, settings, still, self._folder, self._truth_path(still.files[0].name)))

    def focus(self, focus_m: float) -> None:
        """Focus the lens at another distance."""
        self._world = replace(self._world, focus_m=focus_m)
        if self._worker is not None:
            self._tell(FocusAt(focus_m))
        # What live view shows is rendered anew.
        self._asked_for = None

    @property
    def card_distance_m(self) -> float:
        """How far the card in live view is."""
        return card_distance_m(self._world, chance_of(self._world, 1))

    def developed(self) -> list[FileReady]:
        """Return the clips and stills that were finished since the last call."""
        self._collect()
        done, self._developed = self._developed, []
        return done

    def close(self) -> None:
        """End the worker; where it may be at a clip or a still, it gets a moment to end it."""
        if self._worker is None:
            return
        process = self._worker.process
        self._worker.pipe.close()
        if self._takes:
            process.join(_GOODBYE_S)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()

    def _truth_path(self, name: str) -> Path | None:
        return None if self._truth_folder is None else self._truth_folder / f"{Path(name).stem}.truth.json"

    @property
    def _live_truth_path(self) -> Path | None:
        return None if self._truth_folder is None else self._truth_folder / LIVE_TRUTH_NAME

    def _ask(self, settings: ExposureSettings, crop: LiveCrop, frame_count: int) -> None:
        self._asked_for = ShowLiveView(settings, crop, frame_count, self._live_truth_path)
        self._tell(self._asked_for)

    def _tell(self, message: ToWorker) -> None:
        if self._worker is None:
            self._worker = _started(self._world)
        try:
            self._worker.pipe.send(message)
        except OSError as error:
            raise self._torn() from error

    def _collect(self) -> None:
        if self._worker is None:
            return
        try:
            while self._worker.pipe.poll():
                message: FromWorker = self._worker.pipe.recv()
                match message:
                    case FileReady():
                        self._developed.append(message)
                    case LiveFrame():
                        self._show(message)
        except (EOFError, OSError) as error:
            raise self._torn() from error

    def _show(self, frame: LiveFrame) -> None:
        # The old loop plays on until the first frame with the new settings is there.
        if frame.index == 0:
            self._loop.clear()
            self._loop_crop = frame.crop
            self._at, self._step = 0, 1
            self._is_shown = True
        self._loop.append(frame.jpeg)

    def _torn(self) -> FilmError:
        return FilmError(
            "the emulated body can no longer see",
            why="the process that renders its scene has ended",
            next_step="Start the emulated body again",
        )


@dataclass(frozen=True, slots=True)
class _Worker:
    """The worker's process, and the body's end of the pipe to it."""

    process: BaseProcess
    pipe: Connection


def _started(world: World) -> _Worker:
    context = multiprocessing.get_context("spawn")
    pipe, workers_end = context.Pipe()
    process = context.Process(target=_work, args=(workers_end, world), daemon=True)
    # It ends when its pipe does, not before.
    start_without_ctrl_c(process)
    workers_end.close()
    return _Worker(process, pipe)


def _work(pipe: Connection, world: World) -> None:
    # Only the worker's process is to carry OpenCV and the encoder.
    from rigcoach.emulated.film import render_worker

    render_worker.work(pipe, world)
