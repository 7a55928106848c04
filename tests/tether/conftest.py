"""The emulated body on the other end of libgphoto2's real driver."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rigcoach.base.progress import Advance
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.shooting import Options
from rigcoach.tether.camera import Camera


@pytest.fixture
def body(home: Path) -> Iterator[EmulatedBody]:  # noqa: ARG001 - moves user data
    """An emulated EOS 5D Mark II with a manual lens on a plain adapter."""
    with EmulatedBody(options=Options(movie_px=(960, 540))) as running:
        yield running


@pytest.fixture
def camera(body: EmulatedBody) -> Iterator[Camera]:
    with Camera(body.port_path, model=body.model) as opened:
        yield opened


@pytest.fixture
def kill_after(body: EmulatedBody) -> Callable[[float], Advance]:
    """Progress that takes the body away once so much is done."""

    def make(enough: float) -> Advance:
        def progress(done: float, _of: float | None) -> None:
            if done >= enough:
                body.kill()

        return progress

    return make
