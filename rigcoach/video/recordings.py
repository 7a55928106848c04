"""Recordings that a camera wrote as several files: recognised by names, or by clocks that continue from file to file.

Cameras begin a new file at 2, 4 or 16 GB, or after some minutes, without losing a frame. GoPro counts such chapters in
the name (GX010042, GX020042; GOPR0042, GP010042), as some of DJI (DJI_0042_001, DJI_0042_002) and Insta360 do. Others
only count on (C0001, C0002; 00001.MTS, 00002.MTS; MVI_0001, MVI_0002): there the time codes of a transport stream run
on, or the next file was begun in the second in which the one before it ended.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rigcoach.base.clip_names import is_clip
from rigcoach.base.progress import Advance, no_progress
from rigcoach.video.container import ClipError, open_container
from rigcoach.video.footage_tracks import video_stream
from rigcoach.video.track_length import frame_rate, length_s

# Names that count chapters; what they share besides is what makes them one recording. What stands before is the
# folder's name, where clips of several were put into one.
_CHAPTERS = (
    re.compile(r"(?P<kind>(?:.*-)?G[HXS])(?P<chapter>\d\d)(?P<of>\d{4})"),
    re.compile(r"(?P<kind>(?:.*-)?GP)(?P<chapter>\d\d)(?P<of>\d{4})"),
    re.compile(r"(?P<kind>(?:.*-)?DJI)_(?P<of>\d{4})_(?P<chapter>\d{3})"),
    re.compile(r"(?P<kind>(?:.*-)?(?:PRO_)?VID)_(?P<of>\d{8}_\d{6}_\d\d)_(?P<chapter>\d{3})"),
    re.compile(r"(?P<kind>TAKE)-(?P<of>\d+)\.CHAPTER-(?P<chapter>\d+)"),
)
# Where the first chapter is called otherwise: up to the HERO5, and in a session's folder. Its kind and its number.
_FIRST_CHAPTERS = (
    (re.compile(r"(?P<before>(?:.*-)?)GOPR(?P<of>\d{4})"), "GP", 0),
    (re.compile(r"(?P<before>)TAKE-(?P<of>\d+)"), "TAKE", 1),
)
# Names that count recordings: by their last number, whatever time stands before it in DJI's.
_COUNTED = re.compile(r"(?P<kind>.*?)(?:_\d{14}_)?(?P<number>\d{1,10})(?P<rest>\D*)")
# As QuickTime, Android and Matroska's writers call it.
_MODEL_TAGS = ("com.apple.quicktime.model", "com.android.model", "model")
# Files say to the second when they were begun. Transport streams may repeat frames at a split.
_SECOND_S, _OVERLAP_S = 1.0, 0.5
_MOST_OVERLAP = 0.25


def chapter_name(stem: str, chapter: int, ending: str) -> str:
    """Return what a chapter of a take is called in a session's folder.

    >>> chapter_name("take-03", 2, ".mp4")
    'take-03.chapter-2.mp4'
    """
    return f"{stem}.chapter-{chapter}{ending}"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a camera recorded in one go: its first file, and the files that it goes on in."""

    path: Path
    chapters: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All of its files, in order."""
        return (self.path, *self.chapters)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A clip, what it shares with those it may go on in, its number among them, and whether that counts chapters."""

    path: Path
    series: tuple[str, ...]
    number: int
    is_chapter: bool


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a file's footage begins by its own time codes, how long it is, when it was begun, and what it looks like."""

    starts_s: float
    lasts_s: float
    is_stream: bool
    created: datetime | None
    looks: tuple[object, ...]


def recordings(clips: Iterable[Path], advance: Advance = no_progress) -> tuple[Recording, ...]:
    """Return clips as recordings, in the order of their names, numbers in them counted as numbers.

    Parameters
    ----------
    clips
        The files. What can't be read is a recording of its own: who reads it tells why.
    advance
        Told of the clips looked at, and of how many.
    """
    numbered = sorted((_numbered(path) for path in clips), key=lambda each: (each.series, each.number))
    files: list[list[Path]] = []
    clocks: dict[Path, _Clock | None] = {}
    before: _Numbered | None = None
    for done, each in enumerate(numbered, start=1):
        if before is not None and _follows(before, each) and (each.is_chapter or _runs_on(before, each, clocks)):
            files[-1].append(each.path)
        else:
            files.append([each.path])
        before = each
        advance(done, len(numbered))
    found = (Recording(first, tuple(others)) for first, *others in files)
    return tuple(sorted(found, key=lambda recording: natural_order(recording.path)))


def chapters_by_name(paths: Iterable[str]) -> list[list[str]]:
    """Return files that can't be opened here as recordings: those whose names count chapters belong together.

    >>> chapters_by_name(["s/GX010042.MP4", "s/GX010043.MP4", "s/GX020042.MP4", "t/GX030042.MP4"])
    [['s/GX010042.MP4', 's/GX020042.MP4'], ['s/GX010043.MP4'], ['t/GX030042.MP4']]
    """
    files: list[list[str]] = []
    before: _Numbered | None = None
    for each in sorted((_numbered(Path(path)) for path in paths), key=lambda each: (each.series, each.number)):
        if before is not None and each.is_chapter and _follows(before, each):
            files[-1].append(each.path.as_posix())
        else:
            files.append([each.path.as_posix()])
        before = each
    return sorted(files, key=lambda those: natural_order(Path(those[0])))


def recording_from(path: Path) -> Recording:
    """Return the recording that goes on from a file: with the files beside it that it goes on in."""
    # Only what has a name of its kind is looked at.
    series = _numbered(path).series
    try:
        beside = {each for each in path.parent.iterdir() if is_clip(each.name) and _numbered(each).series == series}
    except OSError:
        return Recording(path)
    files = next((each.files for each in recordings(beside | {path}) if path in each.files), (path,))
    return Recording(path, files[files.index(path) + 1 :])


def natural_order(path: Path) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in names as numbers."""
    parts = re.split(r"(\d+)", str(path).lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _numbered(path: Path) -> _Numbered:
    beside, stem = (str(path.parent), path.suffix.lower()), path.stem.upper()
    for pattern in _CHAPTERS:
        if match := pattern.fullmatch(stem):
            return _Numbered(path, (*beside, match["kind"], match["of"]), int(match["chapter"]), True)
    for pattern, kind, first in _FIRST_CHAPTERS:
        if match := pattern.fullmatch(stem):
            return _Numbered(path, (*beside, f"{match['before']}{kind}", match["of"]), first, True)
    if match := _COUNTED.fullmatch(stem):
        return _Numbered(path, (*beside, match["kind"], match["rest"]), int(match["number"]), False)
    return _Numbered(path, (*beside, stem, ""), 0, False)


def _follows(before: _Numbered, each: _Numbered) -> bool:
    return (each.series, each.number) == (before.series, before.number + 1)


def _runs_on(before: _Numbered, each: _Numbered, clocks: dict[Path, _Clock | None]) -> bool:
    """Whether a file goes on where another ended, by their clocks."""
    for path in (before.path, each.path):
        if path not in clocks:
            clocks[path] = _clock(path)
    one, other = clocks[before.path], clocks[each.path]
    if one is None or other is None or one.looks != other.looks:
        return False
    if one.is_stream and clock_runs_on(one.starts_s, one.lasts_s, other.starts_s):
        return True
    if one.created is None or other.created is None:
        return False
    between_s = (other.created - one.created).total_seconds()
    # Some cameras write when a file was begun, others when it was ended.
    return between_s > 0 and min(abs(between_s - one.lasts_s), abs(between_s - other.lasts_s)) <= _SECOND_S


def clock_runs_on(starts_s: float, lasts_s: float, next_starts_s: float) -> bool:
    """Whether time codes that begin at `next_starts_s` go on where others, from `starts_s` for `lasts_s`, end.

    >>> clock_runs_on(1.4, 60.0, 61.4), clock_runs_on(1.4, 60.0, 61.2), clock_runs_on(1.4, 60.0, 1.4)
    (True, True, False)
    """
    gap_s = next_starts_s - (starts_s + lasts_s)
    return -min(_OVERLAP_S, _MOST_OVERLAP * lasts_s) <= gap_s <= _OVERLAP_S


def _clock(path: Path) -> _Clock | None:
    try:
        with open_container(path) as container:
            stream = video_stream(container, path)
            lasts_s = length_s(container, stream)
            if lasts_s is None or stream.time_base is None:
                return None
            looks = (stream.codec_context.name, stream.width, stream.height, round(frame_rate(stream), 2))
            starts_s = float((stream.start_time or 0) * stream.time_base)
            is_stream = container.format.name == "mpegts"
            return _Clock(starts_s, lasts_s, is_stream, _time(container.metadata.get("creation_time")), looks)
    except ClipError:
        return None  # who reads it tells why


def creation_time(path: Path) -> datetime | None:
    """Return when a clip says that it was begun: MOV and MP4 carry it, by the camera's clock.

    Raises
    ------
    ClipError
        The file cannot be read.
    """
    with open_container(path) as container:
        return _time(container.metadata.get("creation_time"))


def camera_model(path: Path) -> str:
    """Return the model of the camera that a clip says it is from; empty where it does not say, or cannot be read."""
    try:
        with open_container(path) as container:
            tags = {name.lower(): value for name, value in container.metadata.items()}
    except ClipError:
        return ""  # who reads it tells why
    return next((tags[name].strip() for name in _MODEL_TAGS if tags.get(name)), "")


def _time(told: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(told) if told else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo is not None else time.replace(tzinfo=UTC)
