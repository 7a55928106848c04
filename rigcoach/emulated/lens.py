"""A lens on an emulated body."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmulatedLens:
    """A lens on the body.

    `f_numbers` are the apertures that the body can set, none on a lens without contacts; `f_number` is the one that the
    lens stands at to begin with, `focus_m` the distance that it is focused at.
    """

    id: str
    name: str
    lens_id: int
    focal_length_mm: float
    f_numbers: tuple[str, ...]
    f_number: float
    focus_m: float
    autofocus: bool
