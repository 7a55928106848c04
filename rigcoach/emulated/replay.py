"""A body made of what a real one listed.

What a listing shows are libgphoto2's widgets; behind most stands one property of the body. Where it is known which, and
which value has which name, the body can be made of them: its values, its lists, what is read-only. That is so for
Canon EOS, by the driver's own names, and for Nikon, whose listings also give properties by their numbers. A replayed
body shows live view and records movies where it lists the settings for them; it takes no stills.
"""

from dataclasses import replace
from pathlib import Path

from rigcoach.emulated.bodies import BODIES, EmulatedModel, model_named
from rigcoach.emulated.body import Body
from rigcoach.emulated.card import Card, CardKind
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.eos.replay_eos import eos_model
from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.nikon.replay_nikon import nikon_model
from rigcoach.emulated.shooting import Film, Options
from rigcoach.listing.files import ListingError, read_listing
from rigcoach.listing.maker import maker_of
from rigcoach.listing.model import BodyListing

# libgphoto2 takes any PTP/IP body under this name.
_ANY_BODY = "PTP/IP Camera"

_MANUFACTURERS = {"canon": "Canon Inc.", "nikon": "Nikon Corporation"}


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
        If the file is no listing, or not one of a Canon EOS or a Nikon.
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
    raise ListingError(
        f"{listed.model} cannot be replayed",
        why="only bodies of Canon EOS and Nikon are understood, "
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
    if not model.properties:
        raise ListingError(
            f"{listed.model} cannot be replayed",
            why="its listing gives no property by its number",
            code="emulated.listing",
        )

    def build(_lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
        return NikonBody(model, card, film, options)

    return EmulatedModel(_ANY_BODY, CardKind("", listed.model, "100NIKON"), {AS_LISTED.id: AS_LISTED}, build, left_out)
