"""A body made of what a real one listed.

What a listing shows are libgphoto2's widgets; behind most stands one property of the body. Where it is known which, and
which value has which name, the body can be made of them: its values, its lists, what is read-only. That is so for
Canon EOS, by the driver's own names, and for the other makers, whose listings also give properties by their numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rigcoach.emulated.bodies import BODIES, EmulatedModel, model_named
from rigcoach.emulated.body import Body
from rigcoach.emulated.card import Card, CardKind
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.eos.replay_eos import eos_model
from rigcoach.emulated.fuji import fuji_body
from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.nikon.replay_nikon import nikon_model
from rigcoach.emulated.olympus import olympus_body
from rigcoach.emulated.panasonic import panasonic_body
from rigcoach.emulated.panasonic.lumix_body import LumixBody
from rigcoach.emulated.panasonic.replay_lumix import is_lumix, lumix_model
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty
from rigcoach.emulated.shooting import Film, Options
from rigcoach.emulated.sony.replay_sony import sony_model_listed
from rigcoach.emulated.sony.sony_body import SonyBody
from rigcoach.emulated.standard.numbered_properties import numbered_properties, property_facts
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_model import StandardModel, labels_of
from rigcoach.listing.files import ListingError, read_listing
from rigcoach.listing.maker import maker_of
from rigcoach.listing.model import BodyListing

# libgphoto2 takes any PTP/IP body under this name.
_ANY_BODY = "PTP/IP Camera"

_MANUFACTURERS = {
    "canon": "Canon Inc.",
    "nikon": "Nikon Corporation",
    "sony": "Sony Corporation",
    "fuji": "FUJIFILM",
    "panasonic": "Panasonic",
    "olympus": "OLYMPUS",
}


def model_for(body: str | Path) -> EmulatedModel:
    """Return one of `bodies.BODIES` by its name, or what a listing shows by the path of its file.

    A listing is all that `rigcoach.listing.files.read_listing` reads: JSON, or what gphoto2 printed.

    Raises
    ------
    EmulatorError
        If there is none of that name.
    ListingError
        If the listing cannot be replayed.
    """
    if isinstance(body, str) and (body in BODIES or not _is_path(body)):
        return model_named(body)
    return model_listed(Path(body))


def _is_path(text: str) -> bool:
    """Return whether a text that names no body is meant as a file's path, so that it is told what is wrong with it."""
    path = Path(text)
    return path.name != text or path.suffix in (".json", ".txt") or path.exists()


def model_listed(path: Path) -> EmulatedModel:
    """Return the body that a listing shows.

    Raises
    ------
    ListingError
        If the file is no listing, or not one of a maker that is understood.
    """
    listed = read_listing(path)
    maker = maker_of(listed)
    # Older listings tell neither maker nor model.
    listed = replace(
        listed,
        manufacturer=listed.manufacturer or _MANUFACTURERS.get(maker, ""),
        model=listed.model or listed.body,
    )
    if maker == "canon":
        return _eos(listed)
    if maker == "nikon":
        return _nikon(listed)
    if maker == "sony":
        return _sony(listed)
    if maker == "panasonic" and is_lumix(listed):
        return _lumix(listed)
    if maker in _STANDARD:
        return _standard(maker, listed)
    raise ListingError(
        f"{listed.model} cannot be replayed",
        why="only bodies of Canon EOS, Nikon, Sony, Fujifilm, Panasonic and Olympus are understood, "
        + (f"not those of {listed.manufacturer}" if listed.manufacturer else "and this listing names no maker"),
        next_step="Take another listing; `rigcoach profile check --against` reads this one too",
        code="emulated.listing",
    )


def _eos(listed: BodyListing) -> EmulatedModel:
    lens = replace(AS_LISTED, name=listed.current("lensname") or "")
    model, left_out = eos_model(listed, lens)

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return EosBody(model, card, film, options)

    card = CardKind("SD", "EOS_DIGITAL", "100CANON")
    return EmulatedModel(_ANY_BODY, card, {lens.id: lens}, build, left_out)


def _nikon(listed: BodyListing) -> EmulatedModel:
    model, left_out = nikon_model(listed)
    _require_properties(listed, model.properties)

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return NikonBody(model, card, film, options)

    return _numbered(CardKind("", listed.model, "100NIKON"), build, left_out)


def _sony(listed: BodyListing) -> EmulatedModel:
    model, version, left_out = sony_model_listed(listed)
    _require_properties(listed, model.properties)

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return SonyBody(model, version, card, film, options)

    return _numbered(CardKind("", "Storage Media", "100MSDCF"), build, left_out)


def _lumix(listed: BodyListing) -> EmulatedModel:
    model, left_out = lumix_model(listed)

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return LumixBody(model, card, film, options)

    return _numbered(CardKind("", "LUMIX", "100_PANA"), build, left_out)


@dataclass(frozen=True, slots=True)
class _Standard:
    """How a maker's bodies are made that differ in properties alone: facts, names of values, extension, card."""

    package: str
    table: str
    names: Mapping[str, int]
    extension_id: int
    events: tuple[int, ...]
    card: CardKind
    body: type[StandardBody]


_STANDARD = {
    "fuji": _Standard(
        "rigcoach.emulated.fuji",
        "fuji_types.toml",
        {"imageformat": fuji_body.Code.QUALITY},
        fuji_body.EXTENSION_ID,
        (),
        CardKind("", "SLOT 1", "100_FUJI"),
        fuji_body.FujiBody,
    ),
    "olympus": _Standard(
        "rigcoach.emulated.olympus",
        "olympus_types.toml",
        {"imageformat": olympus_body.Code.IMAGE_FORMAT},
        olympus_body.EXTENSION_ID,
        olympus_body.EVENTS,
        CardKind("", "SD1", "100OLYMP"),
        olympus_body.OlympusBody,
    ),
    "panasonic": _Standard(
        "rigcoach.emulated.panasonic",
        "panasonic_types.toml",
        {"imagequality": panasonic_body.Code.COMPRESSION_SETTING},
        panasonic_body.EXTENSION_ID,
        (),
        CardKind("", "LUMIX", "100_PANA"),
        panasonic_body.PanasonicBody,
    ),
}


def _standard(maker: str, listed: BodyListing) -> EmulatedModel:
    kind = _STANDARD[maker]
    properties, left_out = numbered_properties(listed, property_facts(kind.package, kind.table))
    _require_properties(listed, properties)
    model = StandardModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "1.00",
        vendor_extension_id=kind.extension_id,
        properties=properties,
        events=kind.events,
        labels=labels_of(listed, kind.names),
        lens=AS_LISTED,
    )

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return kind.body(model, card, film, options)

    return _numbered(kind.card, build, left_out)


def _require_properties(listed: BodyListing, properties: tuple[DeviceProperty, ...]) -> None:
    if not properties:
        raise ListingError(
            f"{listed.model} cannot be replayed",
            why="its listing gives no property by its number",
            next_step="Take a listing with its other properties: gphoto2 --list-all-config",
            code="emulated.listing",
        )


def _numbered(
    card: CardKind, build: Callable[[EmulatedLens, Card, Film, Options], Body], left_out: tuple[str, ...]
) -> EmulatedModel:
    return EmulatedModel(_ANY_BODY, card, {AS_LISTED.id: AS_LISTED}, build, left_out)
