"""A class on one page, from exported sessions."""

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
