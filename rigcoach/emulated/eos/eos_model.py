"""What every Canon EOS body has in common: codes, modes, steps of the battery; and what one body is made of.

Codes after libgphoto2's tables, ``camlibs/ptp2/config.c`` and ``ptp.h``.
"""

from dataclasses import dataclass

from rigcoach.emulated.eos.eos_properties import FileKind, Property
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.ptp.datasets import DeviceInfo
from rigcoach.emulated.shooting import StillKind

_CANON = 0x0000000B
_FORMATS = (0x3001, 0x3002, 0x3006, 0x300A, 0x3008, 0x3801, 0xB101, 0xB103, 0xBF02, 0x3800, 0xB104)

FRIENDLY_NAME, INITIATOR, DEVICE_TYPE = 0xD402, 0xD406, 0xD407

EXPOSURE_MODES = {
    "P": 0x00,
    "Tv": 0x01,
    "Av": 0x02,
    "M": 0x03,
    "Bulb": 0x04,
    "C1": 0x07,
    "Full auto": 0x09,
    "C2": 0x10,
    "C3": 0x11,
    "Creative auto": 0x13,
}

EVF_OFF, EVF_ON_BODY, EVF_ON_COMPUTER = 0, 1, 2
RECORD_STOP, RECORD_TO_CARD = 0, 4
DESTINATION_CARD, DESTINATION_COMPUTER = 2, 4

BATTERY = {"Low": 0, "50 %": 1, "100 %": 2, "75 %": 4, "25 %": 5}


@dataclass(frozen=True, slots=True)
class EosModel:
    """One body as it is switched on, with a lens on it.

    Attributes
    ----------
    name, manufacturer, version, serial_number
        What it says of itself.
    properties
        Its settings and states.
    listed_in_modes
        The modes in which a property has a list; a property that isn't named here always has its own.
    one_setting
        Properties that are one setting under several names, such as the format of pictures on the one card there is.
    lens
        What is on it: it knows the aperture and the focus where the body doesn't.
    jpeg_sizes_px, raw_sizes_px
        Width and height of a JPEG and of a raw by its size's code; a body takes no stills of sizes that aren't named.
    """

    name: str
    manufacturer: str
    version: str
    serial_number: str
    properties: tuple[Property, ...]
    listed_in_modes: dict[int, tuple[str, ...]]
    one_setting: tuple[int, ...]
    lens: EmulatedLens
    jpeg_sizes_px: dict[int, tuple[int, int]]
    raw_sizes_px: dict[int, tuple[int, int]]

    def device_info(self, operations: tuple[int, ...]) -> DeviceInfo:
        """Return what the body says of itself, with the operations that it answers."""
        return DeviceInfo(
            vendor_extension_id=_CANON,
            vendor_extension_version=200,
            operations=operations,
            events=(0x4009, 0x4004, 0x4005, 0x4003, 0x4002, 0x4007, 0xC101),
            properties=(FRIENDLY_NAME, DEVICE_TYPE, INITIATOR),
            capture_formats=(0x3801,),
            image_formats=_FORMATS,
            manufacturer=self.manufacturer,
            model=self.name,
            version=self.version,
            serial_number=self.serial_number,
        )

    @property
    def sensor_px(self) -> tuple[int, int]:
        """Width and height of the largest JPEG, in whose pixels places on the sensor are told."""
        return self.jpeg_sizes_px[0]

    def still_kind(self, image_format: object) -> StillKind | None:
        """Return what a picture is written as; None for sizes that aren't known."""
        files = [each for each in image_format if isinstance(each, FileKind)] if isinstance(image_format, tuple) else []
        sizes = {True: self.raw_sizes_px, False: self.jpeg_sizes_px}
        if not files or any(each.size not in sizes[each.raw] for each in files):
            return None
        found = {each.raw: sizes[each.raw][each.size] for each in files}
        return StillKind(jpeg_px=found.get(False), raw_px=found.get(True))


def shutter_s(name: str) -> float | None:
    """Return the seconds of a shutter speed, None for one that is no time.

    >>> [shutter_s(name) for name in ("1/50", "0.3", "30", "bulb")]
    [0.02, 0.3, 30.0, None]
    """
    numerator, _, denominator = name.partition("/")
    try:
        return float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None


def compensation_ev(code: int) -> float:
    """Return the stops of an exposure compensation: a signed byte of eighths, 3 and 5 of them meaning thirds.

    >>> compensation_ev(0xF8)
    -1.0
    """
    eighths = code - 0x100 if code >= 0x80 else code
    return round(eighths / 8 * 3) / 3


def battery_level(percent: int) -> int:
    """Return the step that the body tells of a battery: full, half, or all but empty.

    >>> [battery_level(percent) for percent in (100, 80, 50, 25, 10, 0)]
    [2, 4, 1, 5, 5, 0]
    """
    steps = ((88, "100 %"), (63, "75 %"), (38, "50 %"), (1, "25 %"), (0, "Low"))
    return next(BATTERY[name] for least, name in steps if percent >= least)


def available_shots(free_bytes: int) -> int:
    """Return how many large fine JPEGs the body says fit, 6.1 MB each (instruction manual, image-recording quality).

    >>> available_shots(16_000_000_000)
    999
    """
    return min(999, free_bytes // 6_100_000)
