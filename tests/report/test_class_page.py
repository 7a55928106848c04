"""A class on one page, from exported sessions."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from journal.made_sessions import kept

from rigcoach.cli.main import main


def run(*arguments: object):
    return CliRunner().invoke(main, ["log", *(str(argument) for argument in arguments)])


def test_who_needs_which_drill_next_stands_on_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pupils = tmp_path / "class"
    pupils.mkdir()
    for name, score, sessions in (("heron", 90.0, 3), ("wren", 30.0, 6), ("<b>owl</b>".replace("/", "-"), 50.0, 1)):
        monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path / f"home-{sessions}"))
        for day in range(sessions):
            kept("still-2m", (score, score), day=day)
        kept("still-2m", (99.0,), day=20, counts=False, emulated=True, not_counted=("emulated",))
        assert run("export", "json", "--out", pupils / f"{name}.json").exit_code == 0
    out = tmp_path / "class.html"
    result = run("class", pupils, "--out", out)
    assert result.exit_code == 0, result.stderr
    html = out.read_text()
    heron, wren = (html.split(f'scope="row">{name}</th>')[1].split("</tr>")[0] for name in ("heron", "wren"))
    assert "<code>hip-3m</code>" in heron  # three passed in a row
    assert "<code>still-2m</code>" in wren
    assert "within what chance does" in wren
    assert "<b>owl" not in html
    assert "99" not in heron


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    assert "nothing of a class" in run("class", tmp_path).stderr
    for content in ("{", "{}", '{"schema": "rigcoach.log-export/1", "sessions": [{"takes": []}]}'):
        (tmp_path / "x.json").write_text(content)
        result = run("class", tmp_path, "--out", tmp_path / "out.html")
        assert result.exit_code == 1
        assert "is no export of sessions" in result.stderr


def test_a_damaged_or_foreign_file_costs_the_others_nothing(tmp_path: Path) -> None:
    pupils = tmp_path / "class"
    pupils.mkdir()
    kept("still-2m", (90.0, 90.0))
    assert run("export", "json", "--out", pupils / "heron.json").exit_code == 0
    good = json.loads((pupils / "heron.json").read_text())
    (pupils / "._heron.json").write_bytes(b"\x00\x05\x16\x07")  # what macOS leaves on a stick
    damaged = {
        "cut-short": (pupils / "heron.json").read_text()[:200],
        "not-text": "\x00\x01",
        "foreign": '{"schema": "rigcoach.study-results/1"}',
        "words": json.dumps({**good, "sessions": [{**good["sessions"][0], "overall": "high"}]}),
        "no-day": json.dumps({**good, "sessions": [{**good["sessions"][0], "started_at": "yesterday"}]}),
        "no-number": json.dumps({**good, "sessions": [{**good["sessions"][0], "overall": float("nan")}]}),
        "a-list": "[1, 2]",
    }
    for name, content in damaged.items():
        (pupils / f"{name}.json").write_text(content)
    out = tmp_path / "class.html"
    result = run("class", pupils, "--out", out)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)  # no traceback
    assert f"{len(damaged)} files" in result.stderr
    html = out.read_text()
    assert html.count('scope="row"') == 1
    assert 'scope="row">heron</th>' in html
    for name in damaged:
        assert f"{name}.json could not be read" in html
        assert f"{name}.json is no export of sessions" in result.stderr


def test_one_pupils_file_under_two_names_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pupils = tmp_path / "class"
    pupils.mkdir()
    kept("still-2m", (90.0, 90.0))
    assert run("export", "json", "--out", pupils / "heron.json").exit_code == 0
    (pupils / "owl.json").write_bytes((pupils / "heron.json").read_bytes())
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path / "another"))
    kept("still-2m", (90.0, 90.0), day=1)
    assert run("export", "json", "--out", pupils / "wren.json").exit_code == 0
    assert run("class", pupils, "--out", tmp_path / "class.html").exit_code == 0
    html = (tmp_path / "class.html").read_text()
    assert html.count("sessions in common") == 1
    assert "heron and owl have sessions in common" in html.replace("\u2068", "").replace("\u2069", "")
