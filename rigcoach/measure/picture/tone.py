"""From the codes that a file holds back to light: its range, its depth and its curve, in one place.

Everything behind `rigcoach.video` is measured on one kind of luma: 8 bits, full range, BT.709's curve, diffuse white at
255 (`normalised_codes`); what was another curve in the file is brought onto it through light. Light is that of the
scene, relative to diffuse white: `bt709_to_light` of normalised luma.

HDR signals have no white of their own. Diffuse white is put where [BT2408]_ puts it, at 203 cd/m2: 58 % of a PQ
signal, 75 % of an HLG signal. PQ codes light as displayed, so its signal is brought to the BT.709 signal that is
displayed alike by [BT1886]_, as FFmpeg's own conversion does. HLG may be converted by light on the scene or by light
as displayed ([BT2408]_, section 5), which differ by up to 0.04 in the shadows: the mean of both is taken. Highlights
above white, which these curves and those for grading hold and a BT.709 signal does not, are kept apart from what is
clipped: they share the levels between `HIGHLIGHTS` and the clipping limit of `rigcoach.measure.picture.exposure`.

References
----------
.. [BT709] Recommendation ITU-R BT.709-6 (2015), item 1.2, opto-electronic transfer characteristics, and item 4.6
   for the quantization of the narrow-range signal.
.. [BT1886] Recommendation ITU-R BT.1886 (2011), annex 1: the reference electro-optical transfer function.
.. [BT2100] Recommendation ITU-R BT.2100-2 (2018), tables 4 (PQ), 5 (HLG) and 9 (integer codes).
.. [BT2408] Report ITU-R BT.2408-7 (2023), section 2.1: reference levels.
.. [SRGB] IEC 61966-2-1:1999, the sRGB colour space.
"""

from functools import cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats
from rigcoach.measure.picture.log_curves import LOG_CURVES, LogCurve

ToLight = NDArray[np.float32]
"""Light, relative to nominal white, for each of the 256 luma codes."""

Codes = NDArray[np.uint8]

# Light at which the curve's straight part ends, with the slope there: see the reference.
_BETA, _ALPHA, _LINEAR_SLOPE, _EXPONENT = 0.018, 1.099, 4.5, 0.45

Transfer = Literal["bt709", "srgb", "gamma22", "gamma28", "linear", "pq", "hlg", LogCurve]
"""Curves from light to signal: BT.709's, which BT.601 and BT.2020 share, sRGB's, plain powers, HDR and log curves."""

TRANSFERS: tuple[Transfer, ...] = ("bt709", "srgb", "gamma22", "gamma28", "linear", "pq", "hlg", *get_args(LogCurve))

HIGHLIGHTS = 245 / 255
"""Normalised signal from which a curve that holds highlights above white keeps them, up to what counts as clipped."""

# Where such highlights end: 250 of 255, so that clipped ones, and no others, lie beyond.
_CLIPPED = 250 / 255
_DISPLAY_GAMMA, _WHITE_CD_M2 = 2.4, 203.0
_HLG_PEAK_CD_M2, _HLG_GAMMA = 1000.0, 1.2
# A camera's PQ recordings end there; the curve itself goes on to 10 000.
_PQ_PEAK_CD_M2 = 1000.0


@cache
def normalised_codes(transfer: Transfer, full_range: bool, bits: int = 8) -> Codes:
    """Return the table from a file's luma codes to normalised luma: 8 bits, full range, BT.709's curve.

    Parameters
    ----------
    transfer
        The curve that the file was recorded with.
    full_range
        Whether black is 0 and white the largest code; otherwise black is 16 and white 235, times 4 for 10 bits.
    bits
        How many bits a code has, 8 to 16.

    Returns
    -------
    array of shape (2**bits,)
        What lies beyond nominal black or white counts as black or white: that is how it is shown.

    >>> table = normalised_codes("bt709", full_range=False)
    >>> [int(table[code]) for code in (0, 16, 126, 235, 255)]
    [0, 0, 128, 255, 255]
    >>> int(normalised_codes("pq", full_range=True, bits=10)[round(0.58 * 1023)])
    245
    """
    codes = np.arange(2**bits, dtype=np.float64)
    if transfer in LOG_CURVES and not LOG_CURVES[transfer].of_range:
        signal = codes / (2**bits - 1)
    else:
        black, white = (0, 2**bits - 1) if full_range else (16 << (bits - 8), 235 << (bits - 8))
        signal = (codes - black) / (white - black)
    table = np.rint(255 * np.clip(_held(bt709_signal(signal, transfer), transfer), 0, 1)).astype(np.uint8)
    table.flags.writeable = False
    return table


def bt709_signal(signal: npt.ArrayLike, transfer: Transfer) -> Floats:
    """Return the BT.709 signal, 0 at black and 1 at diffuse white, of a signal under another curve.

    Light above diffuse white gives a signal above 1, on the same curve. Signals are 0 at nominal black and 1 at nominal
    white; those of a log curve are as `rigcoach.measure.picture.log_curves` says.

    >>> round(float(bt709_signal(0.75, "hlg")), 2), round(float(bt709_signal(0.58, "pq")), 2)
    (1.0, 1.0)
    """
    value = np.asarray(signal, dtype=np.float64)
    match transfer:
        case "bt709":
            return value
        case "pq":
            return np.asarray((_pq_cd_m2(value) / _WHITE_CD_M2) ** (1 / _DISPLAY_GAMMA), dtype=np.float64)
        case "hlg":
            scene = _hlg_scene(value)
            white = (_WHITE_CD_M2 / _HLG_PEAK_CD_M2) ** (1 / _HLG_GAMMA)
            displayed = (_HLG_PEAK_CD_M2 * scene**_HLG_GAMMA / _WHITE_CD_M2) ** (1 / _DISPLAY_GAMMA)
            return np.asarray((bt709_encoded(scene / white) + displayed) / 2, dtype=np.float64)
        case "srgb":
            curved = ((np.maximum(value, 0.0) + 0.055) / 1.055) ** 2.4
            return bt709_encoded(np.where(value <= 0.04045, value / 12.92, curved))
        case "gamma22" | "gamma28":
            return bt709_encoded(np.maximum(value, 0.0) ** (2.2 if transfer == "gamma22" else 2.8))
        case "linear":
            return bt709_encoded(value)
        case _:
            return bt709_encoded(LOG_CURVES[transfer].light(value))


def bt709_encoded(light: Floats) -> Floats:
    """Return the BT.709 signal of light relative to diffuse white [BT709]_.

    >>> round(float(bt709_encoded(np.array(0.18))), 3)
    0.409
    """
    curved = _ALPHA * np.maximum(light, _BETA) ** _EXPONENT - (_ALPHA - 1)
    return np.asarray(np.where(light < _BETA, _LINEAR_SLOPE * light, curved), dtype=np.float64)


@cache
def bt709_to_light(full_range: bool = True) -> ToLight:
    """Return the table from 8-bit luma codes to relative light, by the inverse of the BT.709 curve [BT709]_.

    Parameters
    ----------
    full_range
        Whether black is 0 and white 255, as in normalised luma; otherwise black is 16 and white 235.

    Returns
    -------
    array of shape (256,)
        Light from 0 at nominal black to 1 at nominal white; codes beyond them are extrapolated, not cut off.

    >>> table = bt709_to_light()
    >>> float(table[0]), float(table[255])
    (0.0, 1.0)
    >>> round(float(bt709_to_light(full_range=False)[126]), 3)
    0.262
    """
    black, white = (0, 255) if full_range else (16, 235)
    signal = (np.arange(256) - black) / (white - black)
    curved = ((np.maximum(signal, 0.0) + _ALPHA - 1) / _ALPHA) ** (1 / _EXPONENT)
    light = np.where(signal < _LINEAR_SLOPE * _BETA, signal / _LINEAR_SLOPE, curved).astype(np.float32)
    light.flags.writeable = False
    return light


def _held(signal: Floats, transfer: Transfer) -> Floats:
    """Return a signal whose highlights above white, if its curve has any, are put below what counts as clipped."""
    peak = _peak(transfer)
    if peak <= 1:
        return signal
    above = np.clip((signal - HIGHLIGHTS) / (peak - HIGHLIGHTS), 0, 1)
    # The brightest of all are clipped; the rest rise more and more slowly.
    held = HIGHLIGHTS + (_CLIPPED - HIGHLIGHTS) * np.sqrt(above)
    return np.asarray(np.where(signal <= HIGHLIGHTS, signal, np.where(above < 1, held - 0.5 / 255, 1.0)))


def _peak(transfer: Transfer) -> float:
    """Return the BT.709 signal at which a curve's highlights end."""
    if transfer in LOG_CURVES:
        return float(bt709_encoded(LOG_CURVES[transfer].light(np.array(LOG_CURVES[transfer].clips_at))))
    peaks = {"pq": (_PQ_PEAK_CD_M2 / _WHITE_CD_M2) ** (1 / _DISPLAY_GAMMA), "hlg": bt709_signal(0.98, "hlg")}
    return float(peaks.get(transfer, 1.0))


def _pq_cd_m2(signal: Floats) -> Floats:
    """Return the light displayed of a PQ signal, in cd/m2: [BT2100]_, table 4."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = np.clip(signal, 0, 1) ** (1 / m2)
    return np.asarray(10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1), dtype=np.float64)


def _hlg_scene(signal: Floats) -> Floats:
    """Return the light on the scene of an HLG signal, 1 at its peak: [BT2100]_, table 5."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    value = np.maximum(signal, 0.0)
    return np.asarray(np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12), dtype=np.float64)
