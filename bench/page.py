"""Pages of the documentation whose figures a bench writes: what people wrote around them stays.

In a page a part that is measured stands between two comments, which no reader sees:

    <!-- measured: length -->

    | length | decode (FFmpeg) | rigcoach |
    ...

    <!-- until here -->
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_END = "<!-- until here -->"


def write_measured(page: Path, parts: Mapping[str, Sequence[str]]) -> None:
    r"""Write parts, by their names, into the places that a page has for them; what it has no place for is an error.

    >>> import tempfile
    >>> page = Path(tempfile.mkdtemp()) / "page.md"
    >>> _ = page.write_text(f"Of length:\n\n{begin('length')}\n1 s\n{_END}\n\nThat is all.\n")
    >>> write_measured(page, {"length": ["", "2 s", ""]})
    >>> print(page.read_text(), end="")
    Of length:
    <BLANKLINE>
    <!-- measured: length -->
    <BLANKLINE>
    2 s
    <BLANKLINE>
    <!-- until here -->
    <BLANKLINE>
    That is all.
    """
    text = page.read_text(encoding="utf-8")
    for name, lines in parts.items():
        place = re.compile(rf"({re.escape(begin(name))}\n).*?({re.escape(_END)})", re.DOTALL)
        measured = "\n".join(lines).strip("\n")
        text, count = place.subn(lambda found: f"{found[1]}\n{measured}\n\n{found[2]}", text)  # noqa: B023 - at once
        if count != 1:
            raise SystemExit(f"{page} has {count} places for {name}: {begin(name)} ... {_END}")
    page.write_text(text, encoding="utf-8")


def table(say: Callable[[str], None], head: list[str], rows: list[list[str]]) -> None:
    """Print a table."""
    say("| " + " | ".join(head) + " |")
    say("|" + "---|" * len(head))
    for cells in rows:
        say("| " + " | ".join(cells) + " |")
    say("")


def printed(head: list[str], rows: list[list[str]], *before: str) -> list[str]:
    """Print a table, with what stands before it, and return its lines."""
    lines: list[str] = []

    def say(line: str = "") -> None:
        print(line, flush=True)
        lines.append(line)

    for line in before:
        say(line)
    table(say, head, rows)
    return lines


def begin(name: str) -> str:
    """Return the line that stands before a part."""
    return f"<!-- measured: {name} -->"
