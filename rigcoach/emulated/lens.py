"""A lens on an emulated body."""

from dataclasses import dataclass

from rigcoach.emulated.film.metering import RIGHT_F_NUMBER


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


AS_LISTED = EmulatedLens("as-listed", "", 0, 28.0, (), RIGHT_F_NUMBER, 2.0, autofocus=False)
"""The lens on a body made of a listing, which does not say much of it."""
