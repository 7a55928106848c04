"""The bodies that can be emulated, by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rigcoach.emulated import eos5d2
from rigcoach.emulated.card import Card
from rigcoach.emulated.eos import EosBody
from rigcoach.emulated.eos5d2 import Lens
from rigcoach.emulated.shooting import Film, Options
from rigcoach.errors import RigcoachError


class EmulatorError(RigcoachError):
    """An emulated body that could not be started."""

    code = "emulated.start"


@dataclass(frozen=True, slots=True)
class EmulatedModel:
    """A body that can be emulated; `model` is the name that libgphoto2 knows it by."""

    model: str
    lenses: dict[str, Lens]
    build: Callable[[Lens, Card, Film, Options], EosBody]


BODIES = {"canon-eos-5d-mark-ii": EmulatedModel(eos5d2.MODEL, eos5d2.LENSES, EosBody)}
DEFAULT_BODY, DEFAULT_LENS = "canon-eos-5d-mark-ii", "adapted"


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


def lens_named(model: EmulatedModel, lens: str) -> Lens:
    """Return one of the model's lenses.

    Raises
    ------
    EmulatorError
        If there is none of that name.
    """
    if lens not in model.lenses:
        raise _unknown("lens", lens, model.lenses)
    return model.lenses[lens]


def _unknown(what: str, name: str, there_are: Iterable[str]) -> EmulatorError:
    return EmulatorError(
        f"there is no emulated {what} called {name!r}", next_step=f"Take one of: {', '.join(there_are)}"
    )
