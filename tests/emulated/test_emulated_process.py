"""The emulated body as a process: what it says, how it ends, and that nothing of it is left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rigcoach.emulated.bodies import EmulatorError
from rigcoach.emulated.process import EmulatedBody

BODY = "canon-eos-5d-mark-ii"


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    """A body started as a user starts one."""
    with subprocess.Popen(
        [sys.executable, "-m", "rigcoach.emulated", BODY],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def seeing() -> Iterator[subprocess.Popen[str]]:
    """A body whose live view was switched on, so that there is a worker to be left behind."""
    with subprocess.Popen(
        [sys.executable, "-m", "rigcoach.emulated", BODY, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def switch_live_view_on(process: subprocess.Popen[str]) -> str:
    """Return where the body is, once its worker runs."""
    port_path = first_line(process)
    assert process.stdin is not None
    process.stdin.write('{"do": "press", "button": "live-view"}\n')
    process.stdin.flush()
    assert '"live_view": true' in first_line(process)
    assert len(alive_in_group(process.pid)) >= 2
    return port_path


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def port_of(port_path: str) -> int:
    kind, host, port, again = port_path.split(":")
    assert (kind, host) == ("ptpip", "127.0.0.1")
    assert port == again
    return int(port)


def alive_in_group(group: int) -> list[int]:
    """Return the living processes of a process group (Linux); a zombie has ended and waits to be counted."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of_group) == group and state != "Z":
            alive.append(int(stat.parent.name))
    return alive


def wait_until_gone(group: int) -> None:
    deadline = time.monotonic() + 60
    while alive_in_group(group):
        assert time.monotonic() < deadline, "something of the body lives on"
        time.sleep(0.05)


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def test_the_first_line_says_where_it_is(running: subprocess.Popen[str]) -> None:
    socket.create_connection(("127.0.0.1", port_of(first_line(running)))).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_interrupted(running: subprocess.Popen[str], number: signal.Signals) -> None:
    first_line(running)
    # Ctrl-C reaches every process of the group.
    os.killpg(running.pid, number)
    _, complaints = running.communicate(timeout=60)
    assert running.returncode == 0
    assert complaints == ""


@linux
def test_an_end_while_a_computer_is_connected_leaves_nothing(seeing: subprocess.Popen[str]) -> None:
    with socket.create_connection(("127.0.0.1", port_of(switch_live_view_on(seeing)))):
        seeing.send_signal(signal.SIGINT)
        assert seeing.wait(60) == 0
    wait_until_gone(seeing.pid)


@linux
def test_a_killed_body_takes_its_worker_along(seeing: subprocess.Popen[str]) -> None:
    switch_live_view_on(seeing)
    seeing.kill()
    wait_until_gone(seeing.pid)


@linux
def test_a_body_that_lost_its_worker_says_so_in_one_line(seeing: subprocess.Popen[str]) -> None:
    switch_live_view_on(seeing)
    for number in alive_in_group(seeing.pid):
        if number != seeing.pid:
            os.kill(number, signal.SIGKILL)
    seeing.wait(60)  # its standard input stays open: it ends because of what it lost
    assert seeing.stderr is not None
    complaint = seeing.stderr.read()
    assert seeing.returncode == 1
    assert complaint.count("\n") == 1
    assert "can no longer see" in complaint


@linux
def test_a_body_ends_when_whoever_started_it_dies() -> None:
    script = (
        "import os, signal\n"
        "from rigcoach.emulated.process import EmulatedBody\n"
        "with EmulatedBody() as body:\n"
        "    print(body.port_path, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    owner = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False)
    assert owner.returncode == -signal.SIGKILL
    port = port_of(owner.stdout.strip())
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("the body lives on")


def test_leaving_the_context_ends_the_body() -> None:
    with EmulatedBody() as body:
        port = port_of(body.port_path)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_killed_body_can_still_be_left() -> None:
    with EmulatedBody() as body:
        body.kill()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port_of(body.port_path)))


def test_an_unknown_lens_is_named_with_those_there_are() -> None:
    with pytest.raises(EmulatorError, match=r"adapted, ef-50mm"), EmulatedBody(lens="kit-zoom"):
        pass


def test_an_unknown_body_is_named_with_those_there_are() -> None:
    with pytest.raises(EmulatorError, match=BODY):
        EmulatedBody("canon-eos-r5")


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        tried = subprocess.run(
            [sys.executable, "-m", "rigcoach.emulated", BODY, "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (tried.returncode, tried.stdout) == (1, "")
    assert tried.stderr.count("\n") == 1
    assert port in tried.stderr
