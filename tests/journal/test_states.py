"""Which step may follow on which, and that the documentation shows the table."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rigcoach.drills.files import load_drill
from rigcoach.journal import folder
from rigcoach.journal.states import (
    SESSION_STEPS,
    TAKE_STEPS,
    IllegalStepError,
    SessionState,
    TakeState,
    diagram,
    state_after,
)
from rigcoach.practice.open_session import OpenSession, new_session
from rigcoach.rig.profile import load_profile

PAGE = Path(__file__).parents[2] / "docs" / "drills.md"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenSession:
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    drill = load_drill("still-2m")
    session = new_session(drill, drill.stations, "", load_profile("hip-video"), tethered=True)
    path = folder.create(session)
    return OpenSession(path, folder.read(path))


def test_a_take_goes_its_way_and_every_step_is_on_disk(session: OpenSession) -> None:
    session.begin_take(1)
    session.recorded(1, "/store_00010001/DCIM/100CANON/MVI_0001.MOV", 10, 6.04)
    session.fetched(1, "take-01.mov", 10)
    take = folder.read(session.folder).takes[0]
    assert (take.state, take.clip, take.recorded_s, take.matched_by) == (
        TakeState.FETCHED,
        "take-01.mov",
        6.04,
        "recorded",
    )


def test_a_take_that_is_on_the_card_stays_so_when_it_cannot_be_fetched(session: OpenSession) -> None:
    session.begin_take(1)
    session.recorded(1, "MVI_0001.MOV", 10, 6.0)
    session.failed(1, "the cable is gone")
    assert (session.take(1).state, session.take(1).error) == (TakeState.RECORDED, "the cable is gone")
    with pytest.raises(IllegalStepError, match="recorded"):
        session.missing(1)


@pytest.mark.parametrize(
    "illegal",
    [
        lambda session: session.recorded(1, "x", 1, 1.0),
        lambda session: (session.begin_take(1), session.begin_take(1)),
        lambda session: (session.fetched(1, "x", 1), session.fetched(1, "y", 1)),
        lambda session: (session.closed(), session.waiting()),
        lambda session: (session.closed(), session.stopped()),
    ],
)
def test_an_illegal_step_raises_and_changes_nothing(
    session: OpenSession, illegal: Callable[[OpenSession], object]
) -> None:
    from rigcoach.journal import folder

    with pytest.raises(IllegalStepError):
        illegal(session)
    assert folder.read(session.folder) == session.session


def test_nothing_that_was_recorded_can_be_called_missing() -> None:
    for state in (TakeState.RECORDED, TakeState.FETCHED, TakeState.SCORED):
        with pytest.raises(IllegalStepError):
            state_after(TAKE_STEPS, state, "no clip found")
    assert state_after(SESSION_STEPS, SessionState.STOPPED, "all takes accounted for") is SessionState.CLOSED


def test_the_documentation_shows_the_table() -> None:
    page = PAGE.read_text("utf-8")
    for drawn in (diagram(TAKE_STEPS), diagram(SESSION_STEPS)):
        assert f"```mermaid\n{drawn}\n```" in page, "make it anew with rigcoach.journal.states.diagram"
