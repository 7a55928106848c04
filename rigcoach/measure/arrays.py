"""The arrays that pictures and numbers come in, by name."""

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
"""An upright plane of luma, HxW."""

Rgb = npt.NDArray[np.uint8]
"""An upright picture, HxWx3."""

Plane = npt.NDArray[np.float32]
"""A plane of light or of slopes, HxW."""

Interval = tuple[float, float]
"""Between what and what a number lies, low and high."""

Floats = npt.NDArray[np.float64]
"""Numbers, of whatever shape is told beside them."""
