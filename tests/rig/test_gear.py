"""Gear: shipped facts against published ones, what fits, what an adapter takes away."""

from pathlib import Path

import pytest
from known import known

from rigcoach.base.errors import RigcoachError
from rigcoach.rig.gear import GearError
from rigcoach.rig.gear_files import load_gear


def test_adapters_are_as_thick_as_the_registers_differ() -> None:
    # Canon EF 44.0 mm and Nikon F 46.5 mm; M42 45.46 mm.
    adapters = load_gear().adapters
    assert adapters["nikon-f-to-canon-ef"].thickness_mm == pytest.approx(2.5)
    assert adapters["m42-to-canon-ef"].thickness_mm == pytest.approx(1.46)
    assert all(adapter.thickness_mm > 0 for adapter in adapters.values())


def test_a_5d_mark_ii_movie_pixel_is_18_75_micrometres() -> None:
    movie = load_gear().bodies["canon-eos-5d-mark-ii"].movie
    assert movie is not None
    assert movie.pixel_pitch_mm == pytest.approx(0.01875)


def test_every_shipped_lens_is_of_sound_numbers() -> None:
    lenses = load_gear().lenses.values()
    assert len(lenses) >= 20
    for lens in lenses:
        assert lens.widest_f_number < known(lens.narrowest_f_number)
        assert known(lens.close_focus_m) * 1000 > lens.focal_length_mm * 4
        assert lens.infinity_turn == ("clockwise" if lens.mount.id == "nikon-f" else "anticlockwise")


def test_a_nikon_lens_needs_an_adapter_on_a_canon_and_loses_the_bodys_aperture() -> None:
    gear = load_gear()
    with pytest.raises(GearError, match="without an adapter"):
        gear.rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", None)
    rig = gear.rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    assert rig.aperture_by_hand == "the lens ring"
    assert rig.focus_by_hand
    assert "aperture from the body" in rig.lost_through_adapter
    between = gear.adapters_between(gear.bodies["canon-eos-7d"], gear.lenses["nikon-ai-s-28mm-f2.8"])
    assert [adapter.id for adapter in between] == ["nikon-f-to-canon-ef"]


def test_a_native_lens_loses_nothing() -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "canon-ef-50mm-f1.8-ii", None)
    assert (rig.aperture_by_hand, rig.focus_by_hand, rig.lost_through_adapter) == ("", False, ())


def test_own_gear_is_read_beside_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[[lens]]\nid = "helios"\nname = "Helios 44-2"\nmount = "m42"\nfocal_length_mm = 58\nwidest_f_number = 2\n'
        "narrowest_f_number = 16\nclose_focus_m = 0.5\naperture_ring = true\nelectronic = false\nautofocus = false\n"
        'infinity_turn = "anticlockwise"\n'
    )
    gear = load_gear(tmp_path)
    assert gear.rig("canon-eos-7d", "helios", "m42-to-canon-ef").lens == gear.lenses["helios"]


def test_own_gear_with_an_error_is_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[body]]\nid = "a"\nname = "A"\nmount = "m42"\nsensor_width_mm = -1\n')
    with pytest.raises(RigcoachError) as caught:
        load_gear(tmp_path)
    assert "line 5: sensor_width_mm" in caught.value.line()
    assert "`body.0.sensor_height_mm` is missing" in caught.value.line()
