"""Bodies made of listings, and everything that rigcoach does with a camera's settings (``bench/bodies.py``)."""

from pathlib import Path

import bodies
import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.tether.camera import Camera

# Of each maker an old body, a new one, one in another language, and one that listed something odd.
TRIED = (
    "canon-eos-1dx", "canon-eos-m100", "canon-eos-r5", "canon-eos750d", "canon-powershot-g5x",
    "nikon-coolpix-p1000", "nikon-d5200", "nikon-d7100", "nikon-z6-2", "nikon-d750",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("body", TRIED)
def test_show_check_apply_restore_and_capture_pass(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    row = bodies.run(shared / "cameras" / f"{body}.json")
    assert {step: wrong for step, wrong in row.steps.items() if wrong} == {}
    assert row.passes


def test_an_aperture_between_those_that_are_listed_does_not_end_the_driver(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # libgphoto2 then gives the widget no value at all, at which python-gphoto2 crashes.
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    with (
        EmulatedBody(shared / "cameras" / "nikon-coolpix-p1000.json") as body,
        Camera(body.port_path, model=body.model) as camera,
    ):
        assert camera.listing().current("f-number") == ""
        assert camera.get("f-number").choices == ("f/3.4", "f/6.3")
