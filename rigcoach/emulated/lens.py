"""A lens on an emulated body."""

from dataclasses import dataclass

from rigcoach.emulated.film.metering import RIGHT_F_NUMBER

_FARTHEST_M = 100.0


@dataclass(frozen=True, slots=True)
class EmulatedLens:
    """A lens on the body.

    `f_numbers` are the apertures that the body can set, none on a lens without contacts; `f_number` is the one that the
    lens stands at to begin with, `focus_m` the distance that it is focused at, `nearest_m` the nearest that its motor
    reaches.
    """

    id: str
    name: str
    lens_id: int
    focal_length_mm: float
    f_numbers: tuple[str, ...]
    f_number: float
    focus_m: float
    autofocus: bool
    nearest_m: float = 0.3

    def driven_m(self, focus_m: float, nearer_per_m: float) -> float:
        """Return where the motor takes the focus from a distance by so many dioptres (1/m), as far as it goes.

        >>> [round(AS_LISTED.driven_m(2.0, nearer_per_m), 2) for nearer_per_m in (0.5, 9.0, -0.5)]
        [1.0, 0.3, 100.0]
        """
        return 1 / min(max(1 / focus_m + nearer_per_m, 1 / _FARTHEST_M), 1 / self.nearest_m)


AS_LISTED = EmulatedLens("as-listed", "", 0, 28.0, (), RIGHT_F_NUMBER, 2.0, autofocus=False)
"""The lens on a body made of a listing, which does not say much of it."""
