"""A page shown in the user's browser."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rigcoach.base.errors import RigcoachError


class NoBrowserError(RigcoachError):
    """A page that could not be shown."""

    code = "browser.none"


def show(page: Path) -> None:
    """Show a page in the browser that the system, or the variable BROWSER, names.

    Raises
    ------
    NoBrowserError
        Where none could be started.
    """
    _show(page.resolve().as_uri(), str(page))


def show_address(address: str) -> None:
    """Show what is served at an address; raises as `show`."""
    _show(address, address)


def _show(address: str, named: str) -> None:
    import webbrowser

    with _words_to_stderr():
        shown = webbrowser.open(address)
    if not shown:
        raise NoBrowserError(
            "no browser could be started",
            why=f"BROWSER={os.environ['BROWSER']} did not work" if os.environ.get("BROWSER") else "none was found",
            next_step=f"Open {named} yourself, or name one: BROWSER=firefox",
        )


@contextmanager
def _words_to_stderr() -> Iterator[None]:
    """Keep what a browser says out of standard output, which is for results."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
