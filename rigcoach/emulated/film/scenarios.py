"""The practice scene that an emulated body looks at, and how its photographer moves.

Each take is another try: the photographer stands a little elsewhere, holds the body a little askew, and walks towards
the card and back, through the zone of focus. Everything follows from the seed and the number of the take.
"""

from dataclasses import replace
from fractions import Fraction

from rigcoach.emulated.film import clip_length
from rigcoach.emulated.film.film_messages import WHOLE, LiveCrop, World
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.stance import card_distance_m, chance_of
from rigcoach.scene.spec import SceneSpec

LIVE_VIEW_WIDTH, LIVE_VIEW_HEIGHT, LIVE_VIEW_FPS = 1024, 680, Fraction(30)

# How the photographer loses the framing while looking for it blind, and finds it again: seconds, right and down in
# fractions of the frame, clockwise turn in degrees. The hand's own sway comes on top.
_WANDER = (
    (0.0, 0.0, 0.0, 0.0),
    (0.7, 0.0, 0.0, 0.0),
    (1.8, 0.18, 0.02, 1.0),
    (2.6, 0.15, -0.02, 0.0),
    (3.8, -0.18, 0.04, -2.0),
    (4.4, -0.14, 0.02, 0.0),
    (5.4, 0.01, 0.17, 7.0),
    (6.6, -0.02, -0.16, 8.0),
    (7.6, 0.16, -0.14, -6.0),
    (8.8, 0.0, 0.0, 0.0),
    (10.0, 0.0, 0.0, 0.0),
)
# And how the focus ring is brushed against: seconds, and the share of the distance that it was set to.
_RING = ((0.0, 1.0), (8.6, 1.0), (9.1, 0.4), (10.0, 0.4))

# Distances for a lens of 28 mm; with a longer one the photographer stands back as much.
_NEAR_M, _WALL_BEHIND_M = 1.2, 2.6
_WALK_FRAMES = 180

# Longer exposures than this are not taken from the hand.
LONGEST_HELD_S = 1.0


def take_scene(world: World, settings: ExposureSettings, take: int) -> SceneSpec:
    """Return the scene of the `take`-th clip, counted from 1."""
    chance = chance_of(world, take)
    far_m = card_distance_m(world, chance)
    width, height = world.movie_px
    return SceneSpec(
        width=width,
        height=height,
        seed=world.seed * 1000 + take,
        card_distance_m=far_m,
        background_distance_m=far_m + _WALL_BEHIND_M,
        focal_length_mm=world.focal_length_mm,
        f_number=settings.f_number,
        focus_distance_m=world.focus_m,
        shutter_s=settings.shutter_s,
        iso=settings.iso,
        exposure_ev=settings.over_ev,
        fps=clip_length.FPS,
        roll_deg=chance.uniform(-3, 3),
        aim=(chance.uniform(-0.08, 0.08), chance.uniform(-0.08, 0.08)),
        walk_in_m_s=(far_m - _NEAR_M * world.focal_length_mm / 28) / float(_WALK_FRAMES / clip_length.FPS),
    )


def scene_frame(frame: int) -> int:
    """Return which of the scene's frames a clip's frame shows: the way to the card, and the same way back.

    A recording may take long, the way is short. Backwards in time, hands sway just as well.

    >>> [scene_frame(frame) for frame in (0, 1, 179, 180, 181, 360, 361)]
    [0, 1, 179, 180, 179, 0, 1]
    """
    there_and_back = frame % (2 * _WALK_FRAMES)
    return min(there_and_back, 2 * _WALK_FRAMES - there_and_back)


def still_scene(world: World, settings: ExposureSettings, take: int, size_px: tuple[int, int]) -> SceneSpec:
    """Return the scene of a still: the photographer standing where the `take`-th clip would begin.

    For longer than a moment nobody holds a body in their hands: it stands on something.
    """
    width, height = size_px
    scene = replace(take_scene(world, settings, take), width=width, height=height, walk_in_m_s=0.0)
    return scene if settings.shutter_s <= LONGEST_HELD_S else _on_a_stand(scene)


def live_view_scene(world: World, settings: ExposureSettings, crop: LiveCrop = WHOLE) -> SceneSpec:
    """Return what live view shows: the photographer standing where the first take begins, and looking for the aim.

    Magnified, the body stands on something, square to the card, while the ring is being set.
    """
    whole = replace(
        take_scene(world, settings, 1),
        width=LIVE_VIEW_WIDTH,
        height=LIVE_VIEW_HEIGHT,
        fps=LIVE_VIEW_FPS,
        aim=(0.0, 0.0),
        roll_deg=0.0,
        walk_in_m_s=0.0,
    )
    if crop.zoom > 1:
        return _on_a_stand(replace(whole, magnification=crop.zoom, magnified_at=crop.centre))
    return replace(
        whole,
        aim_track=_WANDER,
        focus_track=tuple((t_s, share * world.focus_m) for t_s, share in _RING),
    )


def _on_a_stand(scene: SceneSpec) -> SceneSpec:
    return replace(scene, sway_deg=0.002, roll_wobble_deg=0.001)
