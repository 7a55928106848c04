"""The bodies that can be emulated, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from rigcoach.emulated import eos5d2
from rigcoach.emulated.card import Card
from rigcoach.emulated.eos import EosBody, Film
from rigcoach.emulated.eos5d2 import Lens


@dataclass(frozen=True, slots=True)
class EmulatedModel:
    """A body that can be emulated; `model` is the name that libgphoto2 knows it by."""

    model: str
    lenses: dict[str, Lens]
    build: Callable[[Lens, Card, Film], EosBody]


BODIES = {"canon-eos-5d-mark-ii": EmulatedModel(eos5d2.MODEL, eos5d2.LENSES, EosBody)}
DEFAULT_BODY, DEFAULT_LENS = "canon-eos-5d-mark-ii", "adapted"
