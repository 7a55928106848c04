from pathlib import Path

import pytest
from made_once import made_once
from report.reviewed import Reviewed, review_scene

HOSTILE = '<script>alert("x")<!--&amp;.mov'


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """A scored scene whose file has a name that would run in a page that doesn't escape it."""
    return made_once(tmp_path_factory, "reviewed", lambda folder: review_scene(folder / HOSTILE))


@pytest.fixture(scope="session")
def page(reviewed: Reviewed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.page import write

    path = tmp_path_factory.mktemp("page") / "review.html"
    write(path, clip_page(reviewed.scored, reviewed.profile))
    return path
