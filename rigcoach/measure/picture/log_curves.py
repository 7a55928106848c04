"""Curves that cameras record with for grading, from signal back to light, as their makers publish them.

References
----------
.. [Sony] Sony, "Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3" (2014); "S-Log2" in "S-Log: a new LUT
   for digital production mastering and interchange applications" (2012).
.. [Canon] Canon, "Canon Log Gamma Curves: description of the Canon Log, Canon Log 2 and Canon Log 3" (2018).
.. [Panasonic] Panasonic, "V-Log/V-Gamut reference manual", rev. 1.0 (2014).
.. [Nikon] Nikon, "N-Log specification document", version 1.0.0 (2018).
.. [Fujifilm] Fujifilm, "F-Log data sheet", version 1.0, and "F-Log2 data sheet", version 1.0 (2022).
.. [DJI] DJI, "White paper on D-Log and D-Gamut of DJI cinema color system" (2017).
.. [Apple] Apple, "Apple Log profile white paper" (2023).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from rigcoach.measure.arrays import Floats

LogCurve = Literal[
    "s-log2", "s-log3", "c-log", "c-log2", "c-log3", "v-log", "n-log", "f-log", "f-log2", "d-log", "apple-log"
]

# Canon's formulas are of a reflectance of 0.9 as 1.
_CANON_WHITE = 0.9


@dataclass(frozen=True, slots=True)
class Curve:
    """A log curve: `light` of a signal, 0.18 for a grey card, and the signal at which a recording clips.

    The signal is the code over the largest code, whatever range the file says, as makers give their codes; where
    `of_range` it is 0 at the range's black and 1 at its white.
    """

    light: Callable[[Floats], Floats]
    clips_at: float
    of_range: bool = False


def _s_log2(signal: Floats) -> Floats:
    bright = 219 * (10 ** ((signal - 0.616596 - 0.03) / 0.432699) - 0.037584) / 155
    dark = (signal - 0.030001222851889303) / 3.53881278538813
    return 0.9 * np.where(signal >= 0.030001222851889303, bright, dark)


def _s_log3(signal: Floats) -> Floats:
    code = signal * 1023
    bright = 10 ** ((code - 420) / 261.5) * (0.18 + 0.01) - 0.01
    return np.where(code >= 171.2102946929, bright, (code - 95) * 0.01125 / (171.2102946929 - 95))


def _c_log(signal: Floats) -> Floats:
    away = (10 ** (np.abs(signal - 0.12512219) / 0.45310179) - 1) / 10.1596
    return _CANON_WHITE * np.sign(signal - 0.12512219) * away


def _c_log2(signal: Floats) -> Floats:
    away = (10 ** (np.abs(signal - 0.092864125) / 0.24136077) - 1) / 87.09937546
    return _CANON_WHITE * np.sign(signal - 0.092864125) * away


def _c_log3(signal: Floats) -> Floats:
    dark = -(10 ** ((0.12783901 - signal) / 0.36726845) - 1) / 14.98325
    bright = (10 ** ((signal - 0.12240537) / 0.36726845) - 1) / 14.98325
    middle = (signal - 0.12512219) / 1.9754798
    return _CANON_WHITE * np.where(signal < 0.097465473, dark, np.where(signal <= 0.15277891, middle, bright))


def _v_log(signal: Floats) -> Floats:
    return np.where(signal < 0.181, (signal - 0.125) / 5.6, 10 ** ((signal - 0.598206) / 0.241514) - 0.00873)


def _n_log(signal: Floats) -> Floats:
    code = signal * 1023
    return np.where(code < 452, (code / 650) ** 3 - 0.0075, np.exp((code - 619) / 150))


def _f_log(signal: Floats) -> Floats:
    bright = (10 ** ((signal - 0.790453) / 0.344676) - 0.009468) / 0.555556
    return np.where(signal >= 0.100537775223865, bright, (signal - 0.092864) / 8.735631)


def _f_log2(signal: Floats) -> Floats:
    bright = (10 ** ((signal - 0.384316) / 0.245281) - 0.064829) / 5.555556
    return np.where(signal >= 0.100686685370811, bright, (signal - 0.092864) / 8.799461)


def _d_log(signal: Floats) -> Floats:
    return np.where(signal <= 0.14, (signal - 0.0929) / 6.025, (10 ** (3.89616 * signal - 2.27752) - 0.0108) / 0.9892)


def _apple_log(signal: Floats) -> Floats:
    r0, rt, c, beta, gamma, delta = -0.05641088, 0.01, 47.28711236, 0.00964052, 0.08550479, 0.69336945
    bright = 2 ** ((signal - delta) / gamma) - beta
    dark = np.sqrt(np.maximum(signal, 0.0) / c) + r0
    return np.where(signal >= c * (rt - r0) ** 2, bright, dark)


LOG_CURVES: dict[str, Curve] = {
    "s-log2": Curve(_s_log2, 0.99, of_range=True),
    "s-log3": Curve(_s_log3, 0.92),
    "c-log": Curve(_c_log, 0.98),
    "c-log2": Curve(_c_log2, 0.90),
    "c-log3": Curve(_c_log3, 0.97),
    "v-log": Curve(_v_log, 0.89),
    "n-log": Curve(_n_log, 0.91),
    "f-log": Curve(_f_log, 0.97),
    "f-log2": Curve(_f_log2, 0.97),
    "d-log": Curve(_d_log, 0.97),
    "apple-log": Curve(_apple_log, 0.99, of_range=True),
}
"""The curves by name. Where each clips is about where its makers' bodies do: it depends on the body and on ISO."""

_NAMES = (
    (r"s[- ]?log[- ]?2", "s-log2"),
    (r"s[- ]?log[- ]?3([.\- ]cine)?", "s-log3"),
    (r"c(anon)?[- ]?log[- ]?2", "c-log2"),
    (r"c(anon)?[- ]?log[- ]?3", "c-log3"),
    (r"c(anon)?[- ]?log", "c-log"),
    (r"v[- ]?log([- ]?l)?", "v-log"),
    (r"n[- ]?log", "n-log"),
    (r"f[- ]?log[- ]?2", "f-log2"),
    (r"f[- ]?log", "f-log"),
    (r"d[- ]?log", "d-log"),
    (r"apple[- ]?log", "apple-log"),
)


def log_curve_named(name: str) -> LogCurve | None:
    """Return the curve that a camera or a photographer calls by a name; `None` for a name of none.

    >>> log_curve_named("s-log3-cine"), log_curve_named("V-Log L"), log_curve_named("neutral")
    ('s-log3', 'v-log', None)
    """
    for pattern, curve in _NAMES:
        if re.fullmatch(pattern, name.strip(), re.IGNORECASE):
            return cast(LogCurve, curve)
    return None
