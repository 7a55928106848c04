"""What a clip's page plays: the clip beside it or its stills, and what is drawn over the picture while it runs."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from rigcoach.measure.picture.box import Box
from rigcoach.report.catalogue import Words
from rigcoach.report.moments import roll_line, wanted_place
from rigcoach.scoring import limits
from rigcoach.scoring.batch import ScoredClip
from rigcoach.video.container import open_container
from rigcoach.video.footage_tracks import video_stream

# Frames that a page knows of; longer clips are drawn over by every nth.
_MOST_FRAMES = 6000
# What every browser of today decodes, in files that they open: 8 bits, colour halved.
_CODECS = ("h264", "vp8", "vp9", "av1")
_PIXELS = ("yuv420p", "yuvj420p")
_ENDINGS = (".mp4", ".m4v", ".mov", ".webm")


@dataclass(frozen=True, slots=True)
class Ghost:
    """Where the subject sat in another take, for most of it: a box in pixels of this clip's frame."""

    take: int
    box: Box


@dataclass(frozen=True, slots=True)
class BestTake:
    """Another clip to play beside this one: its address from the page, and what it is."""

    clip: str
    title: str


@dataclass(frozen=True, slots=True)
class Played:
    """What a page plays.

    `clip` is its address from the page, None where only stills are shown; `best` a take to play beside it; `ghosts`
    where the subject sat in other takes.
    """

    clip: str | None = None
    best: BestTake | None = None
    ghosts: tuple[Ghost, ...] = ()


@dataclass(frozen=True, slots=True)
class Player:
    """The player of a page; `data` is what its script reads, JSON that cannot end the attribute it stands in."""

    clip: str | None
    best: BestTake | None
    ghosts: tuple[Ghost, ...]
    wanted: tuple[float, float] | None
    reach: tuple[float, float]
    last_s: float
    length_s: float
    data: Markup


def player(scored: ScoredClip, played: Played, words: Words) -> Player:
    """Return the player of a clip's page, in the page's words."""
    measures, score = scored.measures, scored.score
    clip, step = measures.clip, -(-len(measures.frames) // _MOST_FRAMES) or 1
    frames, scores = measures.frames[::step], score.frames[::step]
    last_s = round(frames[-1].t_s, 3) if frames else 0.0
    document = {
        "src": played.clip,
        "best": None if played.best is None else {"src": played.best.clip},
        "fps": round(float(clip.fps) / step, 4),
        "times": [round(frame.t_s, 3) for frame in frames],
        "boxes": [None if frame.subject is None else _rounded(frame.subject.box) for frame in frames],
        "rolls": [None if (line := roll_line(frame)) is None else _rounded(line) for frame in frames],
        "keepers": [int(each.keeper) for each in scores],
        "overall": [None if each.overall is None else round(each.overall) for each in scores],
        "faults": [
            {
                "label": words.told(each.short or each.code),
                "seconds": [[round(a, 3), round(b, 3)] for a, b in each.seconds],
            }
            for each in scored.advice
        ],
        "words": {"keeper": words.told("keeper"), "other": words.told("no keeper")},
    }
    return Player(
        clip=played.clip,
        best=played.best,
        ghosts=played.ghosts,
        wanted=wanted_place(measures),
        reach=(clip.width * limits.PLACE.keeper, clip.height * limits.PLACE.keeper),
        last_s=last_s,
        length_s=round(last_s + 1 / float(clip.fps), 3) if frames else 0.0,
        data=_attribute(document),
    )


def address(clip: Path, page: Path) -> str:
    """Return where a clip is from a page, as a relative address, so that both can be carried elsewhere together.

    >>> address(Path("/day/clips/one two.mov"), Path("/day/one.review.html"))
    'clips/one%20two.mov'
    """
    relative = os.path.relpath(clip.absolute(), page.absolute().parent)
    # A colon in the first part would be taken for a scheme.
    told = quote(os.fsencode(relative))
    return f"./{told}" if ":" in told.partition("/")[0] else told


def browsers_play(clip: Path) -> bool:
    """Whether browsers decode a clip, by its codec, its pixels and its file's ending.

    Raises
    ------
    rigcoach.video.clip.ClipError
        It cannot be read.
    """
    if clip.suffix.lower() not in _ENDINGS:
        return False
    with open_container(clip) as container:
        codec = video_stream(container, clip).codec_context
        return codec.name.removeprefix("lib").split("-")[0] in _CODECS and codec.pix_fmt in _PIXELS


def _rounded(values: Sequence[float]) -> list[int]:
    return [round(value) for value in values]


def _attribute(document: object) -> Markup:
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for letter in "<>&'":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can end an attribute
