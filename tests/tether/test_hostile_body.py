"""A body that means no good, at the real driver. ``bench/hostile_body.py`` tries hundreds."""

import os
from pathlib import Path

import hostile_body
import pytest

from rigcoach.tether.errors import CameraRefusedError
from rigcoach.tether.process.driver import Driver


@pytest.mark.slow
@pytest.mark.parametrize("how", ["names", "short names", "counts", "answers"])
def test_a_body_that_means_no_good_harms_nothing(how: str) -> None:
    tally = hostile_body.Tally()
    hostile_body.attack(how, 5, tally)
    assert tally.failures == []
    assert tally.done or tally.refused


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    driver = Driver(tmp_path, os.getpid())
    driver._camera = object()
    with pytest.raises(CameraRefusedError, match="bytes that are not text"):
        driver._call("listing the card", lambda _camera: b"MVI_\x8a.MOV".decode())
