"""The settings of a body in use, whoever made it: its properties, and what a picture would be exposed with."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from rigcoach.emulated.film import metering
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.ptp.body_property import BodyProperty
from rigcoach.emulated.ptp.operations import OperationRefusedError, ResponseCode

P = TypeVar("P", bound=BodyProperty[Any])


class BodySettings(ABC, Generic[P]):
    """The properties of a body.

    Parameters
    ----------
    properties
        As they are when it is switched on.
    """

    def __init__(self, properties: Iterable[P]) -> None:
        self._switched_on = tuple(properties)
        self._properties: dict[int, P] = {each.code: each for each in self._switched_on}

    def __getitem__(self, code: int) -> P:
        """Return a property as it stands; refuses one that the body doesn't have."""
        if code not in self._properties:
            raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        return self._properties[code]

    @property
    def codes(self) -> tuple[int, ...]:
        """The properties that the body has."""
        return tuple(self._properties)

    def value(self, code: int) -> object:
        """Return a property's value, None if the body hasn't got it."""
        return self._properties[code].value if code in self._properties else None

    def number(self, code: int, otherwise: int) -> int:
        """Return a property's value, or what to go by if the body hasn't got it."""
        value = self.value(code)
        return value if isinstance(value, int) else otherwise

    def labelled(self) -> dict[str, str]:
        """Return every property's value in the photographer's words, by the property's name."""
        return {each.name: each.label for each in self._properties.values()}

    @abstractmethod
    def put(self, code: int, value: Any) -> None:
        """Change a property, and what hangs on it."""

    def fall_back(self, codes: tuple[int, ...]) -> None:
        """Put properties to what they were when the body was switched on."""
        for each in self._switched_on:
            if each.code in codes:
                self.put(each.code, each.value)

    def exposure(self) -> ExposureSettings:
        """Return what a movie frame would be exposed with now."""
        if self.mode != "M" or self._shutter_s is None:
            return metering.automatic(self._f_number, self._compensation_ev)
        return metering.manual(self._shutter_s, self._f_number, self._iso)

    def still_exposure(self) -> ExposureSettings:
        """Return what a still would be exposed with now: as a movie frame, but for as long as the shutter says."""
        shutter_s = self._shutter_s
        if self.mode != "M" or shutter_s is None or self._iso is None:
            return self.exposure()
        return self.bulb_exposure(shutter_s)

    def bulb_exposure(self, shutter_s: float) -> ExposureSettings:
        """Return what a still is exposed with whose shutter stays open for so long."""
        now = self.exposure()
        return ExposureSettings(shutter_s, now.f_number, now.iso, metering.over_ev(shutter_s, now.f_number, now.iso))

    @property
    @abstractmethod
    def mode(self) -> str:
        """What the mode dial stands at."""

    @property
    @abstractmethod
    def _f_number(self) -> float:
        """The aperture; what the lens stands at where the body doesn't know."""

    @property
    @abstractmethod
    def _shutter_s(self) -> float | None:
        """Seconds; None for a bulb and for no shutter speed at all."""

    @property
    @abstractmethod
    def _iso(self) -> int | None:
        """The sensitivity; None where the body chooses it."""

    @property
    @abstractmethod
    def _compensation_ev(self) -> float:
        """Stops over what the body would choose."""
