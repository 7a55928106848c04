"""The hands on a running body, seen by libgphoto2's own driver on the other end."""

import json
import socket
from collections.abc import Iterator

import gphoto2 as gp
import pytest
from emulated.computer import Computer, connected

from rigcoach.emulated.bodies import EmulatorError
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.ptp.faults import FaultKind, InjectedFault
from rigcoach.emulated.ptp.operations import OperationCode, ResponseCode

ISO = 0xD103


@pytest.fixture(scope="module")
def running() -> Iterator[EmulatedBody]:
    with EmulatedBody() as body:
        yield body


@pytest.fixture
def body(running: EmulatedBody) -> Iterator[EmulatedBody]:
    """The body as it was taken out of its box."""
    running.clear_faults()
    running.switch_on()
    running.set_battery(100)
    running.insert_card()
    running.turn_dial("M")
    yield running
    running.clear_faults()


@pytest.fixture
def computer(body: EmulatedBody) -> Iterator[Computer]:
    with connected(body) as there:
        there.set("iso", "800")
        yield there


def refusal(computer: Computer, name: str, value: str) -> int:
    with pytest.raises(gp.GPhoto2Error) as refused:
        computer.set(name, value)
    return int(refused.value.code)


def test_a_busy_body_is_busy_and_then_takes_the_value(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.BUSY, property=ISO))
    assert refusal(computer, "iso", "400") == gp.GP_ERROR_CAMERA_BUSY
    computer.set("iso", "400")
    assert body.status().settings["ISO_SPEED"] == "400"


def test_an_ignored_value_is_not_taken_though_nothing_is_said(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.IGNORE, property=ISO))
    computer.set("iso", "400")
    assert body.status().settings["ISO_SPEED"] == "800"


def test_the_value_beside_is_taken_though_nothing_is_said(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.NEAREST, property=ISO))
    computer.set("iso", "400")
    assert body.status().settings["ISO_SPEED"] == "500"
    assert computer.get("iso") == "500"


def test_a_refusal_leaves_the_value(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.REFUSE, property=ISO, response=ResponseCode.ACCESS_DENIED))
    assert refusal(computer, "iso", "400") == gp.GP_ERROR
    assert body.status().settings["ISO_SPEED"] == "800"


@pytest.mark.slow
def test_a_stalled_body_is_given_up_and_answers_again(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.STALL, property=ISO))
    assert refusal(computer, "iso", "400") == gp.GP_ERROR_TIMEOUT
    computer.set("iso", "400")
    assert computer.get("iso") == "400"


@pytest.mark.slow
def test_a_late_answer_does_not_confuse_those_after_it(body: EmulatedBody, computer: Computer) -> None:
    body.inject(InjectedFault(FaultKind.LATE, property=ISO, delay_s=3.0))
    assert refusal(computer, "iso", "400") == gp.GP_ERROR_TIMEOUT
    computer.set("shutterspeed", "1/60")
    assert computer.camera.wait_for_event(800)[0] != gp.GP_EVENT_CAPTURE_COMPLETE
    assert [computer.get("iso"), computer.get("shutterspeed")] == ["400", "1/60"]


def test_a_cut_cable_is_missed_and_the_body_can_be_reached_again(body: EmulatedBody) -> None:
    with connected(body) as computer:
        body.inject(InjectedFault(FaultKind.CUT, OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX))
        refusal(computer, "iso", "400")
    with connected(body) as again:
        again.set("iso", "400")
        assert again.get("iso") == "400"


def test_the_dial_turned_on_the_body_is_seen_with_what_it_leaves_to_choose(
    body: EmulatedBody, computer: Computer
) -> None:
    assert computer.get("autoexposuremode") == "Manual"
    body.turn_dial("Av")
    assert computer.get("autoexposuremode") == "AV"
    body.turn_dial("M")
    assert computer.get("autoexposuremode") == "Manual"


@pytest.mark.parametrize(("percent", "told"), [(100, "100%"), (60, "50%"), (25, "25%"), (0, "Low")])
def test_the_battery_is_told_in_the_bodys_steps(
    body: EmulatedBody, computer: Computer, percent: int, told: str
) -> None:
    body.set_battery(percent)
    assert computer.get("batterylevel") == told


def test_an_empty_battery_ends_live_view_and_refuses_to_record(body: EmulatedBody, computer: Computer) -> None:
    computer.preview()
    assert body.status().live_view
    assert not body.set_battery(0).live_view
    refusal(computer, "movierecordtarget", "Card")
    assert not body.status().recording


def test_without_a_card_nothing_is_recorded_and_none_is_listed(body: EmulatedBody, computer: Computer) -> None:
    computer.preview()
    body.remove_card()
    refusal(computer, "movierecordtarget", "Card")
    assert list(computer.camera.get_storageinfo()) == []


def test_a_full_card_refuses_to_record_and_says_how_full_it_is(body: EmulatedBody, computer: Computer) -> None:
    body.insert_card(free_bytes=0)
    assert computer.free_kb() == 0
    computer.preview()
    refusal(computer, "movierecordtarget", "Card")
    assert body.status().card_free_bytes == 0


def test_a_body_that_is_switched_off_is_gone_until_it_is_switched_on(body: EmulatedBody) -> None:
    with connected(body) as computer:
        body.switch_off()
        with pytest.raises(gp.GPhoto2Error):
            computer.set("iso", "400")
    with pytest.raises(gp.GPhoto2Error) as refused:
        Computer(body.port_path)
    assert refused.value.code == gp.GP_ERROR_IO
    assert body.switch_on().power == "on"
    with connected(body) as again:
        again.set("iso", "400")


def test_a_body_asleep_is_woken_by_a_button(body: EmulatedBody) -> None:
    assert body.fall_asleep().power == "asleep"
    port = int(body.port_path.rsplit(":", 1)[1])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert body.press("shutter-half").power == "on"
    socket.create_connection(("127.0.0.1", port)).close()


def test_what_cannot_be_done_to_a_body_is_an_error_and_the_body_goes_on(body: EmulatedBody) -> None:
    with pytest.raises(EmulatorError, match="no 'Sport' on the dial"):
        body.turn_dial("Sport")
    with pytest.raises(EmulatorError, match="shutter-half"):
        body.press("delete")
    with pytest.raises(EmulatorError, match="0 to 100"):
        body.set_battery(101)
    assert json.dumps(body.status().settings)


@pytest.mark.slow
def test_a_body_that_is_gone_says_so() -> None:
    with EmulatedBody() as body:
        body.kill()
        with pytest.raises(EmulatorError, match="is gone"):
            body.status()
    with pytest.raises(EmulatorError, match="not running"):
        body.status()
