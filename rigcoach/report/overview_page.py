"""The overview of many clips: the best first, each with a way to its report, and what went wrong most."""

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from rigcoach.base.percent import percent
from rigcoach.journal.session import SCORES
from rigcoach.report.moments import Moments
from rigcoach.report.page import render
from rigcoach.report.player import address
from rigcoach.scoring.advice import Advice, headline
from rigcoach.scoring.batch import ScoredClip

FILE_NAME = "overview.html"

_PICTURE_PX = (240, 240)
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class OverviewClip:
    """What an overview shows of one clip.

    `page` is the address of its report, `picture` its best moment as a data URI, or `None`; `faults` are its advice on
    what spoils frames, the worst first.
    """

    name: str
    page: str
    picture: str | None
    size: tuple[int, int]
    headline: str
    scores: tuple[float | None, ...]
    frames: int
    keepers: int
    keeper_s: float
    longest_s: float
    faults: tuple[Advice, ...]

    @property
    def overall(self) -> float | None:
        """The clip's score, 0 to 100."""
        return self.scores[0]

    @property
    def keeper_ratio(self) -> float:
        """Share of the frames that a photographer would keep."""
        return self.keepers / max(self.frames, 1)


@dataclass(frozen=True, slots=True)
class CommonFault:
    """A fault of several clips: as the clip tells it that has it most, and all that have it, the worst first."""

    advice: Advice
    clips: tuple[OverviewClip, ...]


def overview_clip(scored: ScoredClip, shown: Moments, report: Path, overview: Path) -> OverviewClip:
    """Return what an overview, to be written at `overview`, shows of a clip whose report lies at `report`."""
    measures, score = scored.measures, scored.score
    longest = score.longest_keeper_s
    keepers = sum(each.keeper for each in score.frames)
    best = (*shown.best, *shown.through)[:1]
    return OverviewClip(
        name=Path(scored.name).name,
        page=address(report, overview),
        picture=_small(best[0].picture) if best else None,
        size=(measures.clip.width, measures.clip.height),
        headline=headline(score, scored.advice),
        scores=tuple(getattr(score, part) for part in SCORES),
        frames=len(score.frames),
        keepers=keepers,
        keeper_s=keepers / float(measures.clip.fps),
        longest_s=0.0 if longest is None else longest[1] - longest[0],
        faults=tuple(each for each in scored.advice if each.spoils),
    )


def _small(picture: str) -> str:
    small = BytesIO()
    with Image.open(BytesIO(base64.b64decode(picture.partition(",")[2]))) as image:
        image.thumbnail(_PICTURE_PX)
        image.save(small, "JPEG", quality=75)
    return "data:image/jpeg;base64," + base64.b64encode(small.getvalue()).decode("ascii")


def ranked(clips: Sequence[OverviewClip]) -> tuple[OverviewClip, ...]:
    """Return clips with the most keepers first, then by score; last those that have none."""
    return tuple(sorted(clips, key=lambda each: (each.overall is None, -each.keeper_ratio, -(each.overall or 0.0))))


def common_faults(clips: Sequence[OverviewClip]) -> tuple[CommonFault, ...]:
    """Return what spoilt most frames of all clips together, the worst first."""
    having: dict[str, list[tuple[Advice, OverviewClip]]] = defaultdict(list)
    for clip in clips:
        for each in clip.faults:
            having[each.code].append((each, clip))

    def spoilt(told: Sequence[tuple[Advice, OverviewClip]]) -> float:
        return sum(advice.share * clip.frames for advice, clip in told)

    faults = []
    for told in sorted(having.values(), key=spoilt, reverse=True)[:_MOST_FAULTS]:
        worst_first = sorted(told, key=lambda each: -each[0].share)
        faults.append(CommonFault(worst_first[0][0], tuple(clip for _, clip in worst_first)))
    return tuple(faults)


def overview_page(
    title: str, clips: Sequence[OverviewClip], failed: Sequence[str] = (), *, shared: bool = False
) -> str:
    """Return the overview as one HTML page.

    Parameters
    ----------
    title
        What the clips are together, such as their folder's name.
    clips
        In any order.
    failed
        What is wrong with those that could not be scored, a line each.
    shared
        Whether their pictures were made fit to be shared.
    """
    frames, keepers = (sum(getattr(each, name) for each in clips) for name in ("frames", "keepers"))
    order = ranked(clips)
    return render(
        "overview.html.j2",
        (),
        name=title,
        headline=f"{percent(keepers / max(frames, 1))} keepers in {len(clips)} clip{'s' if len(clips) != 1 else ''}",
        keeper_s=sum(each.keeper_s for each in clips),
        longest=max(clips, key=lambda each: each.longest_s, default=None),
        clips=order,
        parts=SCORES,
        faults=common_faults(clips),
        failed=failed,
        shared=shared,
    )
