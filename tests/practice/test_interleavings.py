"""Two processes at the same sessions, step against step. ``bench/interleavings.py`` goes through every pair."""

import interleavings
import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("works", "part"),
    [(("drill", "rebuild"), (3, 20)), (("ingest", "ingest"), (5, 12)), (("drill", "drill"), (20, 43))],
    ids=lambda each: "-".join(map(str, each)),
)
def test_of_two_at_once_neither_loses_anything(works: tuple[str, str], part: tuple[int, int]) -> None:
    tally = interleavings.interleaved(works, part, measured=True)
    assert tally.failures == []
    assert tally.tries >= 5
    assert tally.refused == (tally.tries if works == ("ingest", "ingest") else 0)
