"""A Canon EOS body made of what a real one listed, by the driver's own names of values (``eos_widgets.toml``)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_model import EosModel
from rigcoach.emulated.eos.eos_properties import FileKind, ImageFormat, Property, PropertyCode, Value, ValueType
from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.shooting import USUAL_STILL_PX
from rigcoach.listing.model import BodyListing, Widget
from rigcoach.listing.translations import english, unnamed

# What libgphoto2 cannot do without on an EOS body, and what the body says of the card in it: the 5D Mark II's where the
# listing has none.
_NEEDED = (
    PropertyCode.EVF_OUTPUT_DEVICE,
    PropertyCode.CAPTURE_DESTINATION,
    PropertyCode.AVAILABLE_SHOTS,
    PropertyCode.CAMERA_TIME,
    PropertyCode.CURRENT_STORAGE,
    PropertyCode.CURRENT_FOLDER,
    PropertyCode.SERIAL_NUMBER,
)

_IMAGE_FORMATS = {
    "imageformat": PropertyCode.IMAGE_FORMAT,
    "imageformatcf": PropertyCode.IMAGE_FORMAT_CF,
    "imageformatsd": PropertyCode.IMAGE_FORMAT_SD,
    "imageformatexthd": PropertyCode.IMAGE_FORMAT_EXT_HD,
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

# Sizes by their code as shares of the whole sensor; and a sensor as most bodies have it.
_JPEG_SHARES = {0: 1.0, 1: 0.7, 2: 0.5, 5: 0.83, 6: 0.7, 0xE: 0.5, 0xF: 0.35, 0x10: 0.12}
_RAW_SHARES = {0: 1.0, 1: 0.75, 2: 0.5}


@dataclass(frozen=True, slots=True)
class EosWidget:
    """What libgphoto2 makes of one property: `values` by label, empty where it shows the number or the text itself."""

    code: PropertyCode
    type: ValueType
    readonly: bool
    values: dict[str, int]

    def value(self, label: str) -> Value | None:
        """Return the value that the driver calls so, in whatever language; None if it isn't known."""
        if self.type in (ValueType.TEXT, ValueType.FIELD):
            return label if label.isascii() else None
        number = next((self.values[each] for each in map(_folded, english(label)) if each in self.values), None)
        if number is None:
            number = unnamed(label)
        if number is None and re.fullmatch(r"-?\d+%?", label):
            number = int(label.removesuffix("%"))
        if number is not None and number < 0 and self.type is ValueType.UINT32:
            # The driver shows what is unsigned on the body as a signed number.
            number += 1 << 32
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


def eos_model(listed: BodyListing, lens: EmulatedLens = AS_LISTED) -> tuple[EosModel, tuple[str, ...]]:
    """Return the body with a lens on it, and what is left out: a widget's name, or name and value without a code."""
    properties: dict[int, Property] = {}
    left_out = []
    for widget in listed.widgets:
        if widget.is_raw or (widget.name not in eos_widgets() and widget.name not in _IMAGE_FORMATS):
            continue
        made = _property(widget)
        if made is None:
            left_out.append(widget.name)
        else:
            properties[made.code] = made
            left_out += [f"{widget.name}: {label}" for label in widget.choices if _value(widget.name, label) is None]
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
        one_setting=_as_the_first(properties),
        lens=lens,
        jpeg_sizes_px=_sizes_px(listed, _JPEG_SHARES),
        raw_sizes_px=_sizes_px(listed, _RAW_SHARES),
    )
    return model, tuple(left_out)


def _sizes_px(listed: BodyListing, shares: dict[int, float]) -> dict[int, tuple[int, int]]:
    """Return the pixels of pictures by their size's code: as such bodies have them, where the listing doesn't say."""
    told = re.search(r"\bsize=(\d+)x(\d+)", listed.current("focusinfo") or "")
    width, height = (int(told[1]), int(told[2])) if told else USUAL_STILL_PX
    return {code: (2 * round(width * share / 2), 2 * round(height * share / 2)) for code, share in shares.items()}


def _as_the_first(properties: dict[int, Property]) -> tuple[int, ...]:
    """Return the image formats that stand at the same value: one card's is the format of all pictures."""
    formats = [properties[code] for code in _IMAGE_FORMATS.values() if code in properties]
    return tuple(each.code for each in formats if each.value == formats[0].value)


def _property(widget: Widget) -> Property | None:
    """Return the property behind a widget; None if what it stands at is not known, or most of what it lists."""
    value = _value(widget.name, widget.current)
    choices = [(label, choice) for label in widget.choices if (choice := _value(widget.name, label)) is not None]
    if value is None or 2 * len(choices) < len(widget.choices):
        return None
    listed = tuple(choice for _, choice in choices) or None
    if widget.name in _IMAGE_FORMATS:
        code = _IMAGE_FORMATS[widget.name]
        return Property(code, ValueType.IMAGE_FORMAT, value, listed, writable=not widget.readonly)
    known = eos_widgets()[widget.name]
    labels = tuple((label, number) for label, number in (*choices, (widget.current, value)) if isinstance(number, int))
    return Property(known.code, known.type, value, listed, labels, writable=not known.readonly and not widget.readonly)


def _value(name: str, label: str) -> Value | None:
    if name in _IMAGE_FORMATS:
        return next((found for each in english(label) if (found := image_format(each)) is not None), None)
    return eos_widgets()[name].value(label)


def image_format(label: str) -> ImageFormat | None:
    """Return what libgphoto2 calls so, None if it isn't known.

    >>> image_format("RAW + Small Normal JPEG (S1 Normal)")[1]
    FileKind(raw=False, size=14, compression=2)
    >>> image_format("RAW + cS1") == image_format("RAW + Small Normal JPEG (S1 Normal)")
    True
    """
    code = unnamed(label)
    if code is not None:
        return _coded_format(code)
    kinds = [_RAWS.get(part) or _jpeg(part) for part in label.split(" + ")]
    return tuple(kind for kind in kinds if kind is not None) if None not in kinds else None


def _coded_format(code: int) -> ImageFormat:
    """Return the format that libgphoto2 packs into so many bits (``ptp-pack.c``, ptp_unpack_EOS_ImageFormat).

    Size and compression of either file take four bits each. Newer versions set the highest bit of the compression for a
    raw, and all bits where there is no second file; older ones tell a raw by its compression, 4, and write zeros.

    >>> _coded_format(0x0450) == image_format("Unknown value 0450")
    True
    """
    kinds: list[FileKind] = []
    for size, compression in ((code >> 12, code >> 8 & 0xF), (code >> 4 & 0xF, code & 0xF)):
        if kinds and (size, compression) in ((0, 0), (0xF, 0xF)):
            break
        raw = compression >= 8 or compression == 4
        kinds.append(FileKind(raw, size + 1 if size >= 0xD else size, compression & 7))
    return tuple(kinds)


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
            values.setdefault(_folded(label), int(code, 16))
    return values


def _folded(label: str) -> str:
    """Return a label without regard to case: libgphoto2 wrote the same ones in lower case once."""
    return label.casefold()
