"""Properties by their numbers, as libgphoto2 lists them under ``/main/other``: ``/main/other/500f`` and their values.

A listing has neither a property's type nor whether it is a list or a range; both are known from many bodies of a maker,
and told by the values themselves where a code is not.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty, Value, span
from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType

_CODE = re.compile(r"[0-9a-f]{4}")
_NUMBER = re.compile(r"-?\d+([.,]\d*)?([eE][+]?\d+)?")

# Where nobody knows a property: the commonest first among those that are as wide.
_NUMBERS = (
    DataType.UINT8,
    DataType.INT8,
    DataType.UINT16,
    DataType.INT16,
    DataType.UINT32,
    DataType.INT32,
    DataType.UINT64,
    DataType.INT64,
)


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """What is known of a maker's properties from many bodies.

    Attributes
    ----------
    types
        The types that bodies have for a property, the commonest first.
    ranges, read_only
        Properties that most bodies describe by a range; that most don't let a computer set.
    """

    types: dict[int, tuple[DataType, ...]]
    ranges: frozenset[int]
    read_only: frozenset[int]


def property_facts(package: str, file_name: str) -> PropertyFacts:
    """Read what is known of a maker's properties from a table in a package."""
    text = resources.files(package).joinpath(file_name).read_text(encoding="utf-8")
    document = tomllib.loads(text)
    types: dict[int, tuple[DataType, ...]] = {}
    for table in (document["types"], document["also"]):
        for name, codes in table.items():
            for code in _codes(codes):
                types[code] = (*types.get(code, ()), DataType[name])
    return PropertyFacts(types, frozenset(_codes(document["ranges"])), frozenset(_codes(document["read_only"])))


def numbered_properties(
    listed: BodyListing, facts: PropertyFacts
) -> tuple[tuple[DeviceProperty, ...], tuple[str, ...]]:
    """Return the properties that a listing gives by their numbers, and the numbers of those that cannot be made."""
    properties: dict[int, DeviceProperty] = {}
    left_out: list[str] = []
    for widget in listed.widgets:
        if not widget.is_raw or not _CODE.fullmatch(widget.name):
            continue
        made = _property(widget, facts)
        if made is None:
            left_out.append(widget.name)
        else:
            properties.setdefault(made.code, made)
    return tuple(properties.values()), tuple(left_out)


def _codes(text: str) -> list[int]:
    return [int(code, 16) for code in text.split()]


def _property(widget: Widget, facts: PropertyFacts) -> DeviceProperty | None:
    code = int(widget.name, 16)
    type_ = _type_of(code, widget, facts)
    if type_ is None:
        return None
    listed = tuple(_value(type_, each) for each in widget.choices) or None
    choices = _as_span(type_, listed) if code in facts.ranges else listed
    if widget.span is not None:
        choices = _span(type_, widget.span)
    elif choices is None and widget.type is WidgetType.MENU and type_ is not DataType.TEXT:
        choices = ()
    readonly = code in facts.read_only if widget.readonly is None else widget.readonly
    return DeviceProperty(code, type_, _value(type_, widget.current), choices, writable=not readonly)


def _span(type_: DataType, ends: Span) -> range:
    # The driver wrote the top of a large range in floating point, and never ends a range of step 0. It counts in the
    # property's own type, so that a top within a step of the type's own would be passed over for ever; and a range that
    # ends before it begins crashes it.
    bottom, top = sorted((int(ends.bottom), int(ends.top)))
    bottom = min(bottom, type_.highest() - 1)
    step = min(max(1, int(ends.step)), type_.highest() - bottom)
    return span(bottom, max(bottom, min(top, type_.highest() - step)), step)


def _as_span(type_: DataType, listed: Sequence[Value] | None) -> Sequence[Value] | None:
    """Return the range that libgphoto2 wrote down as a list of every number in it, or the list if it is none.

    It does so only where they are one apart (``camlibs/ptp2/config.c``, _get_config). A list of two numbers that are
    further apart is a list: made a range of one step, the driver would count past the end of its type, for ever.
    """
    numbers = [each for each in listed or () if isinstance(each, int)]
    if len(numbers) < 2 or numbers[-1] >= type_.highest():
        return listed
    every = span(numbers[0], numbers[-1])
    return every if list(every) == numbers else listed


def _type_of(code: int, widget: Widget, facts: PropertyFacts) -> DataType | None:
    """Return the type that bodies have for a property: the narrowest of those that hold all its values.

    Of two that are as wide it is the commoner one.
    """
    types = facts.types.get(code, ())
    numeric = all(_NUMBER.fullmatch(each) for each in (widget.current, *widget.choices))
    if DataType.TEXT in types or (not types and not numeric):
        return DataType.TEXT
    if not numeric:
        return None
    holding = (type_ for type_ in types or _NUMBERS if _holds(type_, widget))
    return min(holding, key=lambda type_: type_.width_bytes, default=None)


def _holds(type_: DataType, widget: Widget) -> bool:
    # A large number was printed rounded, so that it may lie above what its type holds.
    ends = () if widget.span is None else (widget.span.bottom, widget.span.top)
    fits = all(type_.lowest() <= end <= type_.highest() * (1 + 1e-5) for end in ends)
    return fits and all(type_.holds(_value(type_, each)) for each in (widget.current, *widget.choices))


def _value(type_: DataType, text: str) -> Value:
    if type_ is DataType.TEXT:
        return text
    # In some languages the driver wrote decimals with a comma.
    number = int(float(text.replace(",", ".")))
    # The driver writes large unsigned numbers as negative ones.
    if type_ is DataType.UINT32 and number < 0:
        return number + (1 << 32)
    highest = type_.highest()
    return highest if highest < number <= highest * (1 + 1e-5) else number
