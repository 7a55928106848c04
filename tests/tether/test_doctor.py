"""What keeps a camera from being ready: a computer laid out as folders, and bodies on the real driver."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.model import BodyListing, Widget, WidgetType
from rigcoach.tether import errors
from rigcoach.tether.camera import Camera
from rigcoach.tether.diagnosis import Facts, diagnose, is_ready
from rigcoach.tether.events import CardSpace
from rigcoach.tether.findings import Finding, Severity
from rigcoach.tether.host import Host, processes, this_host, usb_devices
from rigcoach.tether.process.ports import FoundPort

STILL_IMAGE, STORAGE, PRINTER, HUB = "06", "08", "07", "09"
CANON_5D2 = ("04a9", "3199", "Canon Inc.", "Canon Digital Camera")
SONY = ("054c", "0c34", "Sony", "ILCE-7M3")
CLAIMED = errors.at_opening("usb:001,004", -53, "")


class Computer:
    """A computer's /sys, /dev and /proc as folders."""

    def __init__(self, root: Path) -> None:
        self.sys, self.dev, self.proc = root / "sys", root / "dev", root / "proc"
        (self.sys / "bus/usb/devices").mkdir(parents=True)
        self.proc.mkdir()

    def plug_in(self, device: tuple[str, str, str, str], *classes: str, mode: int = 0o600, number: int = 4) -> None:
        # As the kernel has it: 1-2 is a device, 1-2:1.0 its first interface, in a folder of its own below.
        folder = self.sys / f"bus/usb/devices/1-{number}"
        files = ("idVendor", "idProduct", "manufacturer", "product")
        for name, text in zip((*files, "busnum", "devnum"), (*device, "1", str(number)), strict=True):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(f"{text}\n")
        for at, each in enumerate(classes):
            interface = folder / f"{folder.name}:1.{at}"
            interface.mkdir()
            (interface / "bInterfaceClass").write_text(f"{each}\n")
            (folder.parent / interface.name).symlink_to(interface)
        node = self.dev / f"bus/usb/001/{number:03}"
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()
        node.chmod(mode)

    def start(self, pid: int, *command: str) -> None:
        (self.proc / str(pid)).mkdir()
        (self.proc / str(pid) / "cmdline").write_bytes(b"\0".join(word.encode() for word in command) + b"\0")

    def host(self) -> Host:
        return Host("linux", usb_devices(self.sys, self.dev), processes(self.proc))


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def problems(facts: Facts) -> list[str]:
    return [finding.code for finding in diagnose(facts) if finding.severity is Severity.PROBLEM]


def the_finding(facts: Facts) -> Finding:
    (finding,) = diagnose(facts)
    return finding


def test_devices_are_read_with_their_interfaces_and_who_may_use_them(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.plug_in(("04a9", "1746", "Canon", "MG3600"), PRINTER, STORAGE, number=5)
    computer.plug_in(("1d6b", "0002", "Linux", "xhci-hcd"), HUB, number=1)
    devices = usb_devices(computer.sys, computer.dev)
    assert devices is not None
    camera = devices[0]
    assert (camera.vendor, camera.product, camera.port) == (0x04A9, 0x3199, "usb:001,004")
    assert camera.name == "Canon Inc. Canon Digital Camera"
    assert camera.classes == (6,)
    assert camera.may_use
    assert 1 not in [int(device.port[-3:]) for device in devices]


def test_a_computer_without_usb_does_not_tell(tmp_path: Path) -> None:
    assert usb_devices(tmp_path / "sys", tmp_path / "dev") is None


def test_this_computer_is_read() -> None:
    assert os.getpid() in [process.pid for process in this_host().processes]


def test_nothing_on_the_bus(computer: Computer) -> None:
    finding = the_finding(Facts("auto", computer.host(), error=errors.none_found()))
    assert finding.code == "usb.nothing"
    assert "half-press" in finding.next_step


def test_a_camera_that_shows_itself_as_a_drive(computer: Computer) -> None:
    computer.plug_in(SONY, STORAGE)
    finding = the_finding(Facts("auto", computer.host(), error=errors.none_found()))
    assert finding.code == "usb.mass-storage"
    assert "PC Remote" in finding.next_step


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every file")
def test_a_device_file_of_somebody_elses(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE, mode=0)
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    assert problems(Facts("usb:001,004", computer.host(), found, CLAIMED))[0] == "usb.permission"


def test_a_device_that_may_not_be_used_is_told_with_the_rule_to_install(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    host = computer.host()
    assert host.usb is not None
    locked = replace(host, usb=(replace(host.usb[0], may_use=False),))
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    error = errors.at_opening("usb:001,004", -7, "")
    finding = the_finding(Facts("usb:001,004", locked, found, error, rule="Run: sudo cp RULE"))
    assert (finding.code, finding.next_step) == ("usb.permission", "Run: sudo cp RULE")


@pytest.mark.parametrize(
    ("command", "code", "cure"),
    [
        (("/usr/libexec/gvfs-gphoto2-volume-monitor",), "claimed.desktop", "gio mount -s gphoto2"),
        (("/usr/lib/gvfs/gvfsd-gphoto2", "--spawner", ":1.2"), "claimed.desktop", "gio mount -s gphoto2"),
        (("/usr/libexec/ptpcamerad",), "claimed.macos", "killall ptpcamerad"),
        (("/usr/libexec/mscamerad-xpc",), "claimed.macos", "killall mscamerad-xpc"),
        (("/usr/lib/gvfs/gvfsd-mtp", "--spawner", ":1.2"), "claimed.desktop", "gio mount -s mtp"),
        (("/usr/libexec/gvfs-mtp-volume-monitor",), "claimed.desktop", "gio mount -s mtp"),
        (("/usr/lib/x86_64-linux-gnu/libexec/kf6/kiod6",), "claimed.desktop", "killall kiod6"),
        (("/usr/libexec/kf5/kioslave5", "kio_mtp.so"), "claimed.desktop", "killall kioslave5"),
        (("/usr/bin/entangle",), "claimed.program", "Quit entangle"),
        (("/Applications/EOS Utility 3.app/Contents/MacOS/EOS Utility 3",), "claimed.program", "Quit EOS Utility 3"),
        (("C/Program Files/Capture One/CaptureOne.exe",), "claimed.program", "Quit CaptureOne.exe"),
        (("/Applications/Adobe Lightroom Classic",), "claimed.program", "Quit Adobe Lightroom Classic"),
        (("/usr/bin/python3", "/usr/bin/rapid-photo-downloader"), "claimed.program", "Quit rapid-photo-downloader"),
        ((r"C:\Program Files\Canon\EOS Utility 3.exe",), "claimed.program", "Quit EOS Utility 3.exe"),
        (("/usr/bin/indi_canon_ccd",), "claimed.program", "Quit indi_canon_ccd"),
        (("jmtpfs", "/mnt/camera"), "claimed.program", "Quit jmtpfs"),
    ],
)
def test_who_holds_a_camera(computer: Computer, command: tuple[str, ...], code: str, cure: str) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.start(812, *command)
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    finding = the_finding(Facts("usb:001,004", computer.host(), found, CLAIMED))
    assert finding.code == code
    assert "812" in finding.text
    assert cure in finding.next_step


def test_all_who_may_hold_a_camera_are_told_the_likeliest_first(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.start(70, "/usr/libexec/gvfs-gphoto2-volume-monitor")
    computer.start(812, "/usr/bin/darktable")
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    finding = the_finding(Facts("usb:001,004", computer.host(), found, CLAIMED))
    assert finding.text == (
        "darktable (process 812) holds the camera, or the desktop (gvfs-gphoto2-volume-monitor, process 70)"
    )
    assert finding.next_step == "Quit darktable and try again"


@pytest.mark.parametrize(("code", "said"), [(-10, "Timeout reading from the port"), (-7, "I/O problem"), (-1, "")])
@pytest.mark.parametrize(
    ("command", "finding", "cure"),
    [
        ("/usr/libexec/gvfs-gphoto2-volume-monitor", "claimed.desktop", "gio mount -s gphoto2"),
        ("/usr/libexec/ptpcamerad", "claimed.macos", "killall ptpcamerad"),
        ("/usr/bin/darktable", "claimed.program", "Quit darktable"),
    ],
)
def test_who_may_hold_a_camera_that_does_not_open_is_told_before_that_it_sleeps(
    computer: Computer, code: int, said: str, command: str, finding: str, cure: str
) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.start(812, command)
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    facts = Facts("usb:001,004", computer.host(), found, errors.at_opening("usb:001,004", code, said))
    holder, asleep = diagnose(facts)
    assert (holder.code, asleep.code) == (finding, "camera.asleep")
    assert "may h" in holder.text
    assert "812" in holder.text
    assert cure in holder.next_step


@pytest.mark.parametrize(
    ("error", "then"),
    [
        (errors.no_answer("opening it", 20), "camera.asleep"),
        (errors.crashed("opening it", "SIGSEGV"), "camera.asleep"),
        (errors.at_opening("usb:001,004", errors.BUSY, ""), None),
    ],
)
def test_who_may_hold_a_camera_at_which_the_driver_waits_is_told(
    computer: Computer, error: errors.CameraError, then: str | None
) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.start(812, "/usr/libexec/gvfs-gphoto2-volume-monitor")
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    told = [finding.code for finding in diagnose(Facts("usb:001,004", computer.host(), found, error))]
    assert told == ["claimed.desktop", *([then] if then else [])]


def test_a_camera_that_was_open_is_held_by_nobody_else(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    computer.start(812, "/usr/libexec/ptpcamerad")
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    assert problems(Facts("usb:001,004", computer.host(), found, errors.lost("reading"))) == ["camera.asleep"]


def test_a_desktop_that_holds_nothing_is_left_alone(computer: Computer) -> None:
    computer.start(812, "/usr/libexec/gvfs-gphoto2-volume-monitor")
    assert problems(Facts("auto", computer.host(), error=errors.none_found())) == ["usb.nothing"]


def test_a_camera_held_by_nobody_known_is_told_as_the_error_says(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    assert the_finding(Facts("usb:001,004", computer.host(), found, CLAIMED)).code == "camera.claimed"


def test_a_camera_that_is_there_and_silent_is_asleep(computer: Computer) -> None:
    computer.plug_in(CANON_5D2, STILL_IMAGE)
    found = (FoundPort("Canon EOS 5D Mark II", "usb:001,004"),)
    for error in (errors.lost("reading"), errors.no_answer("reading", 10), errors.at_opening("usb:001,004", -10, "")):
        assert the_finding(Facts("usb:001,004", computer.host(), found, error)).code == "camera.asleep"


def test_a_body_that_libgphoto2_does_not_know(computer: Computer) -> None:
    computer.plug_in(("04a9", "9999", "Canon Inc.", "EOS R99"), STILL_IMAGE)
    finding = the_finding(Facts("auto", computer.host(), error=errors.none_found()))
    assert finding.code == "camera.unknown-model"
    assert "EOS R99 (04a9:9999)" in finding.text


@pytest.fixture
def facts(camera: Camera) -> Callable[[], Facts]:
    """What the emulated body reports now."""
    return lambda: Facts(camera.port, None, listing=camera.listing(), cards=camera.cards())


def test_a_body_that_is_ready_has_notes_at_most(facts: Callable[[], Facts]) -> None:
    assert is_ready(diagnose(facts()))
    assert [finding.code for finding in diagnose(facts())] == ["lens.not-electronic"]


@pytest.mark.slow
def test_what_happens_to_a_body_is_found(facts: Callable[[], Facts], body: EmulatedBody) -> None:
    body.turn_dial("Av")
    assert problems(facts()) == ["dial.not-manual"]
    body.turn_dial("M")
    body.set_battery(0)
    assert problems(facts()) == ["battery.empty"]
    body.set_battery(25)
    assert problems(facts()) == []
    assert "battery.low" in [finding.code for finding in diagnose(facts())]
    body.set_battery(100)
    body.insert_card(free_bytes=1_000_000)
    assert problems(facts()) == ["card.full"]
    body.remove_card()
    assert problems(facts()) == ["card.missing"]
    body.insert_card()
    assert problems(facts()) == []


@pytest.mark.parametrize(
    ("free", "code"), [((20e6,), "card.full"), ((20e6, 500e6), "card.low"), ((2e9,), None), ((20e6, None), None)]
)
def test_the_card_with_most_room_counts(free: tuple[float | None, ...], code: str | None) -> None:
    listing = BodyListing("x", "", "X", ())
    cards = tuple(CardSpace("CF", 16 * 10**9, None if each is None else int(each)) for each in free)
    codes = [finding.code for finding in diagnose(Facts("usb:001,004", None, listing=listing, cards=cards))]
    assert [found for found in codes if found.startswith("card")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("level", "code"),
    [("100%", None), ("Low", "battery.empty"), ("1%", "battery.empty"), ("25%", "battery.low"), ("Unknown", None)],
)
def test_batteries_in_bodies_own_words(level: str, code: str | None) -> None:
    listing = BodyListing("x", "", "X", (Widget("/main/status/batterylevel", "", WidgetType.TEXT, level),))
    codes = [finding.code for finding in diagnose(Facts("usb:001,004", None, listing=listing))]
    assert [found for found in codes if found.startswith("battery")] == ([code] if code else [])
