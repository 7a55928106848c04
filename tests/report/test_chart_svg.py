"""Charts as images: every line, gap and band where its numbers say."""

import re
from dataclasses import replace
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from rigcoach.report.chart import PALETTE, Band, Chart, Line
from rigcoach.report.chart_svg import svg

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    "blur",
    "Blur <i>",
    "px",
    "From 0 to 4.",
    (0.0, 1.0, 2.0, 3.0, 4.0),
    (Line("blur", (0.0, 1.0, None, 3.0, 4.0), 0), Line("told", (None, 2.0, None, 2.0, None), 1, dots=True)),
    (),
    bands=(Band("keeper", 0.0, 1.0),),
    low=0.0,
    high=4.0,
    marks=((1.0, 2.0),),
    marks_label="keepers",
)


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(svg(chart))  # noqa: S314 - our own


def points(element: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in element.attrib["points"].split())]


def test_a_gap_in_a_line_is_left_open_and_dots_stand_alone() -> None:
    root = drawn(CHART)
    before, after = (points(line) for line in root.findall(f"{SVG}polyline"))
    # 720 wide from 48, 320 high from 56: a quarter of each is a second and a pixel.
    assert before == [(48, 376), (48 + 180, 376 - 80)]
    assert after == [(48 + 540, 376 - 240), (48 + 720, 376 - 320)]
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.findall(f"{SVG}circle")[:2]]
    assert dots == [(48 + 180, 376 - 160), (48 + 540, 376 - 160)]


def test_bands_and_marks_lie_between_their_values() -> None:
    root = drawn(CHART)
    (band,) = root.findall(f"{SVG}polygon")
    assert sorted(points(band)) == [(48, 296), (48, 376), (768, 296), (768, 376)]
    mark = root.findall(f"{SVG}rect")[1]
    assert (float(mark.attrib["x"]), float(mark.attrib["width"])) == (228, 180)
    zone = replace(CHART, bands=(Band("zone", lines=(0, 1)),))
    (outline,) = drawn(zone).findall(f"{SVG}polygon")
    assert points(outline) == [(228, 296), (588, 136), (588, 216), (228, 216)]


@pytest.mark.parametrize("at", [(), (5.0,), (5.0, 5.0)])
def test_a_chart_of_next_to_nothing_is_drawn_too(at: tuple[float, ...]) -> None:
    chart = Chart("x", "x", "", "", at, (Line("a", tuple(7.0 for _ in at), 0),), (), axis="date")
    assert drawn(chart).tag == f"{SVG}svg"


def test_the_colours_are_those_of_the_pages() -> None:
    css = files("rigcoach.report").joinpath("assets/report.css").read_text("utf-8")
    light = css.split("@media")[0]
    assert tuple(re.findall(r"--c\d:(#[0-9a-f]{6})", light)) == PALETTE
