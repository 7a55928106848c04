"""A Nikon body made of what a real one listed: its properties by number, ``/main/other/500f``, and their values."""

from dataclasses import replace
from functools import cache

from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.nikon.nikon_model import WRITABLE_IN_MODES, NikonModel
from rigcoach.emulated.standard.numbered_properties import PropertyFacts, numbered_properties, property_facts
from rigcoach.listing.model import BodyListing
from rigcoach.listing.translations import english


def nikon_model(listed: BodyListing, lens: EmulatedLens = AS_LISTED) -> tuple[NikonModel, tuple[str, ...]]:
    """Return the body with a lens on it, and the properties that are left out because no type holds their values."""
    properties, left_out = numbered_properties(listed, _facts())
    stated = any(each.readonly for each in listed.widgets)
    model = NikonModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "V1.00",
        serial_number="0" * 32,
        properties=properties,
        writable_in_modes={} if stated else WRITABLE_IN_MODES,
        qualities=_qualities(listed),
        lens=lens,
    )
    return model, left_out


def _qualities(listed: BodyListing) -> dict[int, str]:
    """Return what each compression is called: libgphoto2 lists names and numbers in the same order."""
    named, numbered = listed.widget("imagequality"), listed.widget("/main/other/5004")
    if named is None or numbered is None or len(named.choices) != len(numbered.choices):
        return {}
    names = [english(label)[-1] for label in named.choices]
    return {int(number): name for number, name in zip(numbered.choices, names, strict=True) if number.isdecimal()}


@cache
def _facts() -> PropertyFacts:
    facts = property_facts("rigcoach.emulated.nikon", "nikon_types.toml")
    # What hangs on the mode is no such thing as read-only.
    return replace(facts, read_only=facts.read_only - set(WRITABLE_IN_MODES))
