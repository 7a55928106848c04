"""Where the lens was focused, on rendered cards: the scene's own lens says where."""

import pytest
from known import known
from measure.drawn_card import Shot, draw
from measure.drawn_wedge import add_wedge, disc_radius_px, pose_at

from rigcoach.measure.card.edge_spread import measure_edges
from rigcoach.measure.card.focus_wedge import FocusPlace, LensSetting, focus_place, read_wedge
from rigcoach.measure.card.target import distance_m, find_target
from rigcoach.measure.picture.tone import bt709_to_light
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.target_card import A3, A4, TargetCard


def told(
    focal_mm: float, f_number: float, card_m: float, off_m: float, *, card: TargetCard = A3, f_known: bool = True
) -> FocusPlace:
    spec = SceneSpec(
        seed=5,
        card=card,
        card_distance_m=card_m,
        background_distance_m=6,
        focal_length_mm=focal_mm,
        f_number=f_number,
        focus_distance_m=card_m + off_m,
        iso=800,
        roll_deg=3,
        # The middle of a frame alone, on pixels of the same size: the whole card is in it.
        width=720,
        height=640,
        sensor_width_mm=36 * 720 / 1920,
    )
    luma = Renderer(spec).frame(3).luma
    find = known(find_target(luma, card))
    spread = measure_edges(luma, find, card)
    lens = LensSetting(focal_mm, f_number if f_known else None, 36 / 1920)
    here_m = distance_m(find, card, focal_mm, 36 / 1920)
    low, high = known(spread.blur_px_interval)
    reading = read_wedge(luma, find, card, here_m, lens, bt709_to_light())
    return known(focus_place(reading, here_m, known(spread.blur_px), (high - low) / 3.3, lens))


@pytest.mark.parametrize("off_m", [0.3, -0.3])
def test_the_wedge_tells_the_side_and_how_far(off_m: float) -> None:
    place = told(50, 2.0, 2.5, off_m)
    assert place.side == ("behind" if off_m > 0 else "front")
    assert place.offset_m == pytest.approx(off_m, abs=0.05)
    low, high = known(place.offset_m_interval)
    assert low < off_m < high


def test_a_card_in_focus_is_told_so() -> None:
    place = told(28, 2.8, 2.0, 0.0)
    assert place.side == "on"
    assert place.offset_m == pytest.approx(0, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("focal_mm", "f_number", "card_m", "off_m", "card"),
    [(28, 2.8, 2.0, 0.4, A3), (28, 2.8, 2.0, -0.4, A3), (35, 2.0, 1.3, 0.2, A4), (35, 2.0, 1.3, -0.15, A4)],
)
def test_other_rigs_and_cards(focal_mm: float, f_number: float, card_m: float, off_m: float, card: TargetCard) -> None:
    place = told(focal_mm, f_number, card_m, off_m, card=card)
    assert place.side == ("behind" if off_m > 0 else "front")
    assert place.offset_m == pytest.approx(off_m, abs=0.05 + 0.15 * abs(off_m))


@pytest.mark.slow
@pytest.mark.parametrize("off_m", [0.3, -0.3])
def test_without_the_aperture_the_side_is_told_alone(off_m: float) -> None:
    place = told(50, 2.0, 2.5, off_m, f_known=False)
    assert place.side == ("behind" if off_m > 0 else "front")
    assert place.offset_m is None


@pytest.mark.slow
@pytest.mark.parametrize("off_mm", [250.0, -250.0])
@pytest.mark.parametrize("top_away", [True, False])
def test_front_and_behind_are_those_of_a_wedge_drawn_by_other_hands(off_mm: float, top_away: bool) -> None:
    focal_mm, f_number, card_mm, frame = 50.0, 2.0, 1500.0, (1280, 960)
    pose = pose_at(focal_mm, card_mm, frame)
    shot = Shot(blur_px=disc_radius_px(focal_mm, f_number, card_mm + off_mm, card_mm))
    luma = add_wedge(draw(pose, shot), pose, A4, focal_mm, f_number, card_mm, card_mm + off_mm, top_away=top_away)
    find = known(find_target(luma, A4))
    spread = measure_edges(luma, find, A4)
    lens = LensSetting(focal_mm, f_number, 36 / 1920)
    low, high = known(spread.blur_px_interval)
    reading = read_wedge(luma, find, A4, card_mm / 1000, lens, bt709_to_light())
    place = focus_place(reading, card_mm / 1000, known(spread.blur_px), (high - low) / 3.3, lens)
    if top_away:
        assert place is not None
        assert place.side == ("behind" if off_mm > 0 else "front")
        assert place.offset_m == pytest.approx(off_mm / 1000, abs=0.06)
    else:
        # Set up the wrong way round it must not be told right: or this test could not fail.
        assert place is None or place.side != ("behind" if off_mm > 0 else "front")
