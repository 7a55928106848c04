"""Words said aloud, through the speech engine that the system has; where there is none, they are only written.

Engines are programs: ``say`` (macOS), ``spd-say`` (Speech Dispatcher), ``espeak-ng``, ``espeak``.
"""

import shutil
import subprocess
from collections.abc import Callable
from types import TracebackType
from typing import Self

ENGINES: tuple[tuple[str, ...], ...] = (
    ("say", "--"),
    ("spd-say", "--wait", "--"),
    ("espeak-ng", "--"),
    ("espeak", "--"),
)
"""Commands that say the text that comes after them and end when it is said, the best first."""

_LONGEST_S = 20.0  # an engine that hangs must not hold up a take


class Voice:
    """Says and writes words.

    Parameters
    ----------
    write
        Takes each text as a line.
    aloud
        Whether to speak; without, or without an engine, texts are only written.

    Attributes
    ----------
    why_silent
        Why nothing is said aloud; empty where it is.
    """

    def __init__(self, write: Callable[[str], None], *, aloud: bool = True) -> None:
        self._write = write
        self._speaking: subprocess.Popen[bytes] | None = None
        self._engine = find_engine() if aloud else None
        self.why_silent = ""
        if not aloud:
            self.why_silent = "the voice is off"
        elif self._engine is None:
            names = ", ".join(engine[0] for engine in ENGINES)
            self.why_silent = f"no speech engine was found ({names}): install espeak-ng to hear it"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After Ctrl-C nobody waits for the end of a sentence.
        if kind is None:
            self.finish()
        self._hush()

    @property
    def is_speaking(self) -> bool:
        """Whether something is being said."""
        return self._speaking is not None and self._speaking.poll() is None

    def say(self, text: str, *, written: bool = True) -> None:
        """Write a text, and say it once what is being said is over; return while it is said.

        With `written` off it is only said: it was written before.
        """
        if written:
            self._write(text)
        self.finish()
        self._start(text)

    def call(self, text: str) -> None:
        """Write a text and say it at once, cutting off what is being said."""
        self._write(text)
        self._hush()
        self._start(text)

    def finish(self) -> None:
        """Wait until what is being said is over."""
        speaking, self._speaking = self._speaking, None
        if speaking is None:
            return
        try:
            status = speaking.wait(_LONGEST_S)
        except subprocess.TimeoutExpired:
            speaking.kill()
            speaking.wait()
            self._fall_silent(f"it took longer than {_LONGEST_S:.0f} s")
        except BaseException:
            speaking.kill()
            speaking.wait()
            raise
        else:
            if status:
                self._fall_silent(f"it ended with status {status}")

    def _start(self, text: str) -> None:
        if self._engine is None:
            return
        try:
            # In a session of its own, Ctrl-C doesn't reach it.
            self._speaking = subprocess.Popen(  # noqa: S603
                [*self._engine, text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self._fall_silent(error.strerror or str(error))

    def _hush(self) -> None:
        speaking, self._speaking = self._speaking, None
        if speaking is not None:
            speaking.kill()
            speaking.wait()

    def _fall_silent(self, why: str) -> None:
        """Go on in writing after an engine failed; said once."""
        if self._engine is not None:
            self.why_silent = f"{self._engine[0]} does not speak: {why}"
            self._engine = None
            self._write(f"From now on as text only: {self.why_silent}")


def find_engine() -> tuple[str, ...] | None:
    """Return the command of the best engine that there is; None without any."""
    for engine in ENGINES:
        if (path := shutil.which(engine[0])) is not None:
            return (path, *engine[1:])
    return None
