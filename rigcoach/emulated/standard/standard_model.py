"""What one body is made of that is set by ISO 15740's device properties."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.ptp.datasets import DeviceInfo
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty
from rigcoach.emulated.shooting import USUAL_STILL_PX, StillKind
from rigcoach.listing.model import BodyListing
from rigcoach.listing.translations import english

_FORMATS = (0x3801, 0x3000, 0x3001, 0x300D)
_EVENTS = (0x4002, 0x4003, 0x4004, 0x4005, 0x4006, 0x400D)


@dataclass(frozen=True, slots=True)
class StandardModel:
    """One body as it is switched on, with a lens on it.

    Attributes
    ----------
    name, manufacturer, version
        What it says of itself.
    vendor_extension_id
        Whose operations it speaks beside the standard's.
    properties
        Its settings and states.
    events
        What it tells of by itself.
    labels
        What a photographer calls the values of the properties that are listed under a name, too.
    lens
        What is on it.
    """

    name: str
    manufacturer: str
    version: str
    vendor_extension_id: int
    properties: tuple[DeviceProperty, ...]
    events: tuple[int, ...]
    labels: dict[int, dict[int, str]]
    lens: EmulatedLens

    def device_info(self, operations: tuple[int, ...]) -> DeviceInfo:
        """Return what the body says of itself, with the operations that it answers."""
        return DeviceInfo(
            vendor_extension_id=self.vendor_extension_id,
            vendor_extension_version=100,
            operations=operations,
            events=(*_EVENTS, *self.events),
            properties=tuple(each.code for each in self.properties if each.code <= 0xFFFF),
            capture_formats=(0x3801,),
            image_formats=_FORMATS,
            manufacturer=self.manufacturer,
            model=self.name,
            version=self.version,
            serial_number="0" * 32,
        )

    def label(self, code: int, value: object) -> str:
        """Return what a photographer calls a value; empty where nobody knows."""
        return self.labels.get(code, {}).get(value, "") if isinstance(value, int) else ""

    def still_kind(self, code: int, value: object) -> StillKind | None:
        """Return what a picture is written as by the setting of its format; None for one that isn't known."""
        label = self.label(code, value)
        raw = re.search("RAW", label, re.IGNORECASE) is not None
        jpeg = re.search("JPEG|Fine|Normal|Standard|Std|Basic|Light", label, re.IGNORECASE) is not None
        return StillKind(USUAL_STILL_PX if jpeg else None, USUAL_STILL_PX if raw else None) if raw or jpeg else None


def labels_of(listed: BodyListing, names: Mapping[str, int]) -> dict[int, dict[int, str]]:
    """Return what the values of properties are called: libgphoto2 lists names and numbers in the same order.

    `names` says which number stands behind a widget's name.
    """
    found: dict[int, dict[int, str]] = {}
    for name, code in names.items():
        named, numbered = listed.widget(name), listed.widget(f"/main/other/{code:04x}")
        if named is None or numbered is None:
            continue
        pairs = [(numbered.current, named.current)]
        if len(named.choices) == len(numbered.choices):
            pairs += zip(numbered.choices, named.choices, strict=True)
        found[code] = {int(number): english(label)[-1] for number, label in pairs if number.lstrip("-").isdecimal()}
    return found
