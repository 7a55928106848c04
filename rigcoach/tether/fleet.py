"""Several bodies at once: each is opened, given a profile and read back in a thread and a worker process of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rigcoach.base.progress import Advance, no_progress
from rigcoach.rig.profile import Profile
from rigcoach.tether import errors
from rigcoach.tether.camera import Camera, plugged_in
from rigcoach.tether.errors import CameraError
from rigcoach.tether.process.ports import GENERIC_NETWORK_MODEL, FoundPort, is_network
from rigcoach.tether.settings.apply import Applied, apply, put_back
from rigcoach.tether.settings.snapshot import Snapshot

ALL = "all"
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class FleetResult:
    """What came of a profile on one body: `applied`, or `error` where the body could not be opened or was lost."""

    found: FoundPort
    applied: Applied | None = None
    error: CameraError | None = None

    @property
    def ok(self) -> bool:
        """Whether the body has all that software can set."""
        return self.applied is not None and self.applied.ok


def cameras_meant(camera: str) -> tuple[FoundPort, ...]:
    """Return the cameras of ``all`` (those that are plugged in) or of ports joined with ``+``.

    Raises
    ------
    CameraNotFoundError
        Where there is none.
    """
    names = [each.strip() for each in camera.split("+") if each.strip()]
    if all(is_network(name) for name in names):
        return tuple(FoundPort(GENERIC_NETWORK_MODEL, name) for name in dict.fromkeys(names))
    found = plugged_in()
    if camera == ALL:
        if not found:
            raise errors.none_found()
        return found
    by_port = {each.port: each for each in found}
    return tuple(by_port.get(name, FoundPort(GENERIC_NETWORK_MODEL, name)) for name in dict.fromkeys(names))


def apply_to_all(
    cameras: tuple[FoundPort, ...],
    profile: Profile,
    advance: Advance = no_progress,
    *,
    keep: Callable[[Snapshot], object] | None = None,
) -> tuple[FleetResult, ...]:
    """Give every camera the settings of a profile, all at once.

    One body that is lost or refuses does not keep the others from being set. Ctrl-C puts back what was set on each,
    those too that were done before.

    Parameters
    ----------
    cameras
        As `cameras_meant` returns them.
    profile, keep
        As for `rigcoach.tether.settings.apply.apply`.
    advance
        Called with how many bodies are done.
    """
    stopped, over, writing = threading.Event(), threading.Event(), threading.Lock()
    done: list[FoundPort] = []
    one_more = threading.Condition()

    def heed(_done: float, _of: float | None) -> None:
        if stopped.is_set():
            # Undone by `apply`, as it is by Ctrl-C where there is one camera.
            raise KeyboardInterrupt

    def keep_alone(before: Snapshot) -> None:
        if keep is not None:
            with writing:
                keep(before)

    def count(found: FoundPort) -> None:
        with one_more:
            done.append(found)
            one_more.notify()

    def one(found: FoundPort) -> FleetResult:
        model = None if found.model == GENERIC_NETWORK_MODEL else found.model
        try:
            with Camera(found.port, model=model) as camera:
                applied = apply(camera, profile, heed, keep=keep_alone)
                count(found)
                # Until all are done this one may have to be put back.
                over.wait()
                if stopped.is_set():
                    put_back(camera, applied)
                return FleetResult(found, applied)
        except CameraError as error:
            return FleetResult(found, error=error)
        finally:
            if found not in done:
                count(found)

    with ThreadPoolExecutor(max_workers=len(cameras), thread_name_prefix="camera") as pool:
        futures = [pool.submit(one, found) for found in cameras]
        try:
            advance(len(done), len(cameras))
            while len(done) < len(cameras):
                with one_more:
                    one_more.wait_for(lambda: len(done) == len(cameras), _LOOK_S)
                advance(len(done), len(cameras))
        except BaseException:
            stopped.set()
            raise
        finally:
            over.set()
        return tuple(future.result() for future in futures)
