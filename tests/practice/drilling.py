"""A drill that runs in a process of its own, as a photographer runs it, beside an emulated body."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from held_up import HeldUp

from rigcoach.emulated.process import EmulatedBody

PATIENCE_S = 300.0


class Drilling:
    """`rigcoach drill run` on a body; what it writes on standard error can be waited for, and it held up."""

    def __init__(
        self,
        body: EmulatedBody,
        drill: Path,
        *options: str,
        file_limit: int | None = None,
        held: HeldUp | None = None,
    ) -> None:
        given = ("drill", "run", str(drill), "--camera", body.port_path, *options)
        command = [sys.executable, "-m", "rigcoach", *given] if held is None else held.command(*given)
        if file_limit is not None:
            command = ["/bin/sh", "-c", f'ulimit -f {file_limit}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | (held.environment if held is not None else {}),
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until a line has come so many times; where it does not come, the command is ended."""
        try:
            self._wait_for(text, times)
        except AssertionError:
            self.process.kill()
            self.end()
            raise

    def _wait_for(self, text: str, times: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while sum(line == text for line in self.lines) < times:
            assert time.monotonic() < until, f"{text!r} did not come: {self.lines}"
            assert self.process.poll() is None or self._reader.is_alive(), f"it ended before {text!r}: {self.lines}"
            time.sleep(0.02)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return exit status and standard output."""
        assert self.process.stdout is not None
        told = self.process.stdout.read()
        status = self.process.wait(PATIENCE_S)
        self._reader.join()
        self.process.stdout.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status, told
