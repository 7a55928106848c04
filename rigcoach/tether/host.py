"""What a computer knows of cameras without libgphoto2: its USB devices, who may use them, who runs.

Linux keeps it in files: ``/sys/bus/usb/devices`` (kernel, Documentation/ABI/testing/sysfs-bus-usb), ``/dev/bus/usb``,
``/proc``. Their roots are parameters, so that a computer can be laid out as folders.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

STILL_IMAGE_CLASS = 0x06
STORAGE_CLASS = 0x08

# Vendor numbers after the USB ID repository, linux-usb.org/usb.ids.
CAMERA_VENDORS = {
    0x04A9: "Canon",
    0x04B0: "Nikon",
    0x04CB: "Fujifilm",
    0x04DA: "Panasonic",
    0x054C: "Sony",
    0x07B4: "Olympus",
    0x25FB: "Pentax",
    0x1A98: "Leica",
    0x33A2: "OM Digital",
}


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A USB device that may be a camera.

    `classes` are its interfaces' USB classes; `node` is the device file; `may_use` whether this user may read and write
    it, None where there is none.
    """

    vendor: int
    product: int
    name: str
    port: str
    classes: tuple[int, ...]
    node: str
    may_use: bool | None


@dataclass(frozen=True, slots=True)
class Process:
    """A running program."""

    pid: int
    name: str


@dataclass(frozen=True, slots=True)
class Host:
    """A computer: its platform as `sys.platform` has it, USB devices that may be cameras, running programs.

    `usb` is None where the system does not tell.
    """

    platform: str
    usb: tuple[UsbDevice, ...] | None
    processes: tuple[Process, ...]


def this_host() -> Host:
    """Return this computer."""
    if sys.platform == "darwin":
        return Host(sys.platform, None, _processes_by_ps())
    return Host(sys.platform, usb_devices(Path("/sys"), Path("/dev")), processes(Path("/proc")))


def usb_devices(sys_root: Path, dev_root: Path) -> tuple[UsbDevice, ...] | None:
    """Return the devices that offer pictures (USB class 6), and those of camera makers; None where there is no USB."""
    folder = sys_root / "bus/usb/devices"
    if not folder.is_dir():
        return None
    found = [_device(each, dev_root) for each in sorted(folder.iterdir()) if (each / "idVendor").is_file()]
    return tuple(device for device in found if device is not None and _may_be_camera(device))


def _may_be_camera(device: UsbDevice) -> bool:
    # Printers and scanners come from the same makers; a camera offers pictures, or itself as a drive.
    return STILL_IMAGE_CLASS in device.classes or (device.vendor in CAMERA_VENDORS and STORAGE_CLASS in device.classes)


def _device(folder: Path, dev_root: Path) -> UsbDevice | None:
    try:
        bus, number = int(_text(folder / "busnum")), int(_text(folder / "devnum"))
        vendor, product = int(_text(folder / "idVendor"), 16), int(_text(folder / "idProduct"), 16)
    except (OSError, ValueError):
        return None  # it was unplugged while we looked
    classes = tuple(int(_text(interface), 16) for interface in sorted(folder.glob(f"{folder.name}:*/bInterfaceClass")))
    maker = CAMERA_VENDORS.get(vendor, "")
    name = " ".join(word for word in (_said(folder / "manufacturer") or maker, _said(folder / "product")) if word)
    node = dev_root / f"bus/usb/{bus:03}/{number:03}"
    may_use = os.access(node, os.R_OK | os.W_OK) if node.exists() else None
    return UsbDevice(vendor, product, name, f"usb:{bus:03},{number:03}", classes, str(node), may_use)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip()


def _said(file: Path) -> str:
    return _text(file) if file.is_file() else ""


def processes(proc_root: Path) -> tuple[Process, ...]:
    """Return the running programs, by the name of the file that was started, or of the script that it runs."""
    found = []
    for folder in proc_root.glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended while we looked
        if words[0]:
            found.append(Process(int(folder.name), _program(words)))
    return tuple(sorted(found, key=lambda process: process.pid))


def _program(words: list[str]) -> str:
    r"""Return what a command line runs.

    >>> _program(["/usr/bin/python3", "-u", "/usr/bin/rapid-photo-downloader"])
    'rapid-photo-downloader'
    >>> _program([r"C:\Program Files\Canon\EOS Utility.exe"])  # by Wine
    'EOS Utility.exe'
    """
    name = _last(words[0])
    if _INTERPRETER.fullmatch(name):
        name = next((_last(word) for word in words[1:] if word and not word.startswith("-")), name)
    return name


_INTERPRETER = re.compile(r"(?:python|pypy|perl|ruby|mono|wine|bash|sh|env)[\d.]*(?:-preloader)?", re.IGNORECASE)


def _last(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _processes_by_ps() -> tuple[Process, ...]:
    listed = subprocess.run(["/bin/ps", "-axo", "pid=,comm="], capture_output=True, text=True, check=False)
    lines = (re.match(r"\s*(\d+)\s+(.+)", line) for line in listed.stdout.splitlines())
    return tuple(Process(int(line[1]), Path(line[2]).name) for line in lines if line is not None)
