"""What the studio's pages begin with."""

import time

import pytest
from journal.made_sessions import kept

from rigcoach.base.preferences import put
from rigcoach.rig.profile import profile_paths
from rigcoach.studio.today import today, usual_profile


@pytest.mark.usefixtures("home")
def test_pages_begin_with_the_profile_that_is_configured_else_with_the_first_drills():
    names = [path.stem for path in profile_paths()]
    assert usual_profile(names) == "hip-video"
    assert usual_profile(["mine"]) == "mine"
    assert usual_profile([]) == ""
    put("rig", "d750-video")
    assert usual_profile(names) == "d750-video"


@pytest.mark.usefixtures("home")
def test_a_session_stands_under_the_photographers_day_and_is_marked_where_it_is_the_emulators(
    monkeypatch: pytest.MonkeyPatch,
):
    kept("still-2m", (50.0, 50.0), day=0.25)  # at 15:00 UTC on 1 March
    kept("still-2m", (60.0, 60.0), day=1.25, counts=False, emulated=True, not_counted=("emulated",))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # fourteen hours ahead
    time.tzset()
    try:
        assert [(each.day, each.emulated) for each in today().sessions] == [("2026-03-03", True), ("2026-03-02", False)]
    finally:
        monkeypatch.undo()
        time.tzset()
