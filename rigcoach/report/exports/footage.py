"""A scored clip as other programs meet it: with the time code and the sound tracks that its file has."""

from dataclasses import dataclass
from pathlib import Path

import av

from rigcoach.report.exports.timecode import Start, start_of
from rigcoach.scoring.batch import ScoredClip
from rigcoach.video.clip import ClipError


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
    """

    scored: ScoredClip
    start: Start | None = None
    channels: int = 0
    take: int | None = None

    @property
    def name(self) -> str:
        """The clip's file name."""
        return Path(self.scored.name).name

    @property
    def first_frame(self) -> int:
        """The frame at which its own time code begins; 0 without one."""
        return 0 if self.start is None else self.start.frame


def read_footage(scored: ScoredClip, take: int | None = None) -> Footage:
    """Look into a scored clip's file for its time code and its sound.

    The code is FFmpeg's ``timecode`` tag, which it finds in a MOV's tmcd track, in Matroska's tags and elsewhere.

    Raises
    ------
    ClipError
        The file cannot be read any more.
    """
    clip = scored.measures.clip
    try:
        with av.open(str(clip.path), metadata_errors="replace") as container:
            tags = (container.streams.video[0].metadata, container.metadata)
            told = next((tag["timecode"] for tag in tags if "timecode" in tag), "")
            channels = sum(stream.channels for stream in container.streams.audio)
    except (av.error.FFmpegError, IndexError) as error:
        raise ClipError(f"{clip.path.name} cannot be read any more", why=str(error)) from error
    return Footage(scored, start_of(told, clip.fps), channels, take)
