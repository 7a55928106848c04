"""When each frame of a recording is shown: by the time codes of its files, which may be set back or begin anew."""

from rigcoach.video.recordings import clock_runs_on


class FrameTimes:
    """Turns time codes, told frame by frame, into seconds from the recording's first frame, always rising.

    Parameters
    ----------
    step_s
        From one frame to the next, where no code tells it.
    """

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._zero_s: float | None = None
        self._file_starts_s = 0.0
        self._last_s = -step_s
        self._last_code_s = 0.0
        self._at_start = self._at_split = False

    def begin_file(self) -> None:
        """Say that the next frame is the first of a file."""
        self._at_start = True

    def of(self, code_s: float | None) -> float | None:
        """Return when a frame with this time code is shown; `None` for one that was shown before.

        Where a recording was split, a transport stream may hold the last frames of a file again in the next one. A
        clock that is set back otherwise goes on from there: frames come in the order in which they are shown. Where
        several have one code, as files with coarse clocks have, the later ones are shown soon after the first.
        """
        if code_s is None:
            self._last_s += self._step_s
            return self._last_s
        stands = code_s == self._last_code_s
        self._last_code_s = code_s
        if self._zero_s is None:
            self._zero_s = self._file_starts_s = code_s
        elif self._at_start:
            lasted_s = self._last_s + self._step_s + self._zero_s - self._file_starts_s
            self._at_split = clock_runs_on(self._file_starts_s, lasted_s, code_s)
            if not self._at_split:
                self._zero_s = code_s - (self._last_s + self._step_s)
            self._file_starts_s = code_s
        self._at_start = False
        t_s = code_s - self._zero_s
        if self._at_split and t_s < self._last_s + self._step_s / 2:
            return None
        self._at_split = False
        if t_s <= self._last_s and (stands or self._last_s - t_s < self._step_s / 2):
            t_s = self._last_s + self._step_s / 2
        elif t_s <= self._last_s:
            t_s = self._last_s + self._step_s
            self._zero_s = code_s - t_s
        self._last_s = t_s
        return t_s
