"""A scored clip as other programs meet it: with the time code and the sound tracks that its file has."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av

from rigcoach.report.exports.timecode import Start, start_of
from rigcoach.scoring.batch import ScoredClip
from rigcoach.video.container import ClipError, open_container
from rigcoach.video.footage_tracks import footage_streams


@dataclass(frozen=True, slots=True)
class Footage:
    """A scored clip for export.

    Attributes
    ----------
    scored
        The clip.
    start
        Where its own time code begins; `None` where the file carries none.
    channels
        How many channels of sound it has.
    take
        The take's number, for a clip of a session.
    starts_s
        Where the file begins in a recording that the camera split, in seconds.
    """

    scored: ScoredClip
    start: Start | None = None
    channels: int = 0
    take: int | None = None
    starts_s: float = 0.0

    @property
    def name(self) -> str:
        """The clip's file name."""
        return Path(self.scored.name).name

    @property
    def first_frame(self) -> int:
        """The frame at which its own time code begins; 0 without one."""
        return 0 if self.start is None else self.start.frame


def read_recording(scored: ScoredClip, take: int | None = None) -> list[Footage]:
    """Return a recording's files, those of its chapters too, each with its own frames, time code and sound.

    Raises
    ------
    ClipError
        A file cannot be read any more.
    """
    return [replace(read_footage(part, take), starts_s=starts_s) for starts_s, part in _files_of(scored)]


def _files_of(scored: ScoredClip) -> Iterator[tuple[float, ScoredClip]]:
    """Yield a recording's files as clips of their own, with their frames, and where they begin, in seconds.

    Scores are the whole recording's.
    """
    clip = scored.measures.clip
    if not clip.chapters:
        yield 0.0, scored
        return
    starts_s = 0.0
    lengths = [chapter.duration_s for chapter in clip.chapters]
    if clip.duration_s is not None:  # the whole recording's; None where a file does not say
        clip = replace(clip, duration_s=clip.duration_s - sum(length or 0.0 for length in lengths))
    for number, each in enumerate((clip, *clip.chapters)):
        last = number == len(clip.chapters)
        ends_s = math.inf if last or each.duration_s is None else starts_s + each.duration_s
        # A frame belongs where it begins, give or take what clocks are rounded by.
        slack_s = 0.5 / float(clip.fps)
        inside = [i for i, frame in enumerate(scored.measures.frames) if starts_s <= frame.t_s + slack_s < ends_s]
        frames = tuple(
            replace(frame, t_s=max(frame.t_s - starts_s, 0.0)) for frame in (scored.measures.frames[i] for i in inside)
        )
        measures = replace(scored.measures, clip=replace(each, chapters=()), frames=frames)
        score = replace(scored.score, frames=tuple(scored.score.frames[i] for i in inside))
        name = str(Path(scored.name).with_name(each.path.name)) if number else scored.name
        if inside:
            yield starts_s, replace(scored, name=name, measures=measures, score=score)
        starts_s = ends_s


def read_footage(scored: ScoredClip, take: int | None = None) -> Footage:
    """Look into a scored clip's file for its time code and its sound, of which stills have neither.

    The code is FFmpeg's ``timecode`` tag, which it finds in a MOV's tmcd track, in Matroska's tags and elsewhere.

    Raises
    ------
    ClipError
        The file cannot be read any more.
    """
    clip = scored.measures.clip
    if clip.stills:
        return Footage(scored, take=take)
    try:
        with open_container(clip.path) as container:
            tags = (footage_streams(container, clip.path)[0].metadata, container.metadata)
            told = next((tag["timecode"] for tag in tags if "timecode" in tag), "")
            channels = sum(stream.channels for stream in container.streams.audio)
    except av.error.FFmpegError as error:
        raise ClipError(f"{clip.path.name} cannot be read any more", why=str(error)) from error
    return Footage(scored, start_of(told, clip.fps), channels, take)
