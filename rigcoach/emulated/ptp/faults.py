"""What goes wrong between a computer and a body, as data, and the one place where it does.

`FaultyBody` stands in front of a body and lets operations pass until a fault says otherwise; the body itself knows
nothing of faults. What only the line can do (a late answer, none, a cable that comes loose within a file) is said in
the `Delivery`, and done by the server. What a photographer does to a body (an empty battery, a full card) is no fault
but the body's own state: `rigcoach.emulated.control`.
"""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Protocol

from rigcoach.emulated.ptp.operations import (
    OBJECT_DATA,
    Operation,
    OperationCode,
    OperationRefusedError,
    PtpEvent,
    Response,
    ResponseCode,
    property_to_be_set,
)

# The driver waits 2.5 s for any answer (libgphoto2, camlibs/ptp2/ptpip-private.h).
_TOO_LATE_S = 3.0


class FaultKind(StrEnum):
    """What a body or its cable does instead of what it should."""

    BUSY = "busy"
    """Answers DeviceBusy and does nothing."""

    REFUSE = "refuse"
    """Answers `InjectedFault.response` and does nothing."""

    IGNORE = "ignore"
    """Agrees to a setting and doesn't take it."""

    NEAREST = "nearest"
    """Agrees to a setting and takes the one listed beside it."""

    LATE = "late"
    """Does as it is told and answers `InjectedFault.delay_s` later."""

    STALL = "stall"
    """Does nothing and never answers."""

    CUT = "cut"
    """The connection breaks once `InjectedFault.after_bytes` of data have gone over it."""


_ON_SETTINGS = (FaultKind.IGNORE, FaultKind.NEAREST)


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """One thing that goes wrong.

    Attributes
    ----------
    kind
        What happens.
    operation
        On which operation; None for any, and for a cable that is cut within data for any that reads a file.
    property
        Only where this property is to be set; None for any operation.
    times
        How often it happens before all is well again; None for ever.
    response
        What a refusal says.
    delay_s
        How late a late answer is.
    after_bytes
        How many bytes of data pass before the connection is cut, counted over all operations that the fault is about.
    """

    kind: FaultKind
    operation: int | None = None
    property: int | None = None
    times: int | None = 1
    response: int = ResponseCode.GENERAL_ERROR
    delay_s: float = _TOO_LATE_S
    after_bytes: int = 0

    def concerns(self, operation: Operation) -> bool:
        """Return whether the fault is about this operation."""
        if self.operation is not None and operation.code != self.operation:
            return False
        if self.operation is None and self.kind is FaultKind.CUT and operation.code not in OBJECT_DATA:
            return False
        to_be_set = property_to_be_set(operation)
        if self.property is not None and to_be_set != self.property:
            return False
        return to_be_set is not None or self.kind not in _ON_SETTINGS

    def to_json(self) -> dict[str, Any]:
        """Return it as `fault_from_json` reads it."""
        return asdict(self)


def fault_from_json(document: dict[str, Any]) -> InjectedFault:
    """Read a fault; numbers may be text such as ``"0x9110"``.

    Raises
    ------
    ValueError
        If it is none.
    """
    known = {each.name for each in fields(InjectedFault)}
    if not isinstance(document, dict) or not set(document) <= known or "kind" not in document:
        raise ValueError(f"a fault has a kind, and may have {', '.join(sorted(known - {'kind'}))}")
    try:
        numbers = {
            name: None if value is None else float(value) if name == "delay_s" else int(str(value), 0)
            for name, value in document.items()
            if name != "kind"
        }
        return InjectedFault(FaultKind(document["kind"]), **numbers)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(str(error)) from error


_SET = OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX

FAULTS: dict[str, InjectedFault] = {
    "busy-once": InjectedFault(FaultKind.BUSY, _SET),
    "busy-for-a-while": InjectedFault(FaultKind.BUSY, _SET, times=3),
    "busy-for-ever": InjectedFault(FaultKind.BUSY, _SET, times=None),
    "refused": InjectedFault(FaultKind.REFUSE, _SET, times=None, response=ResponseCode.ACCESS_DENIED),
    "value-refused": InjectedFault(FaultKind.REFUSE, _SET, times=None, response=ResponseCode.INVALID_DEVICE_PROP_VALUE),
    "set-ignored": InjectedFault(FaultKind.IGNORE, times=None),
    "nearest-taken": InjectedFault(FaultKind.NEAREST, times=None),
    "events-busy": InjectedFault(FaultKind.BUSY, OperationCode.EOS_GET_EVENT, times=3),
    "live-view-busy": InjectedFault(FaultKind.BUSY, OperationCode.EOS_GET_VIEW_FINDER_DATA, times=None),
    "file-busy": InjectedFault(FaultKind.BUSY, OperationCode.GET_PARTIAL_OBJECT, times=2),
    "late": InjectedFault(FaultKind.LATE),
    "stall": InjectedFault(FaultKind.STALL),
    "stall-for-ever": InjectedFault(FaultKind.STALL, times=None),
    "cable-loose": InjectedFault(FaultKind.CUT, after_bytes=300_000),
    "cable-loose-at-a-setting": InjectedFault(FaultKind.CUT, _SET),
    "cable-out": InjectedFault(FaultKind.CUT, OperationCode.EOS_GET_EVENT),
}
"""Faults worth rehearsing on an EOS body, by name; the next operation that one is about meets it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how it goes out.

    `response` is None where no answer comes. With `cut_after` the connection breaks after so many bytes of its data.
    """

    response: Response | None
    delay_s: float = 0.0
    cut_after: int | None = None


class Answering(Protocol):
    """A body, as far as faults are concerned."""

    name: str

    def hang_up(self) -> None:
        """Take note that the computer is gone."""

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it."""

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what there is to tell over the event connection since the last call."""

    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""


class FaultyBody:
    """A body with whatever is in its way."""

    def __init__(self, body: Answering) -> None:
        self.name = body.name
        self._body = body
        self._pending: list[_Pending] = []

    def hang_up(self) -> None:
        """Take note that the computer is gone."""
        self._body.hang_up()

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what there is to tell over the event connection since the last call."""
        return self._body.events_due()

    def inject(self, fault: InjectedFault) -> None:
        """Have something go wrong, after whatever is to go wrong already."""
        self._pending.append(_Pending(fault))

    def clear(self) -> None:
        """Have everything go well again."""
        self._pending.clear()

    def deliver(self, operation: Operation) -> Delivery:
        """Do what is asked, or what the first fault that is about it makes of that."""
        for pending in self._pending:
            if pending.fault.concerns(operation):
                return self._cut(pending, operation) if pending.is_cut else self._go_wrong(pending, operation)
        return Delivery(self._body.answer(operation))

    def _go_wrong(self, pending: "_Pending", operation: Operation) -> Delivery:
        self._count(pending)
        fault = pending.fault
        match fault.kind:
            case FaultKind.BUSY:
                return Delivery(Response(ResponseCode.DEVICE_BUSY))
            case FaultKind.REFUSE:
                return Delivery(Response(fault.response))
            case FaultKind.IGNORE:
                return Delivery(Response())
            case FaultKind.NEAREST:
                return Delivery(self._body.answer(self._beside(operation)))
            case FaultKind.LATE:
                return Delivery(self._body.answer(operation), delay_s=fault.delay_s)
            case _:
                return Delivery(None)

    def _beside(self, operation: Operation) -> Operation:
        try:
            return self._body.beside(operation)
        except OperationRefusedError:
            return operation  # what lists nothing beside it is set, or refused, as it is

    def _cut(self, pending: "_Pending", operation: Operation) -> Delivery:
        response = self._body.answer(operation)
        size_bytes = len(response.data or b"")
        left = pending.fault.after_bytes - pending.passed_bytes
        if size_bytes < left:
            pending.passed_bytes += size_bytes
            return Delivery(response)
        pending.passed_bytes = 0
        self._count(pending)
        return Delivery(response, cut_after=left)

    def _count(self, pending: "_Pending") -> None:
        pending.happened += 1
        if pending.happened == pending.fault.times:
            self._pending.remove(pending)


class _Pending:
    """A fault that is to come, or comes again."""

    def __init__(self, fault: InjectedFault) -> None:
        self.fault = fault
        self.happened = 0
        self.passed_bytes = 0

    @property
    def is_cut(self) -> bool:
        return self.fault.kind is FaultKind.CUT
