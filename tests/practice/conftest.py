"""What tests of drills share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_work import InPlace
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody


@pytest.fixture
def body(home: Path) -> Iterator[EmulatedBody]:  # noqa: ARG001 - moves user data
    """An emulated EOS 5D Mark II with a manual lens on a plain adapter."""
    with EmulatedBody(options=SMALL) as running:
        yield running


@pytest.fixture
def scored_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips that are brought in are scored by the test's own process, where another's is not what a test is about."""
    monkeypatch.setattr("rigcoach.practice.ingest.Scorer", InPlace)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A drill of two takes that last half a second."""
    path = tmp_path / "short.toml"
    path.write_text("seconds = 0.5\ntakes = 2\npause_s = 0\n")
    return path
