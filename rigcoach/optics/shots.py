"""How much of a standing person the frame shows: the scale of the shot, and whether it is cut at a good place.

There are no agreed measures: a shot's scale is named by what it shows (Bowen and Thompson, *Grammar of the Shot*, 3rd
ed., 2013, chapter 1). The table is the project's own, for a figure 7.5 heads high; `docs/scoring.md` publishes it.
"""

from dataclasses import dataclass

# Shot scales by the height of the head, crown to chin, over the frame's height: the largest that still has the name.
SCALES = (
    (0.02, "extreme long shot"),
    (0.06, "very long shot"),
    (0.10, "long shot"),
    (0.13, "full shot"),
    (0.22, "medium long shot"),
    (0.35, "medium shot"),
    (0.55, "medium close-up"),
    (0.90, "close-up"),
)
CLOSEST = "extreme close-up"
SHOTS = (*(name for _, name in SCALES), CLOSEST)
"""Every shot scale, from far to near."""
SHOT_NAMES = {shot.removesuffix(" shot").replace(" ", "-"): shot for shot in SHOTS}
"""Every shot scale by its name in files and options: ``medium-long`` for "medium long shot"."""
FIGURE_HEADS = 7.5

# Where the frame's lower edge may cut a standing figure, in heads below the crown: name, from, to, clean or not.
CUTS = (
    ("forehead", 0.0, 0.55, False),
    ("chin", 0.55, 1.25, False),
    ("chest", 1.6, 2.6, True),
    ("waist", 2.6, 3.6, True),
    ("thigh", 4.0, 5.0, True),
    ("knees", 5.2, 6.1, False),
    ("ankles", 6.6, 7.4, False),
    ("full", 7.6, 1e6, True),
)
# The height of a head by a face's box, and of a body by its, is uncertain by so much either way.
UNCERTAINTY = 0.10
# Standing people measured so many of YuNet's boxes, and 7.5 heads.
YUNET_BOXES_PER_BODY = 10.6
HEADS_PER_YUNET_BOX = YUNET_BOXES_PER_BODY / FIGURE_HEADS
# A body's box this near to the frame's edge, over the frame's height, may be cut by it.
_CLEAR = 0.015


@dataclass(frozen=True, slots=True)
class FigureCut:
    """Where the frame cuts a figure: `name` of `CUTS`, whether that is clean, and how sure, 0 to 1."""

    name: str
    clean: bool
    confidence: float


def shot_scale(head_share: float) -> str:
    """Return the name of the shot in which a head takes this share of the frame's height.

    >>> shot_scale(0.12), shot_scale(0.3), shot_scale(0.95)
    ('full shot', 'medium shot', 'extreme close-up')
    """
    return next((name for largest, name in SCALES if head_share <= largest), CLOSEST)


def figure_cut(heads_shown: float) -> FigureCut | None:
    """Return where a figure is cut that shows `heads_shown` heads below its crown; `None` where that can't be told.

    The figure stands upright. It can't be told where the uncertainty of a head's height reaches from a clean cut to a
    bad one so far that neither has three quarters of it.

    >>> figure_cut(4.5)
    FigureCut(name='thigh', clean=True, confidence=1.0)
    >>> figure_cut(3.8) is None
    True
    """
    low, high = heads_shown * (1 - UNCERTAINTY), heads_shown * (1 + UNCERTAINTY)
    if heads_shown <= 0:
        return None
    shares = [
        (max(0.0, min(high, to) - max(low, start)) / (high - low), name, clean) for name, start, to, clean in CUTS
    ]
    share, name, clean = max(shares)
    return FigureCut(name, clean, share) if share >= 0.75 else None


@dataclass(frozen=True, slots=True)
class Shot:
    """The scale of a shot, and where the frame cuts the figure; `cut` is `None` where that can't be told."""

    scale: str
    cut: FigureCut | None


def shot_of_face(top_px: float, height_px: float, frame_height_px: float) -> Shot:
    """Return the shot of whoever has this face, by YuNet's box from hairline to chin, in pixels of the frame.

    >>> shot_of_face(59, 117, 512)
    Shot(scale='medium shot', cut=FigureCut(name='waist', clean=True, confidence=1.0))
    """
    head_px = HEADS_PER_YUNET_BOX * height_px
    crown_px = top_px + height_px - head_px
    named = shot_scale(head_px / frame_height_px)
    if crown_px < -UNCERTAINTY * head_px:
        return Shot(named, FigureCut("forehead", clean=False, confidence=1.0))
    return Shot(named, figure_cut((frame_height_px - crown_px) / head_px))


def shot_of_body(top_px: float, height_px: float, frame_height_px: float) -> Shot | None:
    """Return the shot of a standing person by the box of the body; `None` where the frame's edge cuts the box.

    A box that an edge cuts doesn't say how much of the person is missing.

    >>> shot_of_body(50, 900, 1080)
    Shot(scale='full shot', cut=FigureCut(name='full', clean=True, confidence=1.0))
    """
    clear = _CLEAR * frame_height_px
    if top_px < clear or top_px + height_px > frame_height_px - clear:
        return None
    return Shot(shot_scale(height_px / FIGURE_HEADS / frame_height_px), FigureCut("full", clean=True, confidence=1.0))
