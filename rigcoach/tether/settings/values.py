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
    ``1/2.5``, ``1.3s``, ``2m`` (minutes), ``30``, ``30"``.

    >>> shutter_s("300/10").low, shutter_s("2m").low, shutter_s("1/2.5s").low, shutter_s('1.3"').low
    (30.0, 120.0, 0.4, 1.3)
    >>> shutter_s("Bulb"), shutter_s("65535/65535")
    (None, None)
    """
    text = text.strip()
    if match := re.fullmatch(rf"(\d+)\s*/\s*({_NUMBER})\s*(?:s|sec|\")?", text):
        over, under = int(match[1]), _float(match[2])
        # 0xffff in a 16-bit field is a body's way to say bulb or time.
        return None if over in (0, 0xFFFF) or under <= 0 else _exactly(over / under)
    match = re.fullmatch(rf"({_NUMBER})\s*(s|sec|m|min|\")?", text)
    if match is None:
        return None
    seconds = _float(match[1]) * (60 if match[2] in ("m", "min") else 1)
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
    """Read a span of time: ``60``, ``2 seconds``, ``1 minute``, ``30 Sekunden``. 0 is a body's way to say never.

    >>> [seconds(text).low for text in ("2 seconds", "30 de minute", "5 хвилин", "دقيقة واحدة", "1 hour")]
    [2.0, 1800.0, 300.0, 60.0, 3600.0]
    """
    text = text.strip()
    match = re.fullmatch(r"(\d+)\s*(\D*)", text)
    # Arabic has words for one and for two of a kind.
    number = int(match[1]) if match else next((n for word, n in _IN_WORDS.items() if word in text), 0)
    if number in (0, 0xFFFFFFFF):  # the latter is "never"
        return None
    return _exactly(number * next((size_s for unit, size_s in _UNITS_S if unit.search(text)), 1))


# In the languages that libgphoto2 prints them in; what is none of these is seconds.
_UNITS_S = (
    (re.compile(r"\d\s*(?:de )?(?:h|std|stund|hour)", re.IGNORECASE), 3600),
    (re.compile(r"\d\s*(?:de )?(?:m|мин|хв|perc|phút|分|წთ|წუთ|λεπτ|dak)|دقيق|دقائق", re.IGNORECASE), 60),
)
_IN_WORDS = {"دقيقتين": 2, "ثانيتين": 2, "دقيقة واحدة": 1, "ثانية واحدة": 1}


def exposure_compensation_ev(text: str) -> Reading | None:
    """Read an exposure compensation in stops: ``-0.3``, ``0,7``, ``+1``, ``-1666`` (thousandths), ``-1 1/3``.

    Bodies round thirds in their own ways (0.3, 0.33, 0.333; 0.6, 0.666, 0.7), so a number near a third or a half is
    taken for it.

    >>> [round(exposure_compensation_ev(t).low, 3) for t in ("-0.6", "0,7", "-1666", "1.5", "0")]
    [-0.667, 0.667, -1.667, 1.5, 0.0]
    >>> [round(exposure_compensation_ev(t).low, 3) for t in ("1/3", "-1 1/3", "\N{MINUS SIGN}2/3 EV")]
    [0.333, -1.333, -0.667]
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-").removesuffix("EV").rstrip()
    if parts := re.fullmatch(r"([+-]?)\s*(?:(\d)\s+)?(\d)/([1-9])", text):
        stops = int(parts[2] or 0) + int(parts[3]) / int(parts[4])
        return _exactly(to_third_or_half(-stops if parts[1] == "-" else stops))
    match = re.fullmatch(rf"\+?({_NUMBER})", text)
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
