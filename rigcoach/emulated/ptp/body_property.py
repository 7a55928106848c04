"""What a property is on any maker's body: a value, the values that it takes, and what a photographer calls them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Generic, Protocol, Self, TypeVar

from rigcoach.emulated.ptp.operations import OperationRefusedError, ResponseCode

V = TypeVar("V")


class WireType(Protocol[V]):
    """How a value goes over the wire."""

    def pack(self, value: V) -> bytes:
        """Return the value's bytes."""

    def unpack(self, data: bytes) -> V:
        """Read a value; `ValueError` on bytes that are none of this type."""


@dataclass(frozen=True, slots=True)
class BodyProperty(Generic[V]):
    """One setting or state of a body.

    `choices` are the values that it lists, a range where it describes them by one; None where it takes any value of
    its type. `labels` names the values in the photographer's words; the wire knows only numbers.
    """

    code: int
    type: WireType[V]
    value: V
    choices: Sequence[V] | None = None
    labels: tuple[tuple[str, int], ...] = ()
    writable: bool = False

    @property
    def name(self) -> str:
        """What the code is called; its number where nobody knows."""
        return self.code.name if isinstance(self.code, Enum) else f"{self.code:04x}"

    @property
    def label(self) -> str:
        """The value in the photographer's words."""
        return next((label for label, value in self.labels if value == self.value), str(self.value))

    @property
    def number(self) -> int:
        """The value of a property that is a number."""
        if not isinstance(self.value, int):
            raise TypeError(f"{self.name} is not a number")
        return self.value

    def packed_value(self) -> bytes:
        """Return the value's bytes."""
        return self.type.pack(self.value)

    def allows(self, value: V) -> bool:
        """Return whether the body takes the value: one that it lists, or the one that it stands at anyway."""
        return self.choices is None or value in self.choices or value == self.value

    def wanted(self, data: bytes) -> V:
        """Read what a computer wants it to be; refuses what the body doesn't take."""
        if not self.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        try:
            value = self.type.unpack(data)
        except ValueError as error:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_FORMAT) from error
        if not self.allows(value):
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        return value

    def beside(self, value: V) -> V:
        """Return the value listed beside a value; the value itself where it stands alone or isn't listed."""
        if self.choices is None or value not in self.choices:
            return value
        at = self.choices.index(value)
        return self.choices[at + 1] if at + 1 < len(self.choices) else self.choices[at - 1]

    def with_value(self, value: V) -> Self:
        """Return the property with another value."""
        return replace(self, value=value)
