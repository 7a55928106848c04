"""`rigcoach focus zone`, `table` and `scale` as a photographer meets them; a printed scale read back from its page."""

import json
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from known import known
from pypdfium2 import raw

from rigcoach.cli.main import main
from rigcoach.lens.calibrations import Calibration, calibration_path, load_calibration, save_calibration
from rigcoach.optics.register_error import MarkRead, RegisterError
from rigcoach.rig.gear_files import load_gear

RIG = ("--rig", "hip-video")
RING_MM, THROW_DEG = 60.0, 170.0
PT_MM = 25.4 / 72


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["focus", *arguments], catch_exceptions=False)


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def calibrate(error_mm: float) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    read = MarkRead(2.0, 1.8, 0.003)
    save_calibration(rig, Calibration(RegisterError(error_mm, 0.009, (read, read)), date(2026, 11, 21)))


def extension_mm(from_sensor_m: float, focal_mm: float = 28.0) -> float:
    """The lens' way from infinity, for u + v = D and 1/u + 1/v = 1/f."""
    whole = 1000 * from_sensor_m
    return 0.0 if math.isinf(whole) else (whole - math.sqrt(whole**2 - 4 * whole * focal_mm)) / 2 - focal_mm


def arc_mm(extension: float) -> float:
    return extension / extension_mm(0.2) * THROW_DEG / 360 * math.pi * RING_MM


def test_zones_of_the_profiles_rig() -> None:
    document = told("zone", *RIG)
    assert document["schema"] == "rigcoach.focus-zone/1"
    assert document["hyperfocal_m"] == pytest.approx(3.295, abs=0.001)
    assert document["circle_of_confusion_mm"] == 0.03
    assert document["blur_px"] == 0.8
    zones = {zone["ring_m"]: zone for zone in document["zones"]}
    assert (zones[2.0]["near_m"], zones[2.0]["far_m"]) == pytest.approx((1.25, 5.05), abs=0.01)
    assert zones[5.0]["far_m"] is None
    assert document["walker"]["smear"][1] == {"subject_m": 2.0, "smear_px": pytest.approx(21.2, abs=0.2)}


def test_ten_feet_are_not_ten_metres_and_both_are_always_said() -> None:
    text = run("zone", *RIG, "--at", "10ft").stdout
    assert re.search(r"^3\.05 m \(10 ft\)|^3 m \(10 ft\)", text, re.MULTILINE)
    assert told("zone", *RIG, "--at", "10ft")["zones"][0]["ring_m"] == pytest.approx(3.048)
    assert told("zone", *RIG, "--at", "10")["zones"][0]["ring_m"] == 10


def test_it_says_when_a_walker_is_blurred_by_the_shutter_and_not_by_focus() -> None:
    assert "Motion blurs a walker more than defocus does everywhere" in run("zone", *RIG).stdout
    wide_open = run("zone", "--rig", "frame-grabs", "--aperture", "2.8", "--at", "1.2", "--subject", "5").stdout
    assert "blurs a walker more" not in wide_open


def test_where_to_put_the_ring_for_a_zone() -> None:
    cover = told("zone", *RIG, "--from", "1.5", "--to", "4")["cover"]
    # s = 2nd/(n + d); f/5.6 has its hyperfocal distance at 4.69 m, 4.74 m is needed.
    assert cover["ring_m"] == pytest.approx(2.182, abs=0.001)
    assert cover["f_number"] == 5.6
    assert told("zone", *RIG, "--from", "1.7", "--to", "inf")["cover"]["f_number"] == 8
    beyond = run("zone", "--rig", "fifty-video", "--from", "1", "--to", "inf")
    assert beyond.exit_code == 1
    assert "no aperture of Canon EF 50mm" in beyond.stderr
    assert "f/22, ring at" in beyond.stdout


@pytest.mark.parametrize(
    "command", ["focus zone --rig hip-video", "aim --rig hip-video --height 1.7 --camera hip --at 2"]
)
def test_the_documentation_shows_what_is_printed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = (Path(__file__).parents[2] / "docs" / "optics.md").read_text("utf-8")
    shown = page.split(f"    $ rigcoach {command}\n")[1]
    printed = CliRunner().invoke(main, command.split(), catch_exceptions=False).stdout
    wanted = "".join(f"    {line}\n" if line else "\n" for line in printed.splitlines())
    assert shown.startswith(wanted)


def test_what_counts_as_sharp_can_be_told_in_pixels_or_millimetres() -> None:
    assert told("zone", *RIG, "--blur-px", "1")["circle_of_confusion_mm"] == 0.0375
    # 28 mm, f/8, c 0.0375 mm: 784 / 0.3 + 28 mm.
    assert told("zone", *RIG, "--coc", "0.0375")["hyperfocal_m"] == pytest.approx(2.64, abs=0.005)
    assert run("zone", *RIG, "--coc", "0.03", "--blur-px", "1").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((), 2, "--rig PROFILE"),
        (("--lens", "nikon-ai-s-28mm-f2.8"), 1, "--aperture"),
        (("--lens", "nikon-ai-s-28mm-f2.8", "--aperture", "8", "--blur-px", "1"), 1, "--body"),
        (("--rig", "hip-video", "--aperture", "1.4"), 1, "f/2.8"),
        (("--rig", "hip-video", "--at", "0.1"), 1, "0.2 m"),
        (("--rig", "hip-video", "--at", "2 yards"), 2, "7ft"),
        (("--rig", "hip-video", "--from", "2"), 2, "--to"),
        (("--rig", "hip-video", "--from", "0.1", "--to", "0.2"), 1, "0.2 m"),
        (("--lens", "nikon-ai-s-50mm-f1.4", "--aperture", "8", "--subject", "0.05"), 1, "focal length"),
        (("--rig", "hip-video", "--from", "4", "--to", "2"), 2, "--from"),
        (("--rig", "hip-video", "--lens", "canon-ef-28mm-f2.8", "--at", "2"), 0, ""),
    ],
)
def test_what_is_missing_or_wrong_is_said(arguments: tuple[str, ...], status: int, says: str) -> None:
    result = run("zone", *arguments)
    assert result.exit_code == status, result.output
    assert says in result.stderr


def test_the_table_has_the_lens_full_stops_in_metres_and_in_feet(tmp_path: Path) -> None:
    text = run("table", *RIG).stdout
    rows = [line.split() for line in text.splitlines() if line.startswith("f/")]
    assert [row[0] for row in rows] == 2 * ["f/2.8", "f/4", "f/5.6", "f/8", "f/11", "f/16", "f/22"]
    assert "1.25-5" in rows[3]
    assert "4.1-16.6" in rows[10]
    assert max(map(len, text.splitlines())) <= 80
    path = tmp_path / "card.pdf"
    assert told("table", *RIG, "--out", str(path))["apertures"][3]["hyperfocal_m"] == pytest.approx(3.295, abs=0.001)
    with pypdfium2.PdfDocument(path) as document:
        words = document[0].get_textpage().get_text_bounded()
    assert "1.25-5" in words
    assert "4.1-16.6" in words


def numbers_of(path: Path) -> list[tuple[str, float, float]]:
    """The numbers of an SVG page: words, and the place of their middle."""
    return [
        (words, float(x), float(y))
        for x, y, words in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([\d.]+)</text>', path.read_text("utf-8"))
    ]


def lines_of(path: Path) -> list[tuple[float, float, float, float]]:
    """The inked lines of a PDF page, in millimetres from its top left: x1, y1, x2, y2."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        height = page.get_height()
        found = []
        for shape in page.get_objects():
            if shape.type == raw.FPDF_PAGEOBJ_PATH:
                left, bottom, right, top = shape.get_bounds()
                found.append((left * PT_MM, (height - top) * PT_MM, right * PT_MM, (height - bottom) * PT_MM))
        return found


@pytest.mark.parametrize(("lens", "side"), [("nikon-ai-s-28mm-f2.8", 1), ("canon-ef-28mm-f2.8", -1)])
def test_marks_stand_where_the_helicoid_takes_them_on_the_side_the_ring_turns_to(
    tmp_path: Path, lens: str, side: int
) -> None:
    path = tmp_path / "scale.svg"
    close_m = known(load_gear().lenses[lens].close_focus_m)
    document = told(
        "scale", *RIG, "--lens", lens, "--diameter", str(RING_MM), "--throw", str(THROW_DEG), "--out", str(path)
    )
    triangle = re.search(r'<polygon points="([\d.]+),[\d.]+ ([\d.]+),', path.read_text("utf-8"))
    assert triangle is not None
    infinity_x = (float(triangle[1]) + float(triangle[2])) / 2
    # Two rows of numbers on the ring's strip: feet above metres.
    rows = sorted({y for _, _, y in numbers_of(path) if y < 45})
    for row, unit_m, wanted in ((rows[-1], 1.0, {"1", "2", "0.5"}), (rows[0], 0.3048, {"7", "3"})):
        seen = {words: x for words, x, y in numbers_of(path) if y == row}
        assert wanted <= set(seen)
        for words, x in seen.items():
            share = extension_mm(float(words) * unit_m) / extension_mm(close_m)
            arc = share * THROW_DEG / 360 * math.pi * RING_MM
            assert x - infinity_x == pytest.approx(side * arc, abs=0.02), words
    assert document["infinity_turn"] == ("clockwise" if side == 1 else "anticlockwise")


def test_the_pdf_has_the_same_ticks_and_a_bar_of_50_mm(tmp_path: Path) -> None:
    path = tmp_path / "scale.pdf"
    document = told("scale", *RIG, "--diameter", str(RING_MM), "--throw", str(THROW_DEG), "--out", str(path))
    shapes = lines_of(path)
    assert any(x2 - x1 == pytest.approx(50, abs=0.05) and y2 - y1 < 1 for x1, y1, x2, y2 in shapes)
    triangle = next(s for s in shapes if s[2] - s[0] == pytest.approx(1.8, abs=0.3) and s[3] - s[1] > 1.2)
    infinity_x = (triangle[0] + triangle[2]) / 2
    ticks = [(x1 + x2) / 2 - infinity_x for x1, y1, x2, y2 in shapes if x2 - x1 < 0.45 and 1.0 < y2 - y1 < 2.2]
    for mark in document["metres"]:
        if mark["distance"] in (1.0, 2.0, 0.5, 0.3):
            wanted = arc_mm(extension_mm(mark["distance"]))
            assert mark["along_mm"] == pytest.approx(wanted, abs=0.01)
            assert min(abs(tick - wanted) for tick in ticks) < 0.05
    with pypdfium2.PdfDocument(path) as opened:
        assert [side * PT_MM for side in opened[0].get_size()] == pytest.approx([297, 210], abs=0.05)
        assert not raw.FPDF_VIEWERREF_GetPrintScaling(opened)


def test_depth_marks_meet_the_ends_of_the_zone(tmp_path: Path) -> None:
    document = told("scale", *RIG, "--diameter", "60", "--throw", "170", "--out", str(tmp_path / "s.pdf"))
    f8 = next(a["beside_index_mm"] for a in document["apertures"] if a["f_number"] == 8)
    # With the ring at 2 m from the lens, sharp from 1.25 m to 5.05 m: extensions by f²/(u - f).
    near, at, far = (28**2 / (1000 * u - 28) for u in (1.25, 2.0, 5.05))
    assert arc_mm(near - at) == pytest.approx(f8, rel=0.02)
    assert arc_mm(at - far) == pytest.approx(f8, rel=0.02)
    half = told("scale", *RIG, "--diameter", "60", "--throw", "170", "--barrel", "30", "--out", str(tmp_path / "t.pdf"))
    assert half["apertures"][3]["beside_index_mm"] == pytest.approx(f8 / 2, abs=0.002)


def test_a_calibrated_rig_has_its_marks_moved_and_says_so(tmp_path: Path) -> None:
    scale = ("scale", *RIG, "--diameter", "60", "--throw", "170", "--out", str(tmp_path / "s.svg"))
    before = told(*scale)
    calibrate(-0.05)
    after = told(*scale)
    assert after["calibration"]["register_error_mm"] == -0.05
    moved = [m["along_mm"] for m in after["metres"] if m["distance"] in (None, 1.0, 2.0)]
    stood = [m["along_mm"] for m in before["metres"] if m["distance"] in (None, 1.0, 2.0)]
    assert [a - b for a, b in zip(moved, stood, strict=True)] == pytest.approx(3 * [arc_mm(0.05)], abs=0.01)
    assert "corrected by -0.050 mm" in (tmp_path / "s.svg").read_text("utf-8")
    calibrate(0.05)
    beyond = run(*scale)
    assert "Infinity lies beyond" in beyond.stdout
    assert all(m["distance"] is not None for m in told(*scale)["metres"])
    zone = told("zone", *RIG, "--at", "3")
    # 0.05 mm too thick at 28 mm: the 3 m mark focuses at 2.53 m from the lens, 2.54 m from the sensor.
    assert zone["zones"][0]["focus_m"] == pytest.approx(2.54, abs=0.01)
    assert "Focuses at" in run("zone", *RIG).stdout
    assert "calibrated on 21 Nov 2026" in run("table", *RIG).stdout
    assert "measured" not in run("zone", "--lens", "nikon-ai-s-35mm-f2", "--aperture", "8").stdout


def test_a_calibrated_ring_is_told_where_no_mark_reaches() -> None:
    calibrate(0.05)
    cover = run("zone", *RIG, "--from", "12", "--to", "inf")
    assert cover.exit_code == 1
    assert "beyond its infinity mark" in cover.stderr
    assert run("zone", *RIG, "--coc", "1", "--aperture", "22").exit_code == 0
    assert max(len(line) for line in run("zone", *RIG).stdout.splitlines()) <= 80


def test_a_calibration_is_read_back_as_kept_and_forgotten_when_told(home: Path) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    calibrate(0.05)
    kept = load_calibration(rig)
    assert kept is not None
    assert (kept.register.error_mm, kept.measured) == (0.05, date(2026, 11, 21))
    assert calibration_path(rig).is_relative_to(home)
    assert "0.050 mm" in run("calibrate", *RIG).stdout
    assert run("calibrate", *RIG, "--forget").exit_code == 0
    assert load_calibration(rig) is None
    assert told("calibrate", *RIG)["calibration"] is None


def test_an_id_of_ones_own_gear_does_not_lead_out_of_the_folder(home: Path) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    assert rig.lens is not None
    strange = replace(rig, lens=replace(rig.lens, id="../../35 mm/f2"))
    assert calibration_path(strange).parent == home / "calibrations"


@pytest.mark.parametrize("spoilt", ["register_error_mm = 0.1", "measured = 1", "nonsense", "[[mark]]\nmark_m = -1"])
def test_a_spoilt_calibration_is_told_and_can_be_removed(spoilt: str) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    calibrate(0.05)
    calibration_path(rig).write_text(spoilt)
    result = run("zone", *RIG)
    assert result.exit_code == 1
    assert str(calibration_path(rig)) in result.stderr
    assert run("calibrate", *RIG, "--forget").exit_code == 0
    assert run("zone", *RIG).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("scale", *RIG, "--throw", "170"), 2, "--diameter"),
        (("scale", *RIG, "--diameter", "60", "--throw", "170", "--out", "x.png"), 2, ".pdf"),
        (("scale", *RIG, "--diameter", "150", "--throw", "340"), 1, "does not fit"),
        (("table", *RIG, "--out", "x.png"), 2, ".pdf"),
        (("calibrate", *RIG, "clip.mov@2"), 2, "two clips"),
        (("calibrate", *RIG, "a.mov", "b.mov@3"), 2, "CLIP@MARK"),
        (("calibrate", *RIG, "a.mov@0.1", "b.mov@3"), 1, "does not focus"),
        (("calibrate", *RIG, "a.mov@2", "b.mov@3"), 1, "a.mov"),
        (("calibrate", *RIG, "a.mov@2", "b.mov@3", "--forget"), 2, "no clips"),
        (("calibrate", "--lens", "nikon-ai-s-28mm-f2.8", "a.mov@2", "b.mov@3"), 1, "--body"),
    ],
)
def test_wrong_usage_is_said_in_one_line(arguments: tuple[str, ...], status: int, says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert says in result.stderr
