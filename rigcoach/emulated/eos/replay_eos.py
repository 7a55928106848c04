"""A Canon EOS body made of what a real one listed, by the driver's own names of values (``eos_widgets.toml``)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_model import EosModel
from rigcoach.emulated.eos.eos_properties import FileKind, ImageFormat, Property, PropertyCode, Value, ValueType
from rigcoach.emulated.film import metering
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.listing.model import BodyListing, Widget

# What libgphoto2 cannot do without on an EOS body: its value is the 5D Mark II's where the listing has none.
_NEEDED = (
    PropertyCode.EVF_OUTPUT_DEVICE,
    PropertyCode.CAPTURE_DESTINATION,
    PropertyCode.AVAILABLE_SHOTS,
    PropertyCode.CAMERA_TIME,
)

_IMAGE_FORMATS = {
    "imageformat": PropertyCode.IMAGE_FORMAT,
    "imageformatcf": PropertyCode.IMAGE_FORMAT_CF,
    "imageformatsd": PropertyCode.IMAGE_FORMAT_SD,
}

# Sizes of JPEGs and raws by name, as libgphoto2 called them up to 2.5.31 and as it calls them since.
_JPEG_SIZES = {"Large": 0, "Medium": 1, "Small": 2, "L": 0, "M": 1, "S": 2, "M1": 5, "M2": 6, "S1": 0xE, "S2": 0xF}
_SMALLER_SIZES = {"Smaller JPEG": 0xF, "Tiny JPEG": 0x10, "S3": 0x10}
_RAWS = {
    "RAW": FileKind(raw=True, size=0, compression=4),
    "mRAW": FileKind(raw=True, size=1, compression=4),
    "sRAW": FileKind(raw=True, size=2, compression=4),
    "sRAW1": FileKind(raw=True, size=1, compression=4),
    "sRAW2": FileKind(raw=True, size=2, compression=4),
    "cRAW": FileKind(raw=True, size=0, compression=3),
}
_FINE, _NORMAL = 3, 2


@dataclass(frozen=True, slots=True)
class EosWidget:
    """What libgphoto2 makes of one property: `values` by label, empty where it shows the number or the text itself."""

    code: PropertyCode
    type: ValueType
    readonly: bool
    values: dict[str, int]

    def value(self, label: str) -> Value | None:
        """Return the value that the driver calls so, None if it isn't known."""
        if self.type is ValueType.TEXT:
            return label if label.isascii() else None
        number = self.values.get(label)
        unknown = re.fullmatch(r"[Uu]nknown value (?:0x)?([0-9a-f]+)", label)
        if unknown:
            number = int(unknown[1], 16)
        if number is None and re.fullmatch(r"-?\d+", label):
            number = int(label)
        return number if number is not None and self.type.holds(number) else None


@cache
def eos_widgets() -> dict[str, EosWidget]:
    """Return the widgets that can be replayed, by name."""
    text = resources.files("rigcoach.emulated.eos").joinpath("eos_widgets.toml").read_text(encoding="utf-8")
    return {
        name: EosWidget(
            PropertyCode(entry["code"]),
            ValueType[entry["type"]],
            entry.get("readonly", False),
            _labels(entry.get("labels", "")),
        )
        for name, entry in tomllib.loads(text).items()
    }


def eos_model(listed: BodyListing) -> tuple[EosModel, tuple[str, ...]]:
    """Return the body, and the names of the widgets that are left out because a label has no known value."""
    properties: dict[int, Property] = {}
    left_out = []
    for widget in listed.widgets:
        made = _property(widget)
        if made is not None:
            properties[made.code] = made
        elif widget.name in eos_widgets() or widget.name in _IMAGE_FORMATS:
            left_out.append(widget.name)
    lens = EmulatedLens("as-listed", "", 0, 28.0, (), metering.RIGHT_F_NUMBER, 2.0, autofocus=False)
    for spare in eos5d2.properties(lens):
        if spare.code in _NEEDED and spare.code not in properties:
            properties[spare.code] = spare
    model = EosModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "1-0.0.0",
        serial_number="0" * 10,
        properties=tuple(properties.values()),
        listed_in_modes={},
        f_number=metering.RIGHT_F_NUMBER,
        # A listing doesn't say how many pixels a still has.
        still_sizes_px={},
    )
    return model, tuple(left_out)


def _property(widget: Widget) -> Property | None:
    """Return the property behind a widget; None if there is none, or not all of its labels are known."""
    if widget.is_raw:
        return None
    if widget.name in _IMAGE_FORMATS:
        return _image_format(_IMAGE_FORMATS[widget.name], widget)
    known = eos_widgets().get(widget.name)
    if known is None:
        return None
    value, choices = known.value(widget.current), [known.value(label) for label in widget.choices]
    if value is None or None in choices:
        return None
    labels = [*zip(widget.choices, choices, strict=True), (widget.current, value)]
    return Property(
        known.code,
        known.type,
        value,
        tuple(choice for choice in choices if choice is not None) or None,
        tuple((label, number) for label, number in labels if isinstance(number, int)),
        writable=not known.readonly and not widget.readonly,
    )


def _image_format(code: PropertyCode, widget: Widget) -> Property | None:
    formats = [image_format(label) for label in (widget.current, *widget.choices)]
    made = [each for each in formats if each is not None]
    if len(made) < len(formats):
        return None
    return Property(code, ValueType.IMAGE_FORMAT, made[0], tuple(made[1:]), writable=not widget.readonly)


def image_format(label: str) -> ImageFormat | None:
    """Return what libgphoto2 calls so, None if it isn't known.

    >>> image_format("RAW + Small Normal JPEG (S1 Normal)")[1]
    FileKind(raw=False, size=14, compression=2)
    >>> image_format("RAW + cS1") == image_format("RAW + Small Normal JPEG (S1 Normal)")
    True
    """
    kinds = [_RAWS.get(part) or _jpeg(part) for part in label.split(" + ")]
    return tuple(kind for kind in kinds if kind is not None) if None not in kinds else None


def _jpeg(name: str) -> FileKind | None:
    in_brackets = re.search(r"\((S\d)(?: (Fine|Normal))?\)", name)
    if in_brackets:
        name = in_brackets[1] if in_brackets[2] != "Normal" else f"c{in_brackets[1]}"
    words = name.split()
    if len(words) == 3 and words[0] in _JPEG_SIZES and words[1] in ("Fine", "Normal"):
        return FileKind(raw=False, size=_JPEG_SIZES[words[0]], compression=_FINE if words[1] == "Fine" else _NORMAL)
    bare = name.removeprefix("c")
    sizes = _JPEG_SIZES | _SMALLER_SIZES
    if bare not in sizes:
        return None
    return FileKind(raw=False, size=sizes[bare], compression=_FINE if bare == name else _NORMAL)


def _labels(text: str) -> dict[str, int]:
    """Read ``40 50; 48 100``: hexadecimal codes and labels; the first code that has a label keeps it."""
    values: dict[str, int] = {}
    for entry in " ".join(text.split()).split("; "):
        code, _, label = entry.partition(" ")
        if label:
            values.setdefault(label, int(code, 16))
    return values
