"""What goes wrong, as data: which operations a fault is about, and what it makes of them."""

import struct

import pytest

from rigcoach.emulated.ptp import wire
from rigcoach.emulated.ptp.faults import FAULTS, Delivery, FaultKind, FaultyBody, InjectedFault, fault_from_json
from rigcoach.emulated.ptp.operations import Operation, OperationCode, PtpEvent, Response, ResponseCode

ISO, SHUTTER = 0xD103, 0xD102
GET_EVENT = Operation(OperationCode.EOS_GET_EVENT, 1)
OK = Delivery(Response())
BUSY = Delivery(Response(ResponseCode.DEVICE_BUSY))


def setting(code: int, value: int) -> Operation:
    return Operation(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, 1, (), struct.pack("<III", 12, code, value))


class Recorder:
    """A body that agrees to all and remembers it; files are of 100 bytes."""

    name = "recorder"

    def __init__(self) -> None:
        self.asked: list[Operation] = []

    def answer(self, operation: Operation) -> Response:
        self.asked.append(operation)
        is_file = operation.code == OperationCode.GET_OBJECT
        return Response(data=bytes(100)) if is_file else Response()

    def events_due(self) -> tuple[PtpEvent, ...]:
        return ()

    def beside(self, operation: Operation) -> Operation:
        code, value = struct.unpack_from("<4xII", operation.data)
        return setting(code, value + 1)

    def hang_up(self) -> None:
        pass


def faulty(*faults: InjectedFault) -> tuple[FaultyBody, Recorder]:
    recorder = Recorder()
    body = FaultyBody(recorder)
    for fault in faults:
        body.inject(fault)
    return body, recorder


def test_without_faults_everything_passes() -> None:
    body, recorder = faulty()
    assert body.deliver(GET_EVENT) == OK
    assert recorder.asked == [GET_EVENT]


def test_busy_twice_is_busy_twice_and_the_body_hears_nothing_of_it() -> None:
    body, recorder = faulty(InjectedFault(FaultKind.BUSY, OperationCode.EOS_GET_EVENT, times=2))
    assert [body.deliver(GET_EVENT) for _ in range(3)] == [BUSY, BUSY, OK]
    assert len(recorder.asked) == 1


def test_a_fault_about_one_operation_leaves_others_alone() -> None:
    body, _ = faulty(InjectedFault(FaultKind.BUSY, OperationCode.EOS_GET_EVENT, times=None))
    assert body.deliver(setting(ISO, 0x58)) == OK
    assert body.deliver(GET_EVENT) == BUSY


def test_a_fault_about_one_property_leaves_others_alone() -> None:
    body, _ = faulty(InjectedFault(FaultKind.REFUSE, property=ISO, response=ResponseCode.ACCESS_DENIED))
    assert body.deliver(GET_EVENT) == OK
    assert body.deliver(setting(SHUTTER, 0x60)) == OK
    assert body.deliver(setting(ISO, 0x58)) == Delivery(Response(ResponseCode.ACCESS_DENIED))


def test_a_standard_set_is_a_set_too() -> None:
    body, recorder = faulty(InjectedFault(FaultKind.IGNORE, property=0x500F))
    assert body.deliver(Operation(OperationCode.SET_DEVICE_PROP_VALUE, 1, (0x500F,), b"\x90\x01")) == OK
    assert recorder.asked == []


def test_an_ignored_set_is_agreed_to() -> None:
    body, recorder = faulty(InjectedFault(FaultKind.IGNORE))
    assert body.deliver(GET_EVENT) == OK
    assert body.deliver(setting(ISO, 0x58)) == OK
    assert recorder.asked == [GET_EVENT]


def test_the_value_beside_the_wanted_one_is_taken() -> None:
    body, recorder = faulty(InjectedFault(FaultKind.NEAREST))
    assert body.deliver(setting(ISO, 0x58)) == OK
    assert recorder.asked == [setting(ISO, 0x59)]


def test_a_late_answer_is_an_answer_and_a_stalled_body_has_done_nothing() -> None:
    body, recorder = faulty(InjectedFault(FaultKind.LATE, delay_s=3.5), InjectedFault(FaultKind.STALL))
    assert body.deliver(GET_EVENT) == Delivery(Response(), delay_s=3.5)
    assert body.deliver(GET_EVENT) == Delivery(None)
    assert recorder.asked == [GET_EVENT]


def test_a_cable_comes_loose_after_so_many_bytes_of_files() -> None:
    body, _ = faulty(InjectedFault(FaultKind.CUT, after_bytes=250))
    file = Operation(OperationCode.GET_OBJECT, 1)
    deliveries = [body.deliver(each) for each in (file, GET_EVENT, file, file, file)]
    assert [each.cut_after for each in deliveries] == [None, None, None, 50, None]


def test_what_goes_out_before_the_cut_ends_at_its_byte() -> None:
    response = Response(data=b"0123456789")
    answer = wire.encode_response(Operation(OperationCode.GET_OBJECT, 1), response)
    assert wire.up_to_data_byte(answer, response, 4).endswith(b"0123")
    assert wire.up_to_data_byte(answer, Response(), 4) == b""


def test_faults_come_one_after_the_other_until_cleared() -> None:
    refusal = InjectedFault(FaultKind.REFUSE, OperationCode.EOS_GET_EVENT, times=None)
    body, _ = faulty(InjectedFault(FaultKind.BUSY, OperationCode.EOS_GET_EVENT), refusal)
    assert body.deliver(GET_EVENT) == BUSY
    assert body.deliver(GET_EVENT) == Delivery(Response(ResponseCode.GENERAL_ERROR))
    body.clear()
    assert body.deliver(GET_EVENT) == OK


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_travels_as_json(fault: InjectedFault) -> None:
    assert fault_from_json(fault.to_json()) == fault


def test_numbers_may_be_written_as_the_standard_writes_them() -> None:
    written = {"kind": "busy", "operation": "0x9110", "property": "0xD103", "times": None}
    expected = InjectedFault(FaultKind.BUSY, OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, ISO, times=None)
    assert fault_from_json(written) == expected


@pytest.mark.parametrize(
    "document", [{}, {"kind": "explode"}, {"kind": "busy", "how": 1}, {"kind": "busy", "times": "often"}, [], None]
)
def test_what_is_no_fault_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        fault_from_json(document)  # type: ignore[arg-type]
