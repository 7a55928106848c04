"""Every listing of a real body made an emulated one, and what rigcoach does with it.

    python bench/bodies.py FOLDER [--out docs/bodies.md]

FOLDER holds listings: JSON, or what gphoto2 printed. Each becomes a body in a process of its own, which libgphoto2's
real driver talks to; what that shows is held to the listing, which another driver made of a real body.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clients import Outcome, as_markdown, run_all

from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.files import read_listing
from rigcoach.listing.maker import maker_of
from rigcoach.listing.model import BodyListing
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.settings.difference import from_body
from rigcoach.tether.settings.profile_from_body import capture
from rigcoach.tether.settings.resolution import Resolved, Status, is_fine
from rigcoach.tether.settings.resolve import resolve_one, wanted
from rigcoach.tether.settings.restore import is_setting, restore

_HEAD = """\
# Bodies

This page shows which camera bodies rigcoach was tested with, each as an emulated body made from its listing. To try
yours, run `rigcoach camera emulate LISTING`, where LISTING is what `rigcoach camera show --json` or
`gphoto2 --list-all-config` printed for it.

The page is made by `python bench/bodies.py FOLDER --clients --out docs/bodies.md`; FOLDER holds listings that owners
of real bodies sent to libgphoto2 (`camlibs/ptp2/cameras`). Each listing becomes an emulated body, in a process of its
own, that speaks its maker's extension of PTP, and libgphoto2's own driver talks to it. These steps are tried on each:

- **show**: the body reports itself as the one in the listing;
- **check**: every setting that a profile can name resolves as on the real body's listing;
- **apply**: two profiles are applied, and each is read back;
- **restore**: a profile is applied and undone, and nothing else has changed;
- **capture**: the body's settings are saved as a profile, which agrees with the body;
- **capture, apply, no difference**: settings are captured, changed and applied again, and nothing differs.

`yes` means that the step succeeded; a number says how many things went wrong. The last column counts the settings that
the driver shows in the same way as the listing, which was made with another version of the driver, often years older:
names of values change from one version to the next.

{passing} of {count} bodies pass.

What these bodies can do besides:

- Canon EOS, Nikon, Sony, and Panasonic with the maker's extension (GH and S bodies): live view, stills and movies;
- Fujifilm and Olympus: live view and stills;
- Panasonic without the extension: movies.

The rest is missing because libgphoto2 has no way to ask for it. A real Sony does not show its card to a computer that
controls it; the emulated one does, so that a movie can be fetched.

The way the emulated EOS reports its settings is compared, byte by byte, with what a real EOS 60D sent over USB, and so
is what rigcoach makes of it (`tests/tether/eos_60d_exchange.txt`, from libgphoto2's `canon-eos-60d.debug.log`, under
the LGPL 2.1 or later).

An emulated body takes about a second to produce a still. By `python bench/development.py --stills 6` on two cores, a
JPEG takes 0.55 s of processor time on the EOS 5D Mark II and 0.81 s on the D750, and is announced 1.1 s and 0.8 s
after it is asked for; with a raw beside it, 1.1 s and 1.2 s, announced after 1.4 s and 1.2 s."""
_CLIENTS = """\
## Programs

Programs that use libgphoto2, unchanged as installed, tried with the emulated bodies (`bench/clients.py`)."""

PROFILES = ("hip-video", "evening-street")
WISHES = Settings(
    exposure_mode="manual",
    iso=400,
    shutter_s=1 / 50,
    aperture=8,
    white_balance="daylight",
    picture_style="neutral",
    focus_mode="manual",
    drive_mode="single",
    image_format="raw+jpeg",
    capture_target="card",
    review_time_s="off",
    metering_mode="evaluative",
    movie_mode=True,
    auto_power_off_s=600,
    color_temperature_k=5200,
    exposure_compensation_ev=0.0,
)
# The body reckons these itself, or the driver does: the clock, room on the card, what runs at the moment.
_LIVE = frozenset(
    {
        *("datetime", "datetimeutc", "syncdatetime", "availableshots", "batterylevel", "shuttercounter", "storageid"),
        *("eosserialnumber", "serialnumber", "ptpversion", "deviceversion", "vendorextension", "model"),
        *("cameramodel", "manufacturer", "remotemode", "eventmode", "capturetarget"),
        *("d402", "d406", "d407", "5001", "5011"),
    }
)


@dataclass(slots=True)
class Row:
    """What came of one body: for each step nothing where it went well, else what didn't."""

    body: str
    maker: str
    widgets: int = 0
    same: int = 0
    seconds: float = 0.0
    steps: dict[str, list[str]] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether every step went well."""
        return set(self.steps) == set(STEPS) and not any(self.steps.values())


@dataclass(frozen=True, slots=True)
class _Bench:
    camera: Camera
    real: BodyListing
    row: Row


def _show(bench: _Bench) -> list[str]:
    """Count the widgets that are as the real body listed them."""
    shown = bench.camera.listing()
    for widget in bench.real.widgets:
        if widget.name in _LIVE or not widget.path.startswith(("/main/imgsettings", "/main/capturesettings")):
            continue
        bench.row.widgets += 1
        now = shown.widget(widget.path) or shown.widget(widget.name)
        bench.row.same += now is not None and now.current == widget.current
    wrong = []
    for name in ("cameramodel", "manufacturer"):
        if (listed := bench.real.current(name)) and shown.current(name) != listed:
            wrong.append(f"{name} is {shown.current(name)!r}, not {listed!r}")
    return wrong


def _check(bench: _Bench) -> list[str]:
    """Resolve every wish against the body, and against the listing that it was made of."""
    shown = bench.camera.listing()
    profile = Profile("wishes", "", NO_RIG, WISHES, (), Path("wishes.toml"))
    wrong = []
    for request in wanted(profile):
        there, here = (resolve_one(request, profile, listing) for listing in (bench.real, shown))
        if _what(there) != _what(here) and not _untold(there, here, bench.real):
            wrong.append(f"{there.setting}: {_what(here)}, on the real body {_what(there)}")
    return wrong


def _untold(there: Resolved, here: Resolved, real: BodyListing) -> bool:
    """Whether the listing could not say: older drivers printed neither what is read-only nor names for all values."""
    if there.status is Status.UNKNOWN:
        return True
    if here.status is Status.BY_HAND and here.widget is not None:
        listed = real.widget(here.widget)
        return listed is None or listed.readonly is None
    shown_anew = here.widget is not None and real.widget(here.widget) is None
    # What an older driver had no widget for is unsupported, or left to a dial.
    not_shown = there.status is Status.UNSUPPORTED or (there.status is Status.BY_HAND and there.widget is None)
    return (not_shown and shown_anew) or (there.status is Status.UNSUPPORTED and here.setting == "movie_mode")


def _what(resolved: Resolved) -> tuple[str, bool]:
    return str(resolved.status), resolved.send is not None


def _apply(bench: _Bench) -> list[str]:
    """Apply profiles: what a check promises is then on the body."""
    wrong = []
    for name in PROFILES:
        profile = load_profile(name)
        applied = apply(bench.camera, profile)
        if applied.lost is not None:
            raise applied.lost
        for each in applied.settings:
            if each.status in (Status.REFUSED, Status.NOT_REACHED):
                wrong.append(f"{name}: {each.setting} {each.status}: {each.reason}")
        listing = bench.camera.listing()
        fine = {each.setting for each in applied.settings if is_fine(each.status) and each.sent is not None}
        wrong += [f"{name}: {d.setting} is {d.second}" for d in from_body(profile, listing) if d.setting in fine]
    return wrong


def _restore(bench: _Bench) -> list[str]:
    """Apply a profile and put the body back."""
    before = bench.camera.listing()
    applied = apply(bench.camera, load_profile(PROFILES[0]))
    restored = restore(bench.camera, applied.before)
    wrong = [f"{each.widget}: {each.reason}" for each in restored.widgets if each.reason]
    return wrong + _differences(before, bench.camera.listing())


def _differences(before: BodyListing, after: BodyListing) -> list[str]:
    found = []
    for widget in before.widgets:
        now = after.current(widget.path)
        if widget.name not in _LIVE and is_setting(widget) and now != widget.current:
            found.append(f"{widget.path} was {widget.current!r}, is {now!r}")
    return found


def _capture(bench: _Bench) -> list[str]:
    """Write the body down: every setting with a word is told, or said not to be."""
    listing = bench.camera.listing()
    captured = capture(listing, NO_RIG, "as-it-stood")
    return [f"{d.setting} is {d.second}, captured as {d.first}" for d in from_body(captured.profile, listing)]


def _there_and_back(bench: _Bench) -> list[str]:
    """Write the body down, change it, apply what was written down: no difference is left."""
    before = bench.camera.listing()
    captured = capture(before, NO_RIG, "as-it-stood").profile
    apply(bench.camera, load_profile(PROFILES[1]))
    applied = apply(bench.camera, captured)
    wrong = [f"{each.setting} {each.status}: {each.reason}" for each in applied.settings if not is_fine(each.status)]
    after = bench.camera.listing()
    wrong += [f"{d.setting} is {d.second}, captured as {d.first}" for d in from_body(captured, after)]
    return wrong + _differences(before, after)


STEPS: dict[str, Callable[[_Bench], list[str]]] = {
    "show": _show,
    "check": _check,
    "apply": _apply,
    "restore": _restore,
    "capture": _capture,
    "capture, apply, no difference": _there_and_back,
}


def run(path: Path) -> Row:
    """Take one body through every step."""
    real = read_listing(path)
    row = Row(path.stem, maker_of(real))
    start = time.monotonic()
    step = "start"
    try:
        with EmulatedBody(path) as body, Camera(body.port_path, model=body.model) as camera:
            for step, do in STEPS.items():
                row.steps[step] = do(_Bench(camera, real, row))
    except RigcoachError as error:
        row.steps[step] = [error.line()]
    row.seconds = time.monotonic() - start
    return row


def as_table(rows: list[Row]) -> str:
    """Return the table of bodies."""
    lines = [f"| body | {' | '.join(STEPS)} | settings as listed |", "|---" * (len(STEPS) + 2) + "|"]
    for row in rows:
        cells = ["–" if step not in row.steps else f"{len(row.steps[step]) or 'yes'}" for step in STEPS]
        lines.append(f"| {row.body} | {' | '.join(cells)} | {row.same} of {row.widgets} |")
    return "\n".join(lines)


def as_page(rows: list[Row], outcomes: list[Outcome] | None) -> str:
    """Return the document: the bodies, and the programs where they were run."""
    passing = sum(row.passes for row in rows)
    parts = [_HEAD.format(count=len(rows), passing=passing), as_table(rows)]
    if outcomes is not None:
        parts += [_CLIENTS, as_markdown(outcomes)]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Run it from the command line; the exit status is 1 where a body doesn't pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default="", metavar="TEXT", help="bodies whose name holds this")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the page into this file")
    parser.add_argument("--clients", action="store_true", help="run the programs of bench/clients.py too")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["RIGCOACH_HOME"] = os.environ["XDG_CONFIG_HOME"] = home
        for path in sorted(path for path in asked.folder.iterdir() if path.suffix in (".json", ".txt")):
            if asked.only in path.stem:
                rows.append(run(path))
                _say(rows[-1])
    if asked.out is not None:
        asked.out.write_text(as_page(rows, run_all(say=True) if asked.clients else None), encoding="utf-8")
    print(as_table(rows))
    print(f"{sum(row.passes for row in rows)} of {len(rows)} pass")
    return int(not all(row.passes for row in rows))


def _say(row: Row) -> None:
    print(
        f"{row.body}: {'passes' if row.passes else ''} {row.seconds:.1f} s, {row.same} of {row.widgets}",
        file=sys.stderr,
    )
    for step, wrong in row.steps.items():
        for each in wrong:
            print(f"    {step}: {each}", file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
