"""Drills as files: those that ship with rigcoach, and the photographer's own."""

from collections.abc import Callable
from pathlib import Path

from rigcoach.base import toml_file
from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.suggest import did_you_mean
from rigcoach.base.toml_file import toml_string
from rigcoach.base.user_data import can_be_named, toml_files, user_folder
from rigcoach.drills.model import PLACES, Drill, Station


class DrillError(RigcoachError):
    """A drill that is not there, or cannot be saved."""

    code = "drill.unknown"


def load_drill(name: str) -> Drill:
    """Return a drill by its name or path.

    A name is looked for among the photographer's own drills first, then among those that ship with rigcoach; what ends
    in ``.toml`` or holds a path separator is a path.

    Raises
    ------
    DrillError
        Where there is none.
    rigcoach.base.toml_file.FileError
        Where its file cannot be used: every error at once, each with its line.
    """
    if name.endswith(".toml") or Path(name).name != name:
        return read_drill(Path(name).expanduser())
    known = {path.stem: path for path in drill_paths()}
    if name in known:
        return read_drill(known[name])
    hint = did_you_mean(name, known).capitalize()
    raise DrillError(
        f"there is no drill `{name}`",
        next_step=f"{hint} See `rigcoach drill list`, or give the path of a file".strip(),
    )


def load_take(text: str) -> tuple[Drill, Station]:
    """Return a drill and one of its takes, by ``NAME`` (the first take) or ``NAME:TAKE``.

    Raises
    ------
    DrillError
        Where there is no such drill or take.
    rigcoach.base.toml_file.FileError
        Where the drill's file cannot be used.
    """
    name, colon, number = text.rpartition(":")
    if not (colon and number.isdigit()):
        name, number = text, "1"
    drill = load_drill(name)
    if not 1 <= int(number) <= len(drill.stations):
        raise DrillError(
            f"{drill.name} has no take {number}",
            why=f"it has {len(drill.stations)}",
            next_step=f"See `rigcoach drill show {name}`",
        )
    return drill, drill.stations[int(number) - 1]


def drill_paths() -> tuple[Path, ...]:
    """Return the files of all drills by name; the photographer's own stand before shipped ones of the same name."""
    return toml_files("drills")


def readable_drills(tell: Callable[[RigcoachError], None] = lambda _error: None) -> list[Drill]:
    """Return all drills but those with errors, which are told: the others are not to suffer from them."""
    found = []
    for path in drill_paths():
        try:
            found.append(read_drill(path))
        except RigcoachError as error:
            tell(error)
    return found


def read_drill(path: Path) -> Drill:
    """Read a drill from a file.

    Raises
    ------
    rigcoach.base.toml_file.FileError
        Where the file cannot be used.
    """
    # pydantic takes a while to import: commands that show help do without.
    from rigcoach.drills.schema import DrillFile

    file = toml_file.load(path, DrillFile)
    return Drill(
        name=file.name or path.stem,
        description=file.description,
        level=file.level,
        profile=file.profile,
        blind=file.blind,
        fixed=file.fixed,
        frame=file.frame.framing_target(),
        focus_tolerance_px=float(file.focus_tolerance_px),
        pass_mark=float(file.pass_mark),
        pass_keepers=float(file.pass_keepers),
        pass_framing=float(file.pass_framing),
        pass_distance=float(file.pass_distance),
        feedback=file.feedback,
        pause_s=float(file.pause_s),
        stations=file.stations(),
        path=path,
    )


def drill_text(drill: Drill) -> str:
    """Return a drill as a TOML text that `read_drill` reads back the same."""
    first = drill.stations[0]
    alike = all(station == first for station in drill.stations)
    lines = [f"name = {toml_string(drill.name)}"]
    if drill.description:
        lines.append(f"description = {toml_string(drill.description)}")
    if drill.level:
        lines.append(f"level = {drill.level}")
    lines += [
        f"profile = {toml_string(drill.profile)}",
        f"blind = {_switch(drill.blind)}",
        f"fixed = {_switch(drill.fixed)}",
        *(line for line in _station_lines(first) if not line.startswith("place")),
        f"takes = {len(drill.stations)}",
        f"pause_s = {drill.pause_s:g}",
        f"pass_mark = {drill.pass_mark:g}",
        f"pass_keepers = {drill.pass_keepers:g}",
        f"pass_framing = {drill.pass_framing:g}",
        f"pass_distance = {drill.pass_distance:g}",
        f"feedback = {toml_string(drill.feedback)}",
        f"focus_tolerance_px = {drill.focus_tolerance_px:g}",
        "",
        "[frame]",
        f"subject = {toml_string(drill.frame.subject)}",
        f"place = {_place(first.place)}",
    ]
    if drill.frame.scale:
        lines.append(f"scale = {toml_string(drill.frame.scale)}")
    for name, band in (("headroom", drill.frame.headroom), ("lead_room", drill.frame.lead_room)):
        if band is not None:
            lines.append(f"{name} = [{band[0]:g}, {band[1]:g}]")
    lines.append(f"roll_tolerance_deg = {drill.frame.roll_tolerance_deg:g}")
    for station in () if alike else drill.stations:
        lines += ["", "[[take]]", *_station_lines(station)]
    return "\n".join(lines) + "\n"


def keep(drill: Drill, *, replace: bool = False) -> Path:
    """Write a drill among the photographer's own, under its name, and return where it lies.

    Raises
    ------
    DrillError
        Where the drill is none that could be read back, the name is none for a file, or it is taken and `replace` is
        not set.
    """
    from rigcoach.drills.schema import DrillFile

    path = user_folder("drills") / f"{checked_name(drill.name)}.toml"
    wrong = toml_file.problems_in(toml_file.parse(drill_text(drill), path), DrillFile)
    if wrong:
        why = "; ".join(dict.fromkeys(words for _, words in wrong))
        raise DrillError(f"`{drill.name}` cannot be saved", why=why, next_step="Change that", code="drill.invalid")
    if path.exists() and not replace:
        raise DrillError(
            f"you have a drill `{drill.name}` already",
            why=str(path),
            next_step="Choose another name, or use --force",
            code="drill.name",
        )
    write_kept(path, drill_text(drill).encode())
    return path


def checked_name(name: str, of: str = "drill") -> str:
    """Return a name that can be a file's: letters, digits, ``-``, ``_`` and ``.``, no folder in it.

    `of` is what it is to be a name of, for the error.

    Raises
    ------
    DrillError
        Where it is none.
    """
    if can_be_named(name):
        return name
    raise DrillError(
        f"`{name}` cannot be a {of}'s name",
        why="use letters, digits, - and _ only",
        next_step=f"Choose a name such as my-{'hip-2m' if of == 'drill' else of}",
        code="drill.name",
    )


def _station_lines(station: Station) -> list[str]:
    lines = [f"distance_m = {station.distance_m:g}"]
    if station.to_m is not None:
        lines.append(f"to_m = {station.to_m:g}")
    return [
        *lines,
        f"move = {toml_string(station.move)}",
        f"camera_height = {toml_string(station.camera_height)}",
        f"place = {_place(station.place)}",
        f"seconds = {station.seconds:g}",
    ]


def _place(place: tuple[float, float]) -> str:
    name = next((name for name, known in PLACES.items() if known == place), None)
    return toml_string(name) if name else f"[{place[0]:g}, {place[1]:g}]"


def _switch(on: bool) -> str:
    return "true" if on else "false"
