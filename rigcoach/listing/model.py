"""A body's configuration tree as data: widgets, their values and choices."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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


def widget_name(path: str) -> str:
    """Return the name by which libgphoto2 finds a widget: the last part of its path.

    >>> widget_name("/main/imgsettings/iso"), widget_name("iso")
    ('iso', 'iso')
    """
    return path.rsplit("/", 1)[-1]


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
        return widget_name(self.path)

    @property
    def is_raw(self) -> bool:
        """Whether it is a property by its number, ``/main/other/500f``."""
        return self.path.startswith("/main/other/")


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
        # As `Widget.name` and `Widget.is_raw`, written out: a listing of hundreds is gone through for every setting.
        ending = f"/{name}" if "/" not in name else None
        for widget in self.widgets:
            path = widget.path
            if path == name or (ending is not None and path.endswith(ending) and not widget.is_raw):
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


def widget_type(name: Any, where: str) -> WidgetType:
    """Return the type of that name, or raise ValueError."""
    if isinstance(name, str) and name in WidgetType.__members__:
        return WidgetType(name)
    raise ValueError(f"{where}: {name!r} is no type of widget; types are {', '.join(WidgetType)}")


def number(value: Any, where: str) -> float:
    """Return a number that may be printed with a decimal comma, or raise ValueError."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{where}: {value!r} is no number") from error
