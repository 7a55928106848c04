"""Where bytes from outside come in: for each place, whole examples, and what reads them.

Whatever the bytes are, they are read, or refused with one of rigcoach's own errors.
"""

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from corpus.damaged_media import CONTAINERS, whole
from emulated.reel import Reel
from kept_work import a_session, at_home

from rigcoach.analysis.detector_weights import installed, model
from rigcoach.drills.files import drill_text, load_drill, read_drill
from rigcoach.emulated.body import Body
from rigcoach.emulated.card import Card
from rigcoach.emulated.control import Control
from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.ptp import wire
from rigcoach.emulated.ptp.faults import FaultyBody
from rigcoach.emulated.ptp.operations import Operation, OperationCode
from rigcoach.emulated.shooting import Clocks
from rigcoach.journal import folder as journal
from rigcoach.journal import index
from rigcoach.journal.documents import session_document
from rigcoach.journal.session import Fault, Moment, Take, TakeScore
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.lens.calibrations import Calibration, calibration_path, load_calibration, save_calibration
from rigcoach.listing.files import read_listing, to_json
from rigcoach.listing.model import Span, Widget, WidgetType, listing_of
from rigcoach.optics.register_error import MarkRead, RegisterError
from rigcoach.report.session_page import read_session_page
from rigcoach.report.take_subject import subject_at
from rigcoach.rig import gear_files
from rigcoach.rig.gear import Rig
from rigcoach.rig.profile import load_profile, profile_paths, read_profile
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.resolve import resolve
from rigcoach.video.thumbnail import shutter_beside

_TAKEN = datetime(2008, 11, 22, 12, 0)
_NO_RIG = Rig(None, None, None)


class Boundary(ABC):
    """A place where bytes come in; `folder` is an empty one of its own, and rigcoach keeps all it keeps below it."""

    name = ""

    @abstractmethod
    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return whole examples, to be spoilt."""

    @abstractmethod
    def read(self, content: bytes, folder: Path) -> None:
        """Have them read by whatever reads them."""


@cache
def _listing() -> str:
    widgets = [
        Widget("/main/status/model", "Model", WidgetType.TEXT, "Canon EOS 5D Mark II", (), True),
        Widget("/main/imgsettings/iso", "ISO", WidgetType.RADIO, "400", ("Auto", "100", "400", "1600"), False),
        Widget("/main/capturesettings/shutterspeed", "Shutter", WidgetType.RADIO, "1/50", ("1/25", "1/50"), False),
        Widget("/main/settings/datetime", "Clock", WidgetType.DATE, "1227355200", (), False),
        Widget("/main/other/d101", "Range", WidgetType.RANGE, "3", (), False, Span(0, 10, 1)),
    ]
    return json.dumps(to_json(listing_of("canon-eos-5d-mark-ii", widgets)))


_PRINTED = b"""/main/imgsettings/iso
Label: ISO Speed
Readonly: 0
Type: RADIO
Current: 400
Choice: 0 Auto
Choice: 1 100
Choice: 2 400
END
/main/settings/datetime
Label: Camera Date and Time
Readonly: 0
Type: DATE
Current: 1227355200
Printable: Sat Nov 22 12:00:00 2008
END
"""


class Listing(Boundary):
    """What a body reports of itself, as a file."""

    name = "listing"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return one as JSON and as gphoto2 prints it, in two encodings."""
        return (_listing().encode(), _PRINTED, _PRINTED.decode().encode("utf-16"))

    def read(self, content: bytes, folder: Path) -> None:
        """Check a profile against it."""
        path = folder / "listing.txt"
        path.write_bytes(content)
        resolve(load_profile("hip-video"), read_listing(path))


class Profile(Boundary):
    """A profile."""

    name = "profile"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return those that ship."""
        return [path.read_bytes() for path in profile_paths()]

    def read(self, content: bytes, folder: Path) -> None:
        """Read it."""
        path = folder / "profile.toml"
        path.write_bytes(content)
        read_profile(path)


class Drill(Boundary):
    """A drill."""

    name = "drill"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return two that ship, and one as it is kept."""
        paths = (load_drill("thirds").path, load_drill("combine").path)
        return [*(path.read_bytes() for path in paths), drill_text(load_drill("hip-3m")).encode()]

    def read(self, content: bytes, folder: Path) -> None:
        """Read it, and tell its takes."""
        path = folder / "drill.toml"
        path.write_bytes(content)
        for station in read_drill(path).stations:
            len(station.announcement)


class OwnGear(Boundary):
    """Gear that the photographer described."""

    name = "gear"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return an adapter and a lens."""
        return (
            b'[[adapter]]\nid = "x"\nname = "X"\nlens_mount = "m42"\nbody_mount = "canon-ef"\nelectronic = false\n',
            b'[[lens]]\nid = "y"\nname = "Y"\nmount = "m42"\nfocal_length_mm = 58\nwidest_f_number = 2\n'
            b"narrowest_f_number = 16\naperture_ring = true\nelectronic = false\nautofocus = false\n",
        )

    def read(self, content: bytes, folder: Path) -> None:
        """Read it with all other gear."""
        own = folder / "hardware"
        own.mkdir(exist_ok=True)
        (own / "mine.toml").write_bytes(content)
        gear_files._load.cache_clear()
        gear_files.load_gear(own)


class SessionFile(Boundary):
    """A session."""

    name = "session"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return one that was scored, and one that waits."""
        with at_home(folder):
            waiting = a_session(2)
            waiting.begin_take(1)
            scored = a_session(1)
            score = TakeScore(
                50.0, 50.0, 50.0, 50.0, 50.0, 0.5, 1.0, 1.0, "target", 1.0,
                faults=(Fault("framing.low", "It sits low", 1.0),), best=Moment(1, 0.0, 1.0, 60.0),
            )  # fmt: skip
            take = replace(scored.take(1), state=TakeState.SCORED, score=score, clip="take-01.mov")
            folder_of = scored.folder
            journal.write(folder_of, replace(scored.session, takes=(take,), state=SessionState.CLOSED))
            return [(each / "session.json").read_bytes() for each in (waiting.folder, folder_of)]

    def read(self, content: bytes, folder: Path) -> None:
        """Read, list, show it, and write its report."""
        path = folder / "home" / "sessions" / "20260101-000000-spoilt"
        path.mkdir(parents=True, exist_ok=True)
        (path / "session.json").write_bytes(content)
        index.read_log()
        json.dumps(session_document(journal.read(path), path), allow_nan=False)
        read_session_page(path)


class Scores(Boundary):
    """The scores of a take's frames."""

    name = "scores"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return scores of two frames."""
        frames = [{"t_s": 0.0, "subject": {"kind": "person", "box": [1, 2, 3, 4]}}, {"t_s": 0.04, "subject": None}]
        return (json.dumps({"schema": "rigcoach.score/1", "frames": frames}).encode(),)

    def read(self, content: bytes, folder: Path) -> None:
        """Look where the subject is."""
        (folder / "scores").mkdir(exist_ok=True)
        (folder / "scores" / "take-01.json").write_bytes(content)
        subject_at(folder, _take(), 0)


@cache
def _take() -> Take:
    score = TakeScore(50.0, 50.0, 50.0, 50.0, 50.0, 0.5, 1.0, 1.0, "person", 1.0)
    return Take(number=1, station=load_drill("still-2m").stations[0], state=TakeState.SCORED, score=score)


class CalibrationFile(Boundary):
    """What a rig's ring really focuses at."""

    name = "calibration"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return one."""
        with at_home(folder):
            register = RegisterError(0.1, 0.01, (MarkRead(2.0, 2.1, 0.01), MarkRead(5.0, 5.1, 0.01)))
            return (save_calibration(_NO_RIG, Calibration(register, date(2026, 3, 1))).read_bytes(),)

    def read(self, content: bytes, folder: Path) -> None:
        """Load it."""
        path = calibration_path(_NO_RIG)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        load_calibration(_NO_RIG)


class Index(Boundary):
    """The index over the sessions; besides, what it tells is always what the folders tell."""

    name = "index"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return one over a session."""
        with at_home(folder):
            a_session(2)
            index.rebuild()
            return (index.index_path().read_bytes(),)

    def read(self, content: bytes, folder: Path) -> None:
        """Read it."""
        if not folder.joinpath("home", "sessions").is_dir():
            a_session(2)
        index.index_path().parent.mkdir(parents=True, exist_ok=True)
        index.index_path().write_bytes(content)
        log = index.read_log()
        if [row.id for row in log.sessions] != list(journal.session_ids()) or any(
            row.planned != 2 for row in log.sessions
        ):
            raise AssertionError("the index tells of what the folders don't")


class SnapshotFile(Boundary):
    """A body as it stood."""

    name = "snapshot"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return one."""
        widget = Widget("/main/imgsettings/iso", "ISO Speed", WidgetType.RADIO, "100", ("100", "200"), False)
        kept = snapshot.Snapshot(datetime(2026, 3, 1, tzinfo=UTC), "mine", (widget.path,), listing_of("b", [widget]))
        return (snapshot.keep(kept, folder / "made").read_bytes(),)

    def read(self, content: bytes, folder: Path) -> None:
        """Read it."""
        path = folder / "snapshot.json"
        path.write_bytes(content)
        snapshot.read(path)


class Weights(Boundary):
    """A detector's weights: anything but what was published is refused."""

    name = "detector weights"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return what begins as a network does."""
        return (b"\x08\x07\x12\x07pytorch" + bytes(range(256)) * 8,)

    def read(self, content: bytes, folder: Path) -> None:
        """Look whether it is installed."""
        path = model("yunet").path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        installed("yunet")
        raise AssertionError("weights of no published build were taken")


class Sidecar(Boundary):
    """The thumbnail that a camera writes beside a movie."""

    name = "sidecar"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return a JPEG with an exposure time."""
        from PIL import Image
        from PIL.ExifTags import IFD, Base

        picture = Image.new("RGB", (16, 12))
        data = picture.getexif()
        data.get_ifd(IFD.Exif)[Base.ExposureTime] = 0.02
        path = folder / "made.jpg"
        picture.save(path, exif=data)
        return (path.read_bytes(),)

    def read(self, content: bytes, folder: Path) -> None:
        """Look for the shutter time."""
        (folder / "MVI_0001.THM").write_bytes(content)
        shutter_beside(folder / "MVI_0001.MOV")


class ControlPipe(Boundary):
    """What is done to an emulated body by hand."""

    name = "control pipe"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return lines that do something."""
        lines = (
            {"do": "inject", "fault": {"kind": "busy", "operation": "0x9110", "times": 2}},
            {"do": "set-battery", "percent": 25},
            {"do": "insert-card", "free_bytes": 1000000},
            {"do": "turn-dial", "mode": "Av"},
            {"do": "turn-ring", "focus_m": 2.5},
            {"do": "status"},
        )
        return [json.dumps(line).encode() + b"\n" for line in lines]

    def read(self, content: bytes, folder: Path) -> None:
        """Do what they say; every line is answered."""
        body = _body(folder)
        for answer in Control(body, FaultyBody(body)).take(content + b"\n"):
            json.loads(answer)


class PtpRequests(Boundary):
    """What a computer sends an emulated body."""

    name = "PTP requests"

    def examples(self, folder: Path) -> Sequence[bytes]:
        """Return operations, with data and without."""
        plain = wire.encode(wire.OperationRequest(OperationCode.GET_DEVICE_INFO, 1))
        start = wire.OperationRequest(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, 2, data_follows=True)
        data = bytes(range(12))
        return (
            plain,
            wire.encode(start) + wire.encode(wire.StartData(2, len(data))) + wire.encode(wire.EndData(2, data)),
            wire.encode(wire.InitCommandRequest(bytes(16), "computer")),
        )

    def read(self, content: bytes, folder: Path) -> None:
        """Answer them, or hang up."""
        body = FaultyBody(_body(folder))
        try:
            requests = wire.Connection().receive(content)
        except wire.WireError:
            return
        for request in requests:
            if isinstance(request, Operation):
                response = body.deliver(request).response
                if response is not None:
                    wire.encode_response(request, response)


def _body(folder: Path) -> Body:
    lens = eos5d2.LENSES["adapted"]
    return EosBody(eos5d2.model(lens), Card(_TAKEN), Reel(folder), clocks=Clocks(lambda: 0.0, lambda: _TAKEN))


BOUNDARIES: tuple[Boundary, ...] = (
    Listing(),
    Profile(),
    Drill(),
    OwnGear(),
    SessionFile(),
    Scores(),
    CalibrationFile(),
    Index(),
    SnapshotFile(),
    Weights(),
    Sidecar(),
    ControlPipe(),
    PtpRequests(),
)
"""Those that are read in the process itself; clips are read by another (`CLIPS`)."""


def clip_examples() -> list[tuple[str, bytes]]:
    """Return whole clips, with their endings."""
    return [(container.ending, whole(kind)) for kind, container in CONTAINERS.items()]
