"""libgphoto2's widgets as data, and data into its widgets."""

import re
from collections.abc import Iterator
from typing import Any

import gphoto2 as gp

from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType, listing_of, widget_name
from rigcoach.tether.process import libgphoto

_TYPES = {
    gp.GP_WIDGET_TEXT: WidgetType.TEXT,
    gp.GP_WIDGET_RADIO: WidgetType.RADIO,
    gp.GP_WIDGET_MENU: WidgetType.MENU,
    gp.GP_WIDGET_RANGE: WidgetType.RANGE,
    gp.GP_WIDGET_TOGGLE: WidgetType.TOGGLE,
    gp.GP_WIDGET_DATE: WidgetType.DATE,
    gp.GP_WIDGET_BUTTON: WidgetType.BUTTON,
}
_CHOSEN = (WidgetType.RADIO, WidgetType.MENU)


def listing_from(tree: Any) -> BodyListing:
    """Return a configuration tree as a listing, the body named after its model."""
    listing = listing_of("", _walk(tree, ""))
    name = "-".join(re.findall(r"[a-z0-9]+", listing.model.lower()))
    return BodyListing(name, listing.manufacturer, listing.model, listing.widgets)


def _walk(node: Any, parent: str) -> Iterator[Widget]:
    path = f"{parent}/{node.get_name()}"
    if node.get_type() in _TYPES:
        yield widget_from(node, path)
    else:
        for child in node.get_children():
            yield from _walk(child, path)


def widget_from(native: Any, path: str) -> Widget:
    """Return one of libgphoto2's widgets as data."""
    kind = _TYPES[native.get_type()]
    choices = tuple(native.get_choices()) if kind in _CHOSEN else ()
    span = Span(*native.get_range()) if kind is WidgetType.RANGE else None
    current = "" if kind is WidgetType.BUTTON else _text(_value(native, kind))
    return Widget(path, native.get_label(), kind, current, choices, bool(native.get_readonly()), span)


def _value(native: Any, kind: WidgetType) -> Any:
    return libgphoto.text_of(native) if kind in (*_CHOSEN, WidgetType.TEXT) else native.get_value()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def put(native: Any, value: str) -> None:
    """Write a value into one of libgphoto2's widgets.

    A choice that is not listed is never written: the driver would send it, and some bodies answer with a crash of the
    driver.

    Raises
    ------
    ValueError
        Where the widget does not list the value, or it is out of the widget's range.
    """
    widget = widget_from(native, widget_name(native.get_name()))
    match widget.type:
        case WidgetType.RADIO | WidgetType.MENU:
            if value not in widget.choices:
                raise ValueError(f"{widget.name} lists no {value!r} now")
            native.set_value(value)
        case WidgetType.RANGE:
            number = _number(widget, value)
            if widget.span is not None and not widget.span.bottom <= number <= widget.span.top:
                raise ValueError(f"{widget.name} goes from {widget.span.bottom:g} to {widget.span.top:g}")
            native.set_value(number)
        case WidgetType.TOGGLE | WidgetType.DATE:
            native.set_value(int(_number(widget, value)))
        case _:
            native.set_value(value)


def _number(widget: Widget, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"{widget.name} takes a number, not {value!r}") from None
