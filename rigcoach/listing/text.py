"""What ``gphoto2 --list-all-config`` prints, in every layout that it has had.

A widget is a line with its path, then lines of the form ``Key: value``. Newer versions (2.5.6) print ``Readonly:`` and
end a widget with ``END``; older ones end it with the next path. People paste these into reports: indented, with blank
lines between, quoted as mails are, numbered or with the time before each line, with other output before, between and
after, such as the bare paths of ``gphoto2 --list-config``. What is not of the listing is skipped; what is of it must be
right and whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rigcoach.listing.margins import lines_of
from rigcoach.listing.model import BodyListing, Span, Widget, listing_of, number, widget_type

_PATH = re.compile(r"/main(?:/[^/\s]+)+")
_FIELD = re.compile(r"(Label|Readonly|Type|Current|Choice|Bottom|Top|Step|Printable|Help) ?:(?:[ \t\xa0](.*))?")
# What gphoto2 --debug writes between lines.
_DEBUG = re.compile(r"\d+\.\d{6} \S")
_CHOICE = re.compile(r"(\d+)(?:[ \xa0](.*))?")


@dataclass(slots=True)
class _Draft:
    """A widget as far as it has been read."""

    path: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)
    # Whether other output came between its lines: what follows may be of the widget, or of that output.
    interrupted: bool = False

    def goes_on(self, key: str, value: str) -> bool:
        """Whether a line can be of the widget, and not of other output that looks like one."""
        if not self.interrupted:
            return True
        choice = _CHOICE.fullmatch(value)
        return choice is not None and int(choice[1]) == len(self.choices) if key == "Choice" else key not in self.values

    @property
    def name(self) -> str:
        """The path as it is told of: a damaged one may hold what cannot be shown."""
        return self.path.encode("ascii", "backslashreplace").decode("ascii")

    @property
    def is_bare(self) -> bool:
        """Whether it is a path and nothing else."""
        return not (self.values or self.choices)

    def finish(self) -> Widget | None:
        """Return the widget; None for a raw property that gphoto2 could not print: nothing depends on those."""
        where = f"line {self.line}, {self.name}"
        if "Type" not in self.values:
            if self.path.startswith("/main/other/"):
                return None
            raise ValueError(f"{where}: the widget has no Type; the listing is cut off or not whole")
        kind = widget_type(self.values["Type"], where)
        span = None
        if kind == "RANGE":
            span = Span(*(number(self.values.get(key), f"{where}: {key}") for key in ("Bottom", "Top", "Step")))
        readonly = {None: None, "0": False, "1": True}[self.values.get("Readonly")]
        label, current = self.values.get("Label", ""), self.values.get("Current", "")
        return Widget(self.path, label, kind, current, tuple(self.choices), readonly, span)


def parse_text(text: str, body: str) -> BodyListing:
    """Read a listing from gphoto2's own output.

    Parameters
    ----------
    text
        The output.
    body
        What to call the body.

    Raises
    ------
    ValueError
        With the number of the line that is wrong.
    """
    widgets = tuple(widget for draft in _drafts(text) if (widget := draft.finish()) is not None)
    if not widgets:
        for line_number, line in enumerate(lines_of(text), 1):
            if _PATH.fullmatch(line.strip()):
                raise ValueError(f"line {line_number}: it names settings without their values, as --list-config does")
        raise ValueError("line 1: no widget in it, such as /main/imgsettings/iso on a line of its own")
    return listing_of(body, widgets)


def _drafts(text: str) -> Iterator[_Draft]:
    draft: _Draft | None = None
    listed_bare = ends_told = False
    for line_number, line in enumerate(lines_of(text), 1):
        content = line.strip()
        if _PATH.fullmatch(content):
            listed_bare = draft is not None and draft.is_bare
            if draft is not None and not draft.is_bare:
                yield draft
            draft = _Draft(content, line_number)
        elif draft is None or not content or _DEBUG.match(content):
            continue
        elif content == "END":
            yield draft
            draft, ends_told = None, True
        elif not (match := _FIELD.fullmatch(line.lstrip())):
            draft.interrupted = True
        elif draft.goes_on(match[1], match[2] or ""):
            _take(draft, match[1], match[2] or "", line_number)
        else:
            # Output of something else after the last widget of a layout without END.
            yield draft
            draft = None
    # A path at the very end is where a listing was cut off, unless it is the last of a list of bare ones.
    if draft is not None and not (draft.is_bare and listed_bare):
        if ends_told and "Type" in draft.values:
            raise ValueError(f"line {draft.line}, {draft.name}: the widget has no END; the listing is cut off")
        yield draft


def _take(draft: _Draft, key: str, value: str, line_number: int) -> None:
    if key == "Choice":
        match = _CHOICE.fullmatch(value)
        if match is None:
            raise ValueError(f"line {line_number}: Choice needs a number and a text, not {value!r}")
        draft.choices.append(match[2] or "")
        return
    if key in draft.values:
        raise ValueError(f"line {line_number}: {key} stands twice for {draft.name}")
    if key == "Readonly" and value.strip() not in ("0", "1"):
        raise ValueError(f"line {line_number}: Readonly is 0 or 1, not {value!r}")
    draft.values[key] = value.strip() if key in ("Readonly", "Type", "Bottom", "Top", "Step") else value
