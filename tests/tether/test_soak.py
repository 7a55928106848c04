"""Take after take: nothing is leaked. ``bench/soak.py`` does the same for as long as one likes."""

import sys

import pytest
import soak


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_takes_in_a_row_leak_no_file_no_memory_and_no_process() -> None:
    done = soak.soak(8, 0.5, in_live_view=True)
    assert done.takes == 8
    assert done.workers == 1
    assert done.bytes_fetched > 0
    assert done.end.owner_files <= done.warm.owner_files
    assert done.end.worker_files <= done.warm.worker_files
    assert done.end.processes <= done.warm.processes
    assert done.end.owner_mb <= done.warm.owner_mb * 1.1
    assert done.end.worker_mb <= done.warm.worker_mb * 1.1
