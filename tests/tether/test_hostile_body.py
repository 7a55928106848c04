"""A body that means no good, at the real driver. ``bench/hostile_body.py`` tries hundreds."""

import hostile_body
import pytest


@pytest.mark.slow
@pytest.mark.parametrize("how", ["names", "short names", "counts", "answers"])
def test_a_body_that_means_no_good_harms_nothing(how: str) -> None:
    tally = hostile_body.Tally()
    hostile_body.attack(how, 5, tally)
    assert tally.failures == []
    assert tally.done or tally.refused
