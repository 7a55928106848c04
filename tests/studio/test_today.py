"""What the studio's pages begin with."""

import pytest

from rigcoach.base.preferences import put
from rigcoach.rig.profile import profile_paths
from rigcoach.studio.today import usual_profile


@pytest.mark.usefixtures("home")
def test_pages_begin_with_the_profile_that_is_configured_else_with_the_first_drills():
    names = [path.stem for path in profile_paths()]
    assert usual_profile(names) == "hip-video"
    assert usual_profile(["mine"]) == "mine"
    assert usual_profile([]) == ""
    put("rig", "d750-video")
    assert usual_profile(names) == "d750-video"
