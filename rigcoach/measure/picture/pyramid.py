"""A picture and its smaller copies, made once for all detectors and trackers that need them."""

import cv2
import numpy as np

from rigcoach.measure.arrays import Luma


class Pyramid:
    """One picture and its copies at a half, a quarter and so on, each made when it is first asked for.

    Every copy is the mean of 2 x 2 pixels of the one before; a last odd row or column is left out.

    Parameters
    ----------
    luma
        HxW plane. It is not copied.
    """

    __slots__ = ("_copies",)

    def __init__(self, luma: Luma) -> None:
        # By number: two threads that ask for one copy at once make it twice, and either will do.
        self._copies = {0: luma}

    @property
    def luma(self) -> Luma:
        """The picture itself."""
        return self._copies[0]

    @property
    def shape(self) -> tuple[int, int]:
        """Its height and width."""
        return (self.luma.shape[0], self.luma.shape[1])

    def level(self, number: int) -> Luma:
        """Return the copy that is 2 to the `number` times smaller."""
        copy = self._copies.get(number)
        if copy is None:
            larger = self.level(number - 1)
            height, width = max(larger.shape[0] // 2, 1), max(larger.shape[1] // 2, 1)
            whole = larger[: 2 * height, : 2 * width]
            copy = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
            self._copies[number] = copy
        return copy

    def beneath(self, number: int) -> "Pyramid":
        """Return the copy that is 2 to the `number` times smaller, as a picture of its own."""
        return self if number == 0 else Pyramid(self.level(number))


def level_of(reduction: float) -> int:
    """Return the number of the smallest copy that is not more than so many times smaller.

    >>> [level_of(reduction) for reduction in (0.5, 1, 1.9, 2, 5)]
    [0, 0, 0, 1, 2]
    """
    return max(0, int(reduction).bit_length() - 1)
