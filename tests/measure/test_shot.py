from pathlib import Path

import pytest

from rigcoach.optics import shots

ROOT = Path(__file__).parents[2]


def test_scoring_md_publishes_the_table() -> None:
    text = (ROOT / "docs/scoring.md").read_text(encoding="utf-8")
    for largest, name in shots.SCALES:
        assert f"| {name} | {100 * largest:.0f} % |" in text
    for name, start, to, clean in shots.CUTS[:-1]:
        assert f"| {name} | {start:g}–{to:g} | {'clean' if clean else 'bad'} |" in text


@pytest.mark.parametrize(
    ("heads", "name", "clean"),
    [(2.1, "chest", True), (4.5, "thigh", True), (5.65, "knees", False), (7.0, "ankles", False)],
)
def test_clean_and_bad_cuts_of_a_figure_are_told_apart(heads: float, name: str, clean: bool) -> None:
    cut = shots.figure_cut(heads)
    # A head's height is uncertain by a tenth: at the ankles that is more than the whole band.
    assert (cut is None) == (name == "ankles")
    if cut is not None:
        assert (cut.name, cut.clean) == (name, clean)


def test_a_crown_beyond_the_frames_top_is_a_cut_forehead() -> None:
    told = shots.shot_of_face(-20, 100, 1080)
    assert told.cut is not None
    assert (told.cut.name, told.cut.clean) == ("forehead", False)


def test_a_body_that_an_edge_cuts_tells_no_shot() -> None:
    assert shots.shot_of_body(200, 880, 1080) is None
    assert shots.shot_of_body(0, 700, 1080) is None
