"""What a body reports of itself: the configuration tree that libgphoto2 shows, as data."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rigcoach.errors import RigcoachError

_MOST_BYTES = 8_000_000  # a listing with every raw property of a Nikon has 100 kB


class ListingError(RigcoachError):
    """A file that is no listing of a body."""

    code = "listing.invalid"


class WidgetType(StrEnum):
    """How a widget is set, in gphoto2's words."""

    TEXT = "TEXT"
    RADIO = "RADIO"
    MENU = "MENU"
    RANGE = "RANGE"
    TOGGLE = "TOGGLE"
    DATE = "DATE"
    BUTTON = "BUTTON"


@dataclass(frozen=True, slots=True)
class Span:
    """What a RANGE widget takes: numbers from `bottom` to `top`, `step` apart (0: any)."""

    bottom: float
    top: float
    step: float


@dataclass(frozen=True, slots=True)
class Widget:
    """One entry of a body's configuration tree.

    `readonly` is None where the listing does not say (gphoto2 before 2.5.6 printed nothing about it); `span` stands
    for RANGE widgets only.
    """

    path: str
    label: str
    type: WidgetType
    current: str = ""
    choices: tuple[str, ...] = ()
    readonly: bool | None = None
    span: Span | None = None

    @property
    def name(self) -> str:
        """The last part of the path, by which gphoto2 finds it."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class BodyListing:
    """A body's whole configuration tree, as it stood at one moment."""

    body: str
    manufacturer: str
    model: str
    widgets: tuple[Widget, ...]

    def widget(self, name: str) -> Widget | None:
        """Return the widget of that name or path; None where the body has none.

        Raw PTP properties (``/main/other/...``) are found by their path only: their names are hexadecimal codes.
        """
        for widget in self.widgets:
            if widget.path == name or (widget.name == name and not widget.path.startswith("/main/other/")):
                return widget
        return None

    def current(self, name: str) -> str | None:
        """Return the current value of a widget; None where the body has none of that name."""
        widget = self.widget(name)
        return None if widget is None else widget.current


def listing_of(body: str, widgets: Iterable[Widget]) -> BodyListing:
    """Return a listing whose maker and model are read from its own widgets."""
    listing = BodyListing(body, "", "", tuple(widgets))
    maker, model = listing.current("manufacturer") or "", listing.current("cameramodel") or ""
    return BodyListing(body, maker, model, listing.widgets)


def read_listing(path: Path) -> BodyListing:
    """Read a listing: JSON as `rigcoach camera show --json` prints it, or what ``gphoto2 --list-all-config`` printed.

    Raises
    ------
    ListingError
        Where the file is neither, with the line that shows it.
    """
    from rigcoach.tether.listing_text import parse_text

    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise _unfit(path, f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unfit(path, "it is not UTF-8 text") from error
    except OSError as error:
        raise ListingError(
            f"{path} cannot be read", why=error.strerror or str(error), next_step="Check the path"
        ) from error
    try:
        return parse_json(text) if text.lstrip().startswith(("{", "[")) else parse_text(text, path.stem)
    except ValueError as error:
        raise _unfit(path, str(error)) from error


def _unfit(path: Path, why: str) -> ListingError:
    return ListingError(
        f"{path} is no listing of a camera body",
        why=why,
        next_step="Give what `rigcoach camera show --json` or `gphoto2 --list-all-config` printed",
    )


def parse_json(text: str) -> BodyListing:
    """Read a listing from JSON.

    Raises
    ------
    ValueError
        Saying where the text is no listing.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    return listing_from_json(document)


def listing_from_json(document: Any) -> BodyListing:
    """Read a listing from a JSON document.

    Raises
    ------
    ValueError
        Saying where it is no listing.
    """
    if not isinstance(document, dict) or not isinstance(document.get("widgets"), list):
        raise ValueError('there is no list "widgets" in it')
    if not document["widgets"]:
        raise ValueError('its list "widgets" is empty')
    widgets = [_widget(entry, f"widget {number}") for number, entry in enumerate(document["widgets"], 1)]
    listing = listing_of(str(document.get("body") or ""), widgets)
    maker, model = document.get("manufacturer") or listing.manufacturer, document.get("model") or listing.model
    return BodyListing(listing.body or str(model), str(maker), str(model), listing.widgets)


def _widget(entry: Any, where: str) -> Widget:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"].startswith("/"):
        raise ValueError(f'{where}: it has no "path" such as /main/imgsettings/iso')
    where = f"{where} ({entry['path']})"
    choices = entry.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise ValueError(f'{where}: "choices" is to be a list of texts')
    readonly = entry.get("readonly")
    if readonly is not None and not isinstance(readonly, bool):
        raise ValueError(f'{where}: "readonly" is to be true or false')
    span = None
    if entry.get("type") == WidgetType.RANGE and not entry.keys().isdisjoint(("bottom", "top", "step")):
        span = Span(*(number(entry.get(key), f"{where}: {key}") for key in ("bottom", "top", "step")))
    return Widget(
        entry["path"],
        str(entry.get("label", "")),
        widget_type(entry.get("type"), where),
        str(entry.get("current") or ""),
        tuple(choices),
        readonly,
        span,
    )


def widget_type(name: Any, where: str) -> WidgetType:
    """Return the type of that name, or raise ValueError."""
    if name in WidgetType.__members__:
        return WidgetType(name)
    raise ValueError(f"{where}: {name!r} is no type of widget; types are {', '.join(WidgetType)}")


def number(value: Any, where: str) -> float:
    """Return a number that may be printed with a decimal comma, or raise ValueError."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{where}: {value!r} is no number") from error


def to_json(listing: BodyListing) -> dict[str, Any]:
    """Return a listing as the JSON document that `parse_json` reads."""
    return {
        "body": listing.body,
        "manufacturer": listing.manufacturer,
        "model": listing.model,
        "widgets": [_entry(widget) for widget in listing.widgets],
    }


def _entry(widget: Widget) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": widget.path, "label": widget.label, "type": str(widget.type)}
    if widget.readonly is not None:
        entry["readonly"] = widget.readonly
    entry["current"] = widget.current
    entry["choices"] = list(widget.choices)
    if widget.span is not None:
        entry.update(bottom=f"{widget.span.bottom:g}", top=f"{widget.span.top:g}", step=f"{widget.span.step:g}")
    return entry
