"""``kill -9`` within real commands. ``bench/killed_takes.py`` kills a hundred times and more."""

import killed_takes
import numpy as np
import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [killed_takes.RestoreKilled, killed_takes.FolderIngestKilled], ids=lambda kind: kind.name
)
def test_a_command_that_is_killed_loses_nothing(kind: type[killed_takes.Attack]) -> None:
    tally = killed_takes.killed(kind, 1, np.random.default_rng(4))
    assert tally.failures == []
    assert tally.kills == 1
