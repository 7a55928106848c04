"""The errors a user can meet: what went wrong, why, and what to do next."""

from rigcoach.base.shown_text import printable


class RigcoachError(Exception):
    """Something that could not be done.

    Parameters
    ----------
    what
        What failed, as the photographer would say it; no full stop.
    why
        The cause, as far as it is known.
    next_step
        The one thing to do next.

    Attributes
    ----------
    code
        A short dotted name that scripts can rely on, such as ``clip.truncated``.
    """

    code = "error"

    def __init__(self, what: str, *, why: str = "", next_step: str = "", code: str | None = None) -> None:
        self.what = what
        self.why = why
        self.next_step = next_step
        if code is not None:
            self.code = code
        super().__init__(self.line())

    def line(self) -> str:
        """Return the message as one line: what, why, what to do next."""
        text = f"{self.what}: {self.why}" if self.why else self.what
        end = "" if text.endswith(("?", ".")) else "."
        text = f"{text}{end} {self.next_step}" if self.next_step else text
        return printable(" ".join(text.split()))
