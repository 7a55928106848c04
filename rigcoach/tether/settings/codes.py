"""Values that libgphoto2 had no name for, read by their codes: ``Unknown value 007b`` is ISO 8000 on an EOS.

Older versions of libgphoto2 name fewer values. Its names are those of ``camlibs/ptp2/config.c``; Canon's numbers follow
one scale there, eight codes to the stop, thirds and halves of a stop at the codes 3, 5 and 4.
"""

from rigcoach.tether.settings import values, vocabulary
from rigcoach.tether.settings.values import Reading

_PARTS = {0: 0.0, 3: 1 / 3, 4: 1 / 2, 5: 2 / 3}
_ROUNDING_STOPS = 0.03  # nominal numbers (8000, 1/60, f/5.6) are rounded by up to so much


def eos_number(setting: str, choice: str) -> Reading | None:
    """Return the number that an unnamed value of a Canon stands for.

    Parameters
    ----------
    setting
        ``"shutter"`` (seconds), ``"aperture"``, ``"iso"`` or ``"exposure_compensation"`` (stops).
    choice
        As the body lists it.

    >>> round(eos_number("iso", "Unknown value 007b").low / 100) * 100
    7900
    >>> round(eos_number("exposure_compensation", "Unknown value 00dd").low, 3)
    -4.333
    >>> eos_number("iso", "Unknown value 0000")
    """
    code = vocabulary.code_of(choice)
    if code is None or not 0 < code <= 0xFF:
        return None
    match setting:
        case "shutter" if code >= 0x10:
            return _near(2 ** -_stops(code - 0x38))
        case "aperture" if code >= 0x08:
            return _near(2 ** (_stops(code - 0x08) / 2))
        case "iso" if code >= 0x28:
            return _near(100 * 2 ** _stops(code - 0x48))
        case "exposure_compensation":
            stops = _stops(code - 0x100 if code >= 0x80 else code)
            return Reading(stops, stops)
    return None


# Steps of 10 mired from 2500 to 10000 K.
_NIKON_WARMEST_MIRED, _NIKON_STEP_MIRED, _NIKON_STEPS = 400, 10, 30


def nikon_kelvin(choice: str) -> Reading | None:
    """Return a Nikon's colour temperature (its property d01e): kelvin on newer bodies, a step of a table on older ones.

    >>> nikon_kelvin("5200").low, nikon_kelvin("20").low, nikon_kelvin("0").low
    (5200.0, 5000.0, 2500.0)
    """
    if choice.isdecimal() and int(choice) <= _NIKON_STEPS:
        kelvin = 1e6 / (_NIKON_WARMEST_MIRED - _NIKON_STEP_MIRED * int(choice))
        return Reading(kelvin, kelvin)
    return values.kelvin(choice)


def _stops(code: int) -> float:
    whole, part = divmod(code, 8)
    return whole + _PARTS.get(part, part / 8)


def _near(number: float) -> Reading:
    return Reading(number * 2**-_ROUNDING_STOPS, number * 2**_ROUNDING_STOPS)
