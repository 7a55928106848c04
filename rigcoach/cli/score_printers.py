"""How scores are printed as they come: as a table, as JSON, or as lines for other programs."""

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from rigcoach.base.percent import percent
from rigcoach.base.shown_text import printable_json
from rigcoach.cli.interrupts import unbroken
from rigcoach.cli.output import JsonArray
from rigcoach.cli.plain_table import RunningTable, print_heading, print_points

if TYPE_CHECKING:
    from rigcoach.scoring.batch import FailedClip, ScoredClip

Write = Callable[[str], None]


class ScorePrinter(AbstractContextManager["ScorePrinter"]):
    """Prints each clip's result as it comes, and on leaving whatever ends the whole."""

    @abstractmethod
    def add(self, result: "ScoredClip | FailedClip") -> None:
        """Print a result."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; by default there is nothing to end."""


class JsonPrinter(ScorePrinter):
    """One JSON array."""

    def __init__(self, write: Write, *, per_frame: bool) -> None:
        self._array, self._per_frame = JsonArray(write), per_frame

    def __enter__(self) -> Self:
        self._array.__enter__()
        return self

    def add(self, result: "ScoredClip | FailedClip") -> None:
        """Print a result's object."""
        from rigcoach.scoring.batch import FailedClip
        from rigcoach.scoring.documents import clip_document, frame_documents

        if self._per_frame and not isinstance(result, FailedClip):
            self._array.add(clip_document(result), "frames", frame_documents(result))
        else:
            self._array.add(clip_document(result))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the array."""
        self._array.__exit__(kind, error, trace)


class JsonLinesPrinter(ScorePrinter):
    """A JSON object a line."""

    def __init__(self, write: Write, *, per_frame: bool) -> None:
        self._write, self._per_frame = write, per_frame

    def add(self, result: "ScoredClip | FailedClip") -> None:
        """Print a result's line."""
        from rigcoach.scoring.documents import clip_document, clip_text

        if self._per_frame:
            with unbroken():
                for piece in clip_text(result):
                    self._write(piece)
                self._write("\n")
            return
        document = clip_document(result)
        self._write(printable_json(json.dumps(document, ensure_ascii=False, allow_nan=False)) + "\n")


class CsvPrinter(ScorePrinter):
    """A line of names, then a line a clip."""

    def __init__(self, write: Write) -> None:
        self._write, self._begun = write, False

    def add(self, result: "ScoredClip | FailedClip") -> None:
        """Print a result's line."""
        from rigcoach.base.shown_text import storable
        from rigcoach.scoring.scores_csv import clip_line

        self._begin()
        self._write(storable(clip_line(result)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Print the names where no line was printed."""
        if not isinstance(error, BrokenPipeError):
            self._begin()

    def _begin(self) -> None:
        from rigcoach.scoring.scores_csv import header_line

        if not self._begun:
            self._begun = True
            self._write(header_line())


class TablePrinter(ScorePrinter):
    """A row for each clip as it comes, and at the end what there is to say of each."""

    _HEADER = ("Clip", "Subject", "Overall", "Focus", "Framing", "Steady", "Exposed", "Keepers")

    def __init__(self, names: Sequence[str]) -> None:
        self._file_names = Counter(Path(name).name for name in names)
        widest = max((self._shown(name) for name in names), key=len, default="")
        others = ("person 100 %", *5 * ("100",), "100 %")
        self._table = RunningTable(self._HEADER, (widest, *others), right=range(2, len(self._HEADER)))
        self._said: list[tuple[str, list[str]]] = []

    def add(self, result: "ScoredClip | FailedClip") -> None:
        """Print a result's row; a file that could not be scored has none."""
        from rigcoach.scoring.batch import FailedClip

        if isinstance(result, FailedClip):
            return
        scores, measures = result.score, result.measures
        parts = (scores.overall, scores.focus, scores.framing, scores.steadiness, scores.exposure)
        found = f"{measures.subject_kind} {percent(measures.found_ratio)}" if measures.subject_kind else "none"
        numbers = ("–" if part is None else f"{part:.0f}" for part in parts)
        self._table.add((self._shown(result.name), found, *numbers, percent(scores.keeper_ratio)))
        self._said.append((result.name, list(_points(result))))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Print what there is to say of each clip."""
        if isinstance(error, BrokenPipeError):
            return
        for name, points in self._said:
            click.echo()
            if len(self._said) > 1:
                print_heading(name)
            print_points(points)

    def _shown(self, name: str) -> str:
        file_name = Path(name).name
        return file_name if self._file_names[file_name] == 1 else name


def print_scores(results: "Sequence[ScoredClip]") -> None:
    """Print a table of scores, and each clip's advice below it."""
    with TablePrinter([result.name for result in results]) as printer:
        for result in results:
            printer.add(result)


def _points(result: "ScoredClip") -> Iterator[str]:
    """Return what there is to say of a clip: what its score is made of, its best stretch, what is missing, advice."""
    from rigcoach.scoring.score import explained

    scores = result.score
    if told := explained(scores):
        yield f"{told}."
    if framing := scores.computed_from.get("framing"):
        yield f"Framing: {framing}."
    if scores.longest_keeper_s is not None:
        start, end = scores.longest_keeper_s
        yield f"Longest stretch of keepers: {end - start:.1f} s, from {start:.1f} s to {end:.1f} s."
    missing: dict[str, list[str]] = {}
    for name, reason in scores.reasons.items():
        missing.setdefault(reason, []).append(name)
    for reason, names in missing.items():
        yield f"No score for {', '.join(names)}: {reason}."
    for advice in result.advice:
        yield f"{advice.text} ({_when(advice.seconds)})."


def _when(seconds: tuple[tuple[float, float], ...]) -> str:
    shown = [f"{start:.1f}–{end:.1f} s" for start, end in seconds[:3]]
    more = len(seconds) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
