"""Numbers out of what bodies print: shutter speeds, f-numbers, ISO, exposure compensation.

Every reader takes a choice as a body lists it and returns a `Reading`, or None where the choice is no such number
(``Bulb``, ``Unknown value 0087``, ``400 Multi Frame Noise Reduction``).
"""

import math
import re
from dataclasses import dataclass

_NUMBER = r"-?\d+(?:[.,]\d+)?"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that a body prints; it may stand for anything from `low` to `high` where digits are cut off."""

    low: float
    high: float

    def stops_from(self, wanted: float, stops_per_doubling: float = 1.0) -> float:
        """Return the distance from `wanted` in stops, signed: positive where this number is the larger.

        For f-numbers a doubling is two stops, for times and sensitivities one.
        """
        nearest = min(max(wanted, self.low), self.high)
        return stops_per_doubling * math.log2(nearest / wanted)


def shutter_s(text: str) -> Reading | None:
    """Read a shutter speed in seconds.

    Bodies print ``1/50``, ``0.0200s`` (cut after four digits, so that 1/60 is ``0.0166s``), ``0,0200s``, ``300/10``,
    ``1.3s``, ``2m`` (minutes), ``30``.

    >>> shutter_s("300/10").low, shutter_s("2m").low, shutter_s("Bulb"), shutter_s("65535/65535")
    (30.0, 120.0, None, None)
    """
    text = text.strip()
    if match := re.fullmatch(r"(\d+)/(\d+)", text):
        # 0xffff in a 16-bit field is a body's way to say bulb or time.
        if 0 in (int(match[1]), int(match[2])) or int(match[1]) == 0xFFFF:
            return None
        return _exactly(int(match[1]) / int(match[2]))
    match = re.fullmatch(rf"({_NUMBER})\s*([sm]?)", text)
    if match is None:
        return None
    seconds = _float(match[1]) * (60 if match[2] == "m" else 1)
    if not 0 < seconds < 0xFFFFFFFF // 10_000:
        return None
    decimals = len(re.split("[.,]", match[1])[1]) if re.search("[.,]", match[1]) else 0
    return Reading(seconds, seconds + 0.9999e-4) if decimals == 4 else _exactly(seconds)


def f_number(text: str) -> Reading | None:
    """Read an f-number: ``f/5.6``, ``5.6``, ``5,6``, ``8.0``. Fillers such as f/0 and f/655.34 are none.

    >>> f_number("f/3,5").low, f_number("f/655.34"), f_number("implicit auto")
    (3.5, None, None)
    """
    match = re.fullmatch(rf"(?:[fF]/?)?\s*({_NUMBER})", text.strip())
    number = _float(match[1]) if match else 0.0
    return _exactly(number) if 0.5 <= number <= 128 else None


def iso(text: str) -> Reading | None:
    """Read a sensitivity: ``400``, ``ISO 400``. Numbers with words beside them are other modes of a body.

    >>> iso("ISO 400").low, iso("400 Multi Frame Noise Reduction"), iso("65535")
    (400.0, None, None)
    """
    match = re.fullmatch(r"(?:ISO\s*)?(\d+)", text.strip(), re.IGNORECASE)
    # Panasonic's auto and intelligent ISO are 0xffff and 0xd001.
    if match is None or int(match[1]) in (0, 0xFFFF, 0xD001):
        return None
    return _exactly(int(match[1]))


def kelvin(text: str) -> Reading | None:
    """Read a colour temperature in kelvin: ``5200``, ``5200K``."""
    match = re.fullmatch(r"(\d{4,5})\s*K?", text.strip())
    return _exactly(int(match[1])) if match else None


def seconds(text: str) -> Reading | None:
    """Read a span of time: ``60``, ``2 seconds``, ``1 minute``, ``30 Sekunden``. 0 is a body's way to say never."""
    match = re.fullmatch(r"(\d+)\s*(\D*)", text.strip())
    # Minutes begin with m in every language that libgphoto2 prints them in, seconds do not. 0xffffffff is "never".
    if match is None or int(match[1]) in (0, 0xFFFFFFFF):
        return None
    return _exactly(int(match[1]) * (60 if match[2].lower().startswith("m") else 1))


def exposure_compensation_ev(text: str) -> Reading | None:
    """Read an exposure compensation in stops: ``-0.3``, ``0,7``, ``+1``, ``-1666`` (thousandths).

    Bodies round thirds in their own ways (0.3, 0.33, 0.333; 0.6, 0.666, 0.7), so a number near a third or a half is
    taken for it.

    >>> [round(exposure_compensation_ev(t).low, 3) for t in ("-0.6", "0,7", "-1666", "1.5", "0")]
    [-0.667, 0.667, -1.667, 1.5, 0.0]
    """
    match = re.fullmatch(rf"\+?({_NUMBER})", text.strip())
    if match is None:
        return None
    stops = _float(match[1])
    if abs(stops) >= 100:
        stops /= 1000
    return _exactly(to_third_or_half(stops))


def to_third_or_half(stops: float) -> float:
    """Return the third or half of a stop that a rounded number stands for; a number near neither stays."""
    nearest = min((round(stops * parts) / parts for parts in (3, 2)), key=lambda step: abs(step - stops))
    return nearest if abs(nearest - stops) < 0.08 else stops


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _exactly(number: float) -> Reading:
    return Reading(float(number), float(number))
