"""`rigcoach target`: what a printer gets, read back from the files."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner, Result
from pypdfium2 import raw

from rigcoach.cli.main import main
from rigcoach.measure.card.target import find_card
from rigcoach.target_card import A3, A4, CARDS, LETTER

PAPERS = {"a4": ((210.0, 297.0), A4), "letter": ((215.9, 279.4), LETTER), "a3": ((297.0, 420.0), A3)}
DPI = 200


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["target", *arguments], catch_exceptions=False)


@pytest.fixture(scope="module", params=list(PAPERS))
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("print") / "card.pdf"
    assert run("--paper", request.param, "--out", str(path)).exit_code == 0
    return request.param, path


def test_the_page_has_the_papers_size_and_asks_not_to_be_scaled(printed: tuple[str, Path]) -> None:
    paper, path = printed
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 1
        size_mm = [side / 72 * 25.4 for side in document[0].get_size()]
        assert size_mm == pytest.approx(PAPERS[paper][0], abs=0.05)
        assert not raw.FPDF_VIEWERREF_GetPrintScaling(document)


def test_the_markers_lie_in_the_page_at_their_true_size(printed: tuple[str, Path]) -> None:
    paper, path = printed
    (width_mm, height_mm), card = PAPERS[paper]
    with pypdfium2.PdfDocument(path) as document:
        shapes = [shape for shape in document[0].get_objects() if shape.type == raw.FPDF_PAGEOBJ_PATH]
        bounds = np.array([shape.get_bounds() for shape in shapes]) / 72 * 25.4
    left, top = (width_mm - card.width_mm) / 2, (height_mm - card.height_mm) / 2
    for marker in card.markers:
        x, y = left + marker.x_mm, top + marker.y_mm
        # A PDF's origin is the page's bottom left.
        wanted = (x, height_mm - y - marker.side_mm, x + marker.side_mm, height_mm - y)
        assert np.abs(bounds - np.array(wanted)).max(1).min() < 0.05


def test_the_check_bar_measures_50_mm(printed: tuple[str, Path]) -> None:
    _, path = printed
    luma = page(path)
    runs_mm = [longest_run(row) / DPI * 25.4 for row in luma < 128]
    assert sum(abs(run_mm - 50) < 0.2 for run_mm in runs_mm) >= 2


def test_the_rendered_page_is_the_card_that_the_scorer_finds(printed: tuple[str, Path]) -> None:
    paper, path = printed
    size_mm, card = PAPERS[paper]
    found = find_card(page(path), CARDS)
    assert found is not None
    assert found[0] is card
    find = found[1]
    assert find.marker_ids == tuple(marker.id for marker in card.markers)
    assert find.confidence == 1.0
    # Where the sheet's corners lie on the paper, and its size.
    outline_mm = (find.outline_px + 0.5) / DPI * 25.4
    left, top = (size_mm[0] - card.width_mm) / 2, (size_mm[1] - card.height_mm) / 2
    true = np.array(card.outline_mm) + np.array((left, top))
    assert np.abs(outline_mm - true).max() < 0.2


def test_the_svg_holds_the_same_shapes_in_millimetres(tmp_path: Path) -> None:
    path = tmp_path / "card.svg"
    assert run("--out", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert 'width="210mm" height="297mm" viewBox="0 0 210 297"' in text
    luma = np.full((297 * 4, 210 * 4), 255, np.uint8)
    for points, grey in re.findall(r'<polygon points="([^"]+)" fill="#(..)', text):
        corners = np.array([[float(v) for v in point.split(",")] for point in points.split()])
        fixed = np.round((corners * 4 - 0.5) * 256).astype(np.int32)
        cv2.fillPoly(luma, [fixed], int(grey, 16), lineType=cv2.LINE_AA, shift=8)
    found = find_card(luma, CARDS)
    assert found is not None
    assert found[0] is A4
    assert np.abs((found[1].outline_px + 0.5) / 4 - np.array(A4.outline_mm)).max() < 0.3


def test_json_tells_what_was_written_and_other_endings_are_refused(tmp_path: Path) -> None:
    told = json.loads(run("--paper", "a3", "--out", str(tmp_path / "x.pdf"), "--json").stdout)
    assert told["paper_mm"] == [297.0, 420.0]
    assert told["markers"] == [5, 6, 7, 8, 9]
    assert run("--out", str(tmp_path / "x.png")).exit_code == 2
    assert not (tmp_path / "x.png").exists()


def page(path: Path) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as document:
        return np.ascontiguousarray(document[0].render(scale=DPI / 72, grayscale=True).to_numpy())


def longest_run(row: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
