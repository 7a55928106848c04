"""docs/drills.md names what there is and gives the figures that the code has."""

from pathlib import Path

import pytest

from rigcoach.drills.model import CAMERA_HEIGHTS, MOVES, SUBJECTS
from rigcoach.drills.schema import DrillFile, FrameTable, TakeTable
from rigcoach.journal import progress
from rigcoach.practice import match, preflight, slate, tethered
from rigcoach.scoring import limits

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def docs() -> str:
    return " ".join((ROOT / "docs" / "drills.md").read_text().split())


def test_every_shipped_drill_and_every_key_is_described(docs: str) -> None:
    for path in (ROOT / "drills").glob("*.toml"):
        assert f"| `{path.stem}` |" in docs
    for key in set(DrillFile.model_fields) - {"frame", "take"}:
        assert f"`{key}`" in docs
    for key in FrameTable.model_fields:
        assert f"`frame.{key}`" in docs
    for key in TakeTable.model_fields:
        assert f"`{key}`" in docs or f"`take.{key}`" in docs
    for word in (*CAMERA_HEIGHTS, *MOVES, *SUBJECTS):
        assert f"`{word}`" in docs


def test_defaults_are_those_of_the_schema(docs: str) -> None:
    for key in ("seconds", "pause_s", "pass_mark", "pass_keepers", "focus_tolerance_px"):
        row = docs[docs.index(f"| `{key}` |") :]
        assert f"({DrillFile.model_fields[key].default:g})" in row[: row.index("|", row.index("|", 5) + 1)]


def test_the_page_on_scores_has_what_a_wanted_frame_costs() -> None:
    page = " ".join((ROOT / "docs" / "scoring.md").read_text().split())
    for each in (limits.HEADROOM, limits.LEAD_ROOM, limits.SHOT):
        assert each.name in page


def test_figures_are_those_of_the_code(docs: str) -> None:
    for text in (
        f"from {100 * preflight._DARK:.0f} to {100 * preflight._BRIGHT:.0f} %",
        "by a take of one second" if tethered.CHECK_S == 1.0 else "?",
        "in at least half of the frames" if preflight._FOUND == 0.5 else "?",
        "with a fifth to spare" if preflight._SPARE == 1.2 else "?",
        "in the first six seconds" if slate.LOOK_S == 6.0 else "?",
        f"at least {100 * slate._SMALLEST_SHARE:.0f} % of the frame high",
        f"{match._TIGHTEST_S:.0f} s at the least and {match._LOOSEST_S:.0f} s at the most",
        f"Of the last {progress._RECENT_TAKES} takes",
        f"worse by {progress._CLEARLY:.0f} points",
        "at least three are worse" if progress._ENOUGH_TAKES == 3 else "?",
        "Three sessions passed in a row" if progress.PASSES_IN_A_ROW == 3 else "?",
    ):
        assert text in docs
