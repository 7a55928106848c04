"""For how long who waits for work lets it say nothing."""

import time

from rigcoach.measure.compiled_folder import is_compiling

_NOT_LISTENING_S = 5.0  # who waits was stopped, or busy, and heard nothing meanwhile


class Patience:
    """A wait for work that says now and then how far it has come.

    Parameters
    ----------
    longest_s
        For how long it may say nothing; for good if `None`. The time in which nobody listened does not count, nor that
        in which functions are being compiled: that says nothing of how far it has come, and takes a slow or busy
        computer minutes.
    """

    def __init__(self, longest_s: float | None) -> None:
        self._longest_s = longest_s
        self._heard_at = self._listened_at = time.monotonic()

    def begin(self) -> None:
        """Wait from now on."""
        self._heard_at = self._listened_at = time.monotonic()

    def hear(self) -> None:
        """Take note that the work has said something."""
        self._heard_at = time.monotonic()

    def is_over(self, listened_s: float) -> bool:
        """Return whether the work has said nothing for too long; for so long it was listened to just now."""
        now = time.monotonic()
        if now - self._listened_at - listened_s > _NOT_LISTENING_S:
            self._heard_at = now
        self._listened_at = now
        if self._longest_s is None or now - self._heard_at <= self._longest_s:
            return False
        if is_compiling():
            self._heard_at = now
            return False
        return True
