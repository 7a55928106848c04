"""The bodies that can be emulated, by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.body import Body
from rigcoach.emulated.card import COMPACT_FLASH, Card, CardKind
from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.nikon import nikon_d750
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.shooting import Film, Options


class EmulatorError(RigcoachError):
    """An emulated body that could not be started."""

    code = "emulated.start"


@dataclass(frozen=True, slots=True)
class EmulatedModel:
    """A body that can be emulated.

    `model` is the name that libgphoto2 knows it by, `card` what it takes. The first of `lenses` is the one
    that it comes with, `left_out` what a replayed body showed that this one can't.
    """

    model: str
    card: CardKind
    lenses: dict[str, EmulatedLens]
    build: Callable[[EmulatedLens, Card, Film, Options], Body]
    left_out: tuple[str, ...] = ()


def _build_5d2(lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
    return EosBody(eos5d2.model(lens), card, film, options)


def _build_d750(lens: EmulatedLens, card: Card, film: Film, options: Options) -> Body:
    return NikonBody(nikon_d750.model(lens), card, film, options)


BODIES = {
    "canon-eos-5d-mark-ii": EmulatedModel(eos5d2.MODEL, COMPACT_FLASH, eos5d2.LENSES, _build_5d2),
    "nikon-d750": EmulatedModel(nikon_d750.MODEL, nikon_d750.CARD, nikon_d750.LENSES, _build_d750),
}
DEFAULT_BODY = "canon-eos-5d-mark-ii"


def model_named(body: str) -> EmulatedModel:
    """Return one of `BODIES`.

    Raises
    ------
    EmulatorError
        If there is none of that name.
    """
    if body not in BODIES:
        raise _unknown("body", body, BODIES)
    return BODIES[body]


def lens_named(model: EmulatedModel, lens: str | None) -> EmulatedLens:
    """Return one of the model's lenses, the one that it comes with if None.

    Raises
    ------
    EmulatorError
        If there is none of that name.
    """
    if lens is None:
        return next(iter(model.lenses.values()))
    if lens not in model.lenses:
        raise _unknown("lens", lens, model.lenses)
    return model.lenses[lens]


def _unknown(what: str, name: str, there_are: Iterable[str]) -> EmulatorError:
    return EmulatorError(
        f"there is no emulated {what} called {name!r}", next_step=f"Take one of: {', '.join(there_are)}"
    )
