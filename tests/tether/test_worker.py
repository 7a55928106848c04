"""The process that holds the camera: its crashes, its silence, its owner's end, and who else may have the camera."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraClaimedError, CameraError, CameraLostError
from rigcoach.tether.process.lock import PortLock
from rigcoach.tether.process.ports import FoundPort, find_again
from rigcoach.tether.process.worker_process import WorkerProcess

PATIENCE_S = 60.0

# Opens the camera, leaves live view and a recording on, says who works for it, and waits: by turns, since a Ctrl-C just
# before it waits would be noticed only after that.
OWNER = """
import sys, time
from rigcoach.tether.camera import Camera
with Camera(sys.argv[1], model=sys.argv[2]) as camera:
    camera.set("viewfinder", "1")
    camera.set("movierecordtarget", "Card")
    try:
        time.sleep(1)
        print(camera.worker_pid, flush=True)
        for _ in range(1200):
            time.sleep(0.1)
    except KeyboardInterrupt:
        camera.set("movierecordtarget", "None")
        print("in order", camera.read_back("movierecordtarget").current, flush=True)
"""


def is_running(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        # A zombie that nobody has waited for yet runs no more.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until_gone(pid: int) -> bool:
    until = time.monotonic() + PATIENCE_S
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(pid)


def test_where_no_process_can_be_started_that_is_told_and_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CameraError, match="libgphoto2 could not be started"):
        WorkerProcess().ask("looking for cameras", "ports")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def worker_of(camera: Camera) -> int:
    assert camera.worker_pid is not None
    return camera.worker_pid


@pytest.fixture
def owner(body: EmulatedBody) -> Iterator[subprocess.Popen[str]]:
    """Another program that records with the body; a session leader, as a shell's job is."""
    command = [sys.executable, "-c", OWNER, body.port_path, body.model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        yield running
        running.kill()


def first_number(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_driver_that_crashes_costs_one_error_and_a_reconnection(camera: Camera, number: signal.Signals) -> None:
    camera.set("iso", "1600")
    crashed = worker_of(camera)
    os.kill(crashed, number)
    with pytest.raises(CameraLostError, match=f"driver crashed .{number.name}.") as caught:
        camera.read_back("iso")
    assert caught.value.code == "camera.driver-crashed"
    assert camera.read_back("iso").current == "1600"
    assert worker_of(camera) != crashed


@pytest.mark.slow
def test_a_driver_that_does_not_come_back_is_ended(body: EmulatedBody) -> None:
    worker = WorkerProcess()
    worker.ask("opening", "open", body.port_path, body.model)
    stuck = worker.pid
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)
    with pytest.raises(CameraLostError, match="no answer") as caught:
        worker.ask("reading iso", "read_back", "iso", limit_s=0.3)
    assert caught.value.code == "camera.no-answer"
    assert not is_running(stuck)
    assert worker.pid is None
    worker.end()


@pytest.mark.slow
def test_a_worker_stuck_in_a_call_ends_itself_when_nobody_is_left_to_end_it(body: EmulatedBody) -> None:
    code = (
        "import sys\n"
        "from rigcoach.tether.process import worker_process\n"
        "worker_process._SELF_END_AFTER_S = 0.5\n"
        "worker = worker_process.WorkerProcess()\n"
        "worker.ask('opening', 'open', sys.argv[1], sys.argv[2])\n"
        "worker.ask('reading iso', 'read_back', 'iso')\n"  # and with it all that the body has to tell
        "print(worker.pid, flush=True)\n"
        "worker.ask('waiting', 'next_event', 600.0, limit_s=1.0)\n"
    )
    command = [sys.executable, "-c", code, body.port_path, body.model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        worker = first_number(owner)
        time.sleep(0.3)  # for it to be at its long call
        owner.kill()
    assert wait_until_gone(worker)


@pytest.mark.slow
def test_interrupting_a_request_does_not_mix_up_the_answers(camera: Camera) -> None:
    camera.read_back("iso")  # and with it all that the body has to tell
    interrupt = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))

    def interrupted() -> None:
        interrupt.start()
        camera.next_event(30.0)
        interrupt.join()  # it came to nothing, or comes now

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    interrupt.join()
    assert camera.read_back("iso").name == "iso"
    assert camera.read_back("shutterspeed").name == "shutterspeed"


@pytest.mark.slow
def test_an_owner_that_is_killed_leaves_no_worker_and_no_running_recording(
    owner: subprocess.Popen[str], body: EmulatedBody
) -> None:
    worker = first_number(owner)
    owner.kill()
    owner.wait()
    assert wait_until_gone(worker)
    with Camera(body.port_path, model=body.model) as camera:
        assert camera.read_back("movierecordtarget").current == "None"
        assert camera.read_back("output").current == "Off"
        until = time.monotonic() + PATIENCE_S
        while not (kept := camera.files()) and time.monotonic() < until:
            time.sleep(0.2)
    assert [file.name for file in kept] == ["MVI_0001.MOV"]


@pytest.mark.slow
def test_ctrl_c_reaches_the_owner_who_puts_the_camera_in_order(owner: subprocess.Popen[str]) -> None:
    worker = first_number(owner)
    os.killpg(owner.pid, signal.SIGINT)  # what a terminal does
    out, _ = owner.communicate(timeout=PATIENCE_S)
    assert out == "in order None\n"
    assert wait_until_gone(worker)


@pytest.mark.slow
def test_a_second_rigcoach_is_kept_out_and_told_by_whom(owner: subprocess.Popen[str], body: EmulatedBody) -> None:
    first_number(owner)
    with pytest.raises(CameraClaimedError) as caught:
        Camera(body.port_path, model=body.model)
    assert f"process {owner.pid} holds it" in caught.value.line()


def test_a_lock_left_behind_keeps_nobody_out(tmp_path: Path) -> None:
    code = "import sys\nfrom pathlib import Path\nfrom rigcoach.tether.process.lock import PortLock\n" + (
        "PortLock(Path(sys.argv[1]), 'usb:001,004', 4711)\nimport os\nos.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert (tmp_path / "usb-001-004.lock").read_text() == "4711\n"
    lock = PortLock(tmp_path, "usb:001,004", 4712)
    with pytest.raises(CameraClaimedError, match="process 4712"):
        PortLock(tmp_path, "usb:001,004", 4713)
    PortLock(tmp_path, "usb:001,005", 4713).release()
    lock.release()
    PortLock(tmp_path, "usb:001,004", 4713).release()


def test_a_closed_camera_stays_closed(camera: Camera) -> None:
    worker = worker_of(camera)
    camera.close()
    assert not is_running(worker)
    with pytest.raises(CameraError, match="connection was closed"):
        camera.get("iso")


def test_a_camera_plugged_in_again_is_found_at_its_new_port_unless_it_could_be_another() -> None:
    d750, d750_too = FoundPort("Nikon DSC D750", "usb:001,009"), FoundPort("Nikon DSC D750", "usb:001,010")
    other = FoundPort("Canon EOS 5D Mark II", "usb:001,011")
    assert find_again("usb:001,004", "Nikon DSC D750", (d750, other)) == "usb:001,009"
    assert find_again("usb:001,004", "Nikon DSC D750", (d750, d750_too)) == "usb:001,004"
    assert find_again("usb:001,009", "Nikon DSC D750", (d750, d750_too)) == "usb:001,009"
    assert find_again("usb:001,004", "Nikon DSC D750", (other,)) == "usb:001,004"
