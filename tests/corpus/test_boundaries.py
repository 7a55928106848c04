"""Any bytes at any place where bytes come in: read, or refused with an error of rigcoach's own, in bounded time.

``bench/fuzz.py`` gives them ten thousand.
"""

from pathlib import Path

import fuzz
import numpy as np
import pytest
from boundaries import BOUNDARIES, Boundary
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_work import at_home

from rigcoach.base.errors import RigcoachError

SETTINGS = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACES = pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda boundary: boundary.name)


class Leaky(Boundary):
    """A place that lets out another error than rigcoach's own."""

    name = "leaky"

    def examples(self, folder: Path) -> list[bytes]:  # noqa: ARG002 - as every place
        return [b"12"]

    def read(self, content: bytes, folder: Path) -> None:  # noqa: ARG002
        int(content.decode())


@PLACES
def test_whole_examples_are_read(boundary: Boundary, tmp_path: Path) -> None:
    made, folder = tmp_path / "made", tmp_path / "read"
    for each in (made, folder):
        each.mkdir()
    with at_home(made):
        examples = boundary.examples(made)
    with at_home(folder):
        for content in examples:
            if boundary.name == "detector weights":  # none of those that were published is made here
                with pytest.raises(RigcoachError):
                    boundary.read(content, folder)
            else:
                boundary.read(content, folder)


@PLACES
@SETTINGS
@given(content=st.binary(max_size=400))
def test_any_bytes(boundary: Boundary, tmp_path: Path, content: bytes) -> None:
    told = ""
    with at_home(tmp_path):
        try:
            boundary.read(content, tmp_path)
        except RigcoachError as error:
            told = error.line()
    assert told.isprintable()


@PLACES
@SETTINGS
@given(seed=st.integers(0, 2**32 - 1))
def test_spoilt_examples(boundary: Boundary, seed: int) -> None:
    tally = fuzz.fuzz(boundary, 3, np.random.default_rng(seed))
    assert [why for why, _ in tally.failures] == []


@pytest.mark.slow
def test_spoilt_clips() -> None:
    tally = fuzz.fuzz_clips(30, np.random.default_rng(3))
    assert [why for why, _ in tally.failures] == []
    assert tally.read
    assert tally.refused


def test_another_error_would_be_found() -> None:
    assert fuzz.fuzz(Leaky(), 20, np.random.default_rng(1)).failures
