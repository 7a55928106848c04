"""A Nikon body made of what a real one listed: its properties by number, ``/main/other/500f``, and their values."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.nikon.nikon_model import WRITABLE_IN_MODES, NikonModel
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty, Value, span
from rigcoach.listing.model import BodyListing, Span, Widget
from rigcoach.listing.translations import english

_CODE = re.compile(r"[0-9a-f]{4}")


def nikon_model(listed: BodyListing, lens: EmulatedLens = AS_LISTED) -> tuple[NikonModel, tuple[str, ...]]:
    """Return the body with a lens on it, and the properties that are left out because their type isn't known."""
    properties, left_out = [], []
    for widget in listed.widgets:
        if not widget.is_raw or not _CODE.fullmatch(widget.name):
            continue
        made = _property(widget)
        if made is None:
            left_out.append(widget.name)
        else:
            properties.append(made)
    stated = any(each.readonly for each in listed.widgets)
    model = NikonModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "V1.00",
        serial_number="0" * 32,
        properties=tuple(properties),
        writable_in_modes={} if stated else WRITABLE_IN_MODES,
        qualities=_qualities(listed),
        lens=lens,
    )
    return model, tuple(left_out)


def _qualities(listed: BodyListing) -> dict[int, str]:
    """Return what each compression is called: libgphoto2 lists names and numbers in the same order."""
    named, numbered = listed.widget("imagequality"), listed.widget("/main/other/5004")
    if named is None or numbered is None or len(named.choices) != len(numbered.choices):
        return {}
    names = [english(label)[-1] for label in named.choices]
    return {int(number): name for number, name in zip(numbered.choices, names, strict=True) if number.isdecimal()}


def _property(widget: Widget) -> DeviceProperty | None:
    code = int(widget.name, 16)
    type_ = _type_of(code, widget)
    if type_ is None:
        return None
    listed = tuple(_value(type_, each) for each in widget.choices) or None
    choices = _as_span(type_, listed) if _facts().is_range(code) else listed
    if widget.span is not None:
        choices = _span(type_, widget.span)
    readonly = _facts().readonly(code) if widget.readonly is None else widget.readonly
    return DeviceProperty(code, type_, _value(type_, widget.current), choices, writable=not readonly)


def _span(type_: DataType, ends: Span) -> range:
    # The driver wrote the top of a large range in floating point, and never ends a range of step 0. It counts in the
    # property's own type, so that a top within a step of the type's own would be passed over for ever.
    step = max(1, int(ends.step))
    return span(int(ends.bottom), min(int(ends.top), type_.highest() - step), step)


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


def _type_of(code: int, widget: Widget) -> DataType | None:
    """Return the type that bodies have for a property: the narrowest of those that hold all its values.

    Of two that are as wide it is the commoner one.
    """
    types = _facts().types.get(code, ())
    texts = (widget.current, *widget.choices)
    if DataType.TEXT in types:
        return DataType.TEXT
    if not all(re.fullmatch(r"-?\d+([.,]0*)?", each) for each in texts):
        return None
    holding = (type_ for type_ in types if _holds(type_, widget))
    return min(holding, key=lambda type_: type_.width_bytes, default=None)


def _holds(type_: DataType, widget: Widget) -> bool:
    # A large top was printed rounded, so that it may lie above what its type holds.
    fits = widget.span is None or (
        type_.lowest() <= widget.span.bottom and widget.span.top <= type_.highest() * (1 + 1e-5)
    )
    return fits and all(type_.holds(_value(type_, each)) for each in (widget.current, *widget.choices))


def _value(type_: DataType, text: str) -> Value:
    if type_ is DataType.TEXT:
        return text
    # In some languages the driver wrote decimals with a comma.
    number = int(float(text.replace(",", ".")))
    # The driver writes large unsigned numbers as negative ones.
    return number + (1 << 32) if type_ is DataType.UINT32 and number < 0 else number


class _Facts:
    """What is known of Nikon's properties from many bodies."""

    def __init__(self) -> None:
        text = resources.files("rigcoach.emulated.nikon").joinpath("nikon_types.toml").read_text(encoding="utf-8")
        document = tomllib.loads(text)
        self.types: dict[int, list[DataType]] = {}
        for table in (document["types"], document["also"]):
            for name, codes in table.items():
                for code in codes.split():
                    self.types.setdefault(int(code, 16), []).append(DataType[name])
        self._ranges = {int(code, 16) for code in document["ranges"].split()}
        self._readonly = {int(code, 16) for code in document["read_only"].split()} - set(WRITABLE_IN_MODES)

    def readonly(self, code: int) -> bool:
        """Return whether most bodies don't let a computer set it; what hangs on the mode is no such thing."""
        return code in self._readonly

    def is_range(self, code: int) -> bool:
        """Return whether most bodies describe it by a range, not by a list."""
        return code in self._ranges


@cache
def _facts() -> _Facts:
    return _Facts()
