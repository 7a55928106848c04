"""A child process that Ctrl-C of its terminal doesn't end."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

STARTS_TWO = textwrap.dedent(
    """
    import multiprocessing, time
    from pathlib import Path
    from rigcoach.base.child_process import start_without_ctrl_c

    def blocked(pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(line.split()[1] for line in lines if line.startswith("SigBlk:"))

    if __name__ == "__main__":
        context = multiprocessing.get_context("spawn")
        for _ in range(2):
            process = context.Process(target=time.sleep, args=(60,))
            start_without_ctrl_c(process)
            print(blocked(process.pid))
            process.kill()
            process.join()
        print(blocked("self"))
    """
)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_ctrl_c_is_kept_from_a_child_before_its_first_instruction(tmp_path: Path) -> None:
    """The first process that is spawned starts Python's resource tracker, too, which lets SIGINT through."""
    script = tmp_path / "starts_two.py"
    script.write_text(STARTS_TWO)
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60)
    first, second, own = (int(mask, 16) >> (signal.SIGINT - 1) & 1 for mask in run.stdout.split())
    assert (first, second, own) == (1, 1, 0)
