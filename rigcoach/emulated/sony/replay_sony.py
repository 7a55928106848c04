"""A Sony body made of what a real one listed."""

from dataclasses import replace
from functools import cache

from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.sony import sony_model
from rigcoach.emulated.sony.sony_model import DIRECT, STEPPING, Code
from rigcoach.emulated.standard.numbered_properties import PropertyFacts, numbered_properties, property_facts
from rigcoach.emulated.standard.standard_model import StandardModel, labels_of
from rigcoach.listing.model import BodyListing

_NAMES = {"imagequality": Code.COMPRESSION}

# The modes of the dial and of the drive have codes of 32 bits since 3.00, of 16 before.
_WIDE_SINCE_DIRECT = (0x500E, 0x5013)

# Set although the body says that it cannot be (``camlibs/ptp2/ptp-pack.c``, sony_mode2_settable_always_props).
_FLASH_MODE = 0x500C


def sony_model_listed(
    listed: BodyListing, lens: EmulatedLens = AS_LISTED
) -> tuple[StandardModel, int, tuple[str, ...]]:
    """Return the body, the version of Sony's extension that it speaks, and the properties that are left out."""
    found, left_out = numbered_properties(listed, _facts())
    properties = tuple(replace(each, writable=each.writable or each.code == _FLASH_MODE) for each in found)
    wide = any(each.code in _WIDE_SINCE_DIRECT and _widest(each.value, each.choices) > 0xFFFF for each in properties)
    model = StandardModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "1.00",
        vendor_extension_id=sony_model.EXTENSION_ID,
        properties=properties,
        events=(sony_model.OBJECT_ADDED, sony_model.PROPERTY_CHANGED),
        labels=labels_of(listed, _NAMES),
        lens=lens,
    )
    return model, DIRECT if wide else STEPPING, left_out


def _widest(value: object, choices: object) -> int:
    numbers = (value, *(choices if isinstance(choices, tuple) else ()))
    return max((each for each in numbers if isinstance(each, int)), default=0)


@cache
def _facts() -> PropertyFacts:
    return property_facts("rigcoach.emulated.sony", "sony_types.toml")
