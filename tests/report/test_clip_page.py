"""A clip's page as a file: what it holds, and that it holds nothing else."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import av
import cv2
import numpy as np
import pytest
from known import known
from report.reviewed import RING_M

from rigcoach.report.clip_charts import clip_charts, keeper_runs
from rigcoach.report.clip_page import clip_page
from rigcoach.report.faces import FaceHider
from rigcoach.report.heat import heat
from rigcoach.report.moments import best_and_worst, moments
from rigcoach.report.player import Played, address, browsers_play
from rigcoach.report.proxy import playable
from rigcoach.report.ring import lens_of, ring_places
from rigcoach.scoring.advice import advise
from rigcoach.video.clip import read_clip, read_frames
from rigcoach.video.footage import find_footage
from rigcoach.video.recordings import Recording


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, _tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def parsed(page: Path) -> Page:
    return Page(page.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_name_that_is_a_script_is_shown_and_not_run(parsed, reviewed):
    assert reviewed.path.name in "".join(parsed.text)
    # Chart data, the library, the page's own script; nothing that came with the clip.
    assert len(parsed.scripts) == 3
    assert not any("alert" in script for script in parsed.scripts)


def test_everything_is_inside_the_file(parsed):
    for tag, attributes in parsed.tags:
        assert tag not in ("iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "srcset", "action", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, value)


def test_only_the_scripts_it_names_may_run(parsed):
    (policy,) = [a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    named = re.findall(r"'(sha256-[^']+)'", policy)
    running = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in parsed.scripts[1:]]
    assert named == [f"sha256-{each}" for each in running]
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_each_chart_is_a_table_too(parsed, reviewed):
    charts = json.loads(parsed.scripts[0])
    assert {chart["id"] for chart in charts} == {"scores", "place", "roll", "blur", "ring"}
    regions = [a["aria-label"] for _, a in parsed.tags if a.get("role") == "region"]
    assert regions == [f"{chart['title']}, table" for chart in charts]
    offsets = [100 * frame.framing.offset[1] for frame in reviewed.scored.measures.frames]
    place = next(c for c in clip_charts(reviewed.scored.measures, reviewed.scored.score, None) if c.id == "place")
    assert [row.cells[1] for row in place.rows] == [f"{np.mean(offsets):.1f}"]


def test_the_ring_is_found_where_the_scene_had_it(reviewed):
    lens = lens_of(reviewed.profile, reviewed.scored.measures.clip.width)
    assert lens is not None
    found = []
    for frame in reviewed.scored.measures.frames:
        if frame.focus.blur_px is not None and frame.distance_m is not None:
            found.append(ring_places(lens, frame.distance_m, frame.focus.blur_px))
    assert len(found) > 20
    # The ring was set beyond the card: the farther of the two places is the true one.
    assert np.median([places.far_m for places in found]) == pytest.approx(RING_M, rel=0.06)


def test_moments_show_the_frame_that_they_name(reviewed):
    shown = moments(reviewed.scored)
    clip = reviewed.scored.measures.clip
    for moment in (*shown.best, *shown.worst):
        data = base64.b64decode(moment.picture.split(",")[1])
        picture = known(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE))
        scale = clip.width / picture.shape[1]
        # The paper round the card's middle is far brighter than the wall: its middle is the true place.
        bright = np.argwhere(picture > 0.75 * picture.max())
        true = reviewed.truth.frames[moment.index].offset
        middle = np.median(bright, axis=0)[::-1] * scale
        assert middle == pytest.approx([(0.5 + true[0]) * clip.width, (0.5 + true[1]) * clip.height], abs=40)
        assert moment.wanted == (clip.width / 2, clip.height / 2)
        x, y, w, _ = known(moment.box)
        px, py, pw, ph = known(moment.patch_box)
        assert px >= x - pw / 2
        assert py >= y - ph / 2
        assert px + pw <= x + w + pw / 2


def test_the_best_frames_score_best_and_the_worst_were_lost(reviewed):
    frames, scores = reviewed.scored.measures.frames, list(reviewed.scored.score.frames)
    scores[20] = replace(scores[20], focus=None, framing=None)
    best, worst = best_and_worst(frames, scores, 2)
    assert worst[0] == 20
    assert not set(best) & set(worst)


def test_what_has_no_score_is_never_best_and_shown_once_of_each_kind(reviewed):
    frames = reviewed.scored.measures.frames
    scores = [replace(each, focus=None) for each in reviewed.scored.score.frames]
    scores[:8] = [replace(each, framing=None) for each in scores[:8]]
    best, (lost, untold) = best_and_worst(frames, scores, 4)
    assert (best, lost) == ([], 0)
    assert untold >= 8


def test_a_keeper_is_none_of_the_worst_frames(reviewed):
    frames = reviewed.scored.measures.frames
    scores = [replace(each, keeper=i >= 10) for i, each in enumerate(reviewed.scored.score.frames)]
    _, worst = best_and_worst(frames, scores, 4)
    assert worst
    assert max(worst) < 10
    assert best_and_worst(frames, [replace(each, keeper=True) for each in scores], 4)[1] == []


def test_a_page_plays_the_clip_by_an_address_that_both_can_be_carried_with(reviewed, tmp_path):
    html = clip_page(reviewed.scored, played=Played(address(reviewed.path, tmp_path / "a" / "page.html")))
    page = Page(html)
    (viewer,) = [a for _, a in page.tags if a.get("id") == "viewer"]
    played = json.loads(known(viewer["data-play"]))
    assert (tmp_path / "a" / unquote(played["src"])).resolve() == reviewed.path.resolve()
    assert "media-src 'self' file:" in html
    assert len(played["times"]) == len(played["boxes"]) == len(reviewed.truth.frames)
    x, y, w, h = played["boxes"][10]
    true = reviewed.truth.frames[10].offset
    clip = reviewed.scored.measures.clip
    assert (x + w / 2, y + h / 2) == pytest.approx(
        ((0.5 + true[0]) * clip.width, (0.5 + true[1]) * clip.height), abs=12
    )
    assert {each["label"] for each in played["faults"]} == {each.short for each in reviewed.scored.advice}


@pytest.mark.slow
def test_a_page_to_be_shared_plays_nothing(reviewed):
    looked_at = moments(reviewed.scored)  # what is hidden in them is another test's
    html = clip_page(reviewed.scored, hide=FaceHider(), played=Played("clip.mov"), looked_at=looked_at)
    assert "clip.mov" not in html
    assert "media-src" not in html


@pytest.mark.slow
def test_a_small_copy_is_what_every_browser_decodes_made_once(reviewed, tmp_path):
    source = tmp_path / "take.avi"
    with av.open(str(reviewed.path)) as given, av.open(str(source), "w") as made:
        stream = made.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 960, 540, "yuvj420p"
        for frame in given.decode(video=0):
            made.mux(stream.encode(frame.reformat(format="yuvj420p")))
        made.mux(stream.encode(None))
    clip = read_clip(source)
    assert not browsers_play(source)
    assert playable(clip, tmp_path / "page.html") == "take.avi"  # some browser may
    assert playable(clip, tmp_path / "page.html", proxy=True) == "take.proxy.mp4"
    copy = tmp_path / "take.proxy.mp4"
    assert browsers_play(copy)
    with av.open(str(copy)) as film:
        assert sum(1 for _ in film.decode(video=0)) == sum(1 for _ in read_frames(clip))
    first = copy.stat().st_ino
    assert playable(clip, tmp_path / "page.html", proxy=True) == "take.proxy.mp4"
    assert copy.stat().st_ino == first
    assert find_footage(tmp_path).recordings == (Recording(source),)  # its copy is no footage


def test_heat_lies_where_the_card_was(reviewed):
    found = known(heat(reviewed.scored.measures))
    weights = np.array([cell.strength for cell in found.cells])
    centres = np.array([(cell.x + found.side / 2, cell.y + found.side / 2) for cell in found.cells])
    offsets = np.array([frame.offset for frame in reviewed.truth.frames])
    true = (0.5 + offsets.mean(axis=0)) * (found.width, found.height)
    assert np.average(centres, axis=0, weights=weights) == pytest.approx(true, abs=30)
    assert "too far right" in found.alt_text
    assert "too low" in found.alt_text


def test_keeper_stretches_add_up_to_the_keepers(reviewed):
    measures, score = reviewed.scored.measures, reviewed.scored.score
    every_third = tuple(replace(each, keeper=i % 10 < 6) for i, each in enumerate(score.frames))
    runs = keeper_runs(measures, replace(score, frames=every_third))
    assert len(runs) == 3
    fps = float(measures.clip.fps)
    assert sum(end - start for start, end in runs) == pytest.approx(18 / fps, abs=0.01)


def test_in_feet_every_distance_of_a_page_is_in_feet(reviewed, tmp_path, monkeypatch):
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    metric = clip_page(replace(reviewed.scored, advice=advise(reviewed.scored.measures)), reviewed.profile)
    (tmp_path / "config.toml").write_text('units = "feet"\n')
    page = clip_page(replace(reviewed.scored, advice=advise(reviewed.scored.measures)), reviewed.profile)
    metres, feet = re.compile(r"[0-9] (?:c?m|metres)\b"), re.compile(r"[0-9] (?:ft|in|feet)\b")
    told, metric_told = (" ".join(text for text in Page(each).text) for each in (page, metric))
    assert metres.search(metric_told)
    assert not feet.search(metric_told)
    assert feet.search(told)
    assert [told[found.start() - 60 : found.end() + 20] for found in metres.finditer(told)] == []
    lens = lens_of(reviewed.profile, reviewed.scored.measures.clip.width)
    (ring,) = (c for c in clip_charts(reviewed.scored.measures, reviewed.scored.score, lens) if c.id == "ring")
    (subject,) = (line for line in ring.lines if line.label == "subject")
    assert ring.unit == "ft"
    assert known(subject.values[0]) == pytest.approx(1.15 / 0.3048, rel=0.05)
