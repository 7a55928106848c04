"""Programs that hold a camera, and how to make them release it."""

import re
from dataclasses import dataclass

from rigcoach.tether.findings import Finding
from rigcoach.tether.host import Process

_AT_ONCE = "and try again at once"


@dataclass(frozen=True, slots=True)
class HolderKind:
    """One kind of program that holds cameras.

    `names` are those of its processes, but for versions behind them; `who` is how it is told of, empty for a program of
    its own name; `cure` says how it lets go, with a place for the process's name.
    """

    code: str
    names: tuple[str, ...]
    who: str
    cure: str


# A program that somebody started before a service that always runs. Process names after the programs themselves: gvfs
# (daemon/*.mount.in, monitor/*/*.service.in), KDE's kio-extras and kamera, macOS's /usr/libexec.
KINDS = (
    HolderKind(
        "claimed.program",
        (
            *("EOS Utility", "Capture One", "CaptureOne", "Adobe Lightroom", "Lightroom", "Image Capture", "Photos"),
            *("NX Tether", "Camera Control Pro", "Imaging Edge", "FUJIFILM X Acquire", "OM Capture", "LUMIX Tether"),
            *("EOSUtility", "EOS Webcam Utility", "Webcam Utility", "Nikon Transfer", "NkTransfer"),
            *("Android File Transfer", "MacDroid", "OpenMTP"),
            *("digiCamControl", "CameraControl", "BackyardEOS", "BackyardNIKON", "Helicon Remote", "Smart Shooter"),
            *("ControlMyNikon", "dslrBooth", "SparkoCam", "Cascable Pro Webcam", "N.I.N.A", "SharpCap"),
            *("gphoto2", "gphotofs", "entangle", "darktable", "digikam", "shotwell", "qDslrDashboard", "obs"),
            *("rapid-photo-downloader", "gthumb", "pktriggercord", "android-file-transfer", "aft-mtp-mount"),
            *("jmtpfs", "simple-mtpfs", "go-mtpfs"),
            # Astronomers' drivers.
            *(
                "indi_gphoto_ccd",
                "indi_canon_ccd",
                "indi_nikon_ccd",
                "indi_sony_ccd",
                "indi_fuji_ccd",
                "indi_pentax_ccd",
            ),
        ),
        "",
        "Quit {name} and try again",
    ),
    HolderKind(
        "claimed.desktop",
        ("gvfs-gphoto2-volume-monitor", "gvfsd-gphoto2"),
        "the desktop",
        "Let go of it: gio mount -s gphoto2",
    ),
    HolderKind(
        "claimed.desktop",
        ("gvfs-mtp-volume-monitor", "gvfsd-mtp"),
        "the desktop",
        "Let go of it: gio mount -s mtp",
    ),
    HolderKind(
        "claimed.desktop",
        ("kiod", "kioslave", "kioworker", "kio_mtp", "kio_kamera", "kmtpd"),
        "the desktop",
        f"Close the camera in the file manager, run `killall {{name}}` {_AT_ONCE}",
    ),
    HolderKind(
        "claimed.macos",
        ("ptpcamerad", "PTPCamera", "mscamerad-xpc", "mscamerad", "icdd"),
        "macOS",
        f"Quit Photos and Image Capture, run `killall {{name}}` {_AT_ONCE}",
    ),
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A running program that may hold a camera."""

    kind: HolderKind
    process: Process

    def __str__(self) -> str:
        """Return it in words."""
        of = f"{self.process.name}, " if self.kind.who else ""
        return f"{self.kind.who or self.process.name} ({of}process {self.process.pid})"


def among(running: tuple[Process, ...]) -> tuple[Holder, ...]:
    """Return those of the running programs that may hold a camera, the likeliest first, each program once."""
    found: dict[str, Holder] = {}
    for kind in KINDS:
        for name in kind.names:
            for process in running:
                if _is_called(process.name, name) and process.name not in found:
                    found[process.name] = Holder(kind, process)
    return tuple(found.values())


def _is_called(name: str, wanted: str) -> bool:
    """Whether a process is of that name, be it with a version or an ending.

    >>> _is_called("EOS Utility 3", "EOS Utility"), _is_called("kiod6", "kiod"), _is_called("obsidian", "obs")
    (True, True, False)
    """
    return re.fullmatch(rf"{re.escape(wanted)}([ .\d-].*)?", name, re.IGNORECASE) is not None


def told(holders: tuple[Holder, ...], *, sure: bool) -> Finding | None:
    """Return what is told of them: who holds a camera, or may, and how it lets go; None where there are none."""
    if not holders:
        return None
    first, *others = holders
    text = f"{first} {'holds' if sure else 'may hold'} the camera"
    if others:
        text += f", or {', '.join(map(str, others))}"
    return Finding(first.kind.code, text, first.kind.cure.format(name=first.process.name))
