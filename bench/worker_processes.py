"""The processes that score for a command."""

from pathlib import Path


def workers_of(pid: int) -> list[int]:
    """Return the processes that score, below a command."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            _, _, rest = (path / "stat").read_text().rpartition(")")
            if int(rest.split()[1]) == pid and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue  # it is gone
    return found
