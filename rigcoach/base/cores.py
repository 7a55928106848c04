"""How much of the computer there is to work with."""

import os


def cores() -> int:
    """Return how many cores this process may use: a container or a batch system may give it fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
