"""Device properties as ISO 15740 has them (clause 13): a type, a value, a list or range, and a description."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from rigcoach.emulated.ptp.body_property import BodyProperty
from rigcoach.emulated.ptp.datasets import pack_string, unpack_string
from rigcoach.emulated.ptp.operations import OperationRefusedError, ResponseCode

Value = int | str

_NO_FORM, _RANGE_FORM, _LIST_FORM = b"\0", b"\1", b"\2"


class DataType(IntEnum):
    """How a value goes over the wire (ISO 15740, 5.3.3)."""

    INT8 = 0x0001
    UINT8 = 0x0002
    INT16 = 0x0003
    UINT16 = 0x0004
    INT32 = 0x0005
    UINT32 = 0x0006
    INT64 = 0x0007
    UINT64 = 0x0008
    TEXT = 0xFFFF

    def pack(self, value: Value) -> bytes:
        """Return the value's bytes."""
        return pack_string(value) if isinstance(value, str) else struct.pack(_FORMATS[self], value)

    def unpack(self, data: bytes) -> Value:
        """Read a value.

        Raises
        ------
        ValueError
            On bytes that are no value of this type.
        """
        if self is DataType.TEXT:
            return unpack_string(data)
        try:
            number: int = struct.unpack(_FORMATS[self], data)[0]
        except struct.error as error:
            raise ValueError(str(error)) from error
        return number

    @property
    def width_bytes(self) -> int:
        """How many bytes a number of this type has."""
        return struct.calcsize(_FORMATS[self])

    def highest(self) -> int:
        """Return the largest number of this type."""
        bits = 8 * self.width_bytes
        return (1 << bits) - 1 if _FORMATS[self].isupper() else (1 << bits - 1) - 1

    def lowest(self) -> int:
        """Return the smallest number of this type."""
        return 0 if _FORMATS[self].isupper() else -self.highest() - 1

    def holds(self, value: Value) -> bool:
        """Return whether a value is of this type."""
        try:
            return self.unpack(self.pack(value)) == value
        except (ValueError, struct.error, KeyError):
            return False


_FORMATS = {
    DataType.INT8: "<b",
    DataType.UINT8: "<B",
    DataType.INT16: "<h",
    DataType.UINT16: "<H",
    DataType.INT32: "<i",
    DataType.UINT32: "<I",
    DataType.INT64: "<q",
    DataType.UINT64: "<Q",
}


def span(bottom: int, top: int, step: int = 1) -> range:
    """Return every number from `bottom` to `top` in steps of `step`."""
    return range(bottom, top + 1, step)


@dataclass(frozen=True, slots=True)
class DeviceProperty(BodyProperty[Value]):
    """One property of a body."""

    type: DataType

    def allows(self, value: Value) -> bool:
        """Return whether the body takes the value; one whose list is empty doesn't say what it takes, and takes any."""
        return (not self.choices and self.type.holds(value)) or BodyProperty.allows(self, value)

    def wanted_from_low_bytes(self, data: bytes) -> Value:
        """Read a value whose upper bytes were cut off; refuses what the body doesn't take.

        Of the values that the body takes and that end in what came, the one nearest to the present value is meant.
        """
        if self.type is DataType.TEXT or not 0 < len(data) < self.type.width_bytes:
            return self.wanted(data)
        if not self.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        came, step = int.from_bytes(data, "little"), 1 << 8 * len(data)
        ending_so = [each for each in self.choices or (self.value,) if isinstance(each, int) and each % step == came]
        if not ending_so:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        return min(ending_so, key=lambda each: abs(each - self.number))

    def describe(self) -> bytes:
        """Return its description, DevicePropDesc (ISO 15740, 13.3.3)."""
        head = struct.pack("<HHB", self.code, self.type, self.writable)
        value = self.packed_value()
        return head + value + value + self._form()

    def _form(self) -> bytes:
        match self.choices:
            case None:
                return _NO_FORM
            case range(start=bottom, stop=stop, step=step):
                return _RANGE_FORM + b"".join(self.type.pack(number) for number in (bottom, stop - 1, step))
            case values:
                packed = b"".join(self.type.pack(value) for value in values)
                return _LIST_FORM + struct.pack("<H", len(values)) + packed
