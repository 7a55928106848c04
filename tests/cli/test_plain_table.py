"""How commands print tables and points, and what the quick ones do without."""

import subprocess
import sys
from pathlib import Path

import pytest

from rigcoach.cli.plain_table import print_points, print_table

ROWS = [("white balance", "daylight", "exact"), ("shutter", "1/50, or what is near to it in this light", "nearest")]


def test_columns_stand_under_their_heads(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Setting", "Wanted", "Status"), ROWS, ["green", "yellow"])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.index("Wanted") == first.index("daylight") == second.index("1/50")
    assert head.index("Status") == first.index("exact") == second.index("nearest")


def test_a_narrow_terminal_wraps_cells_and_loses_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_table(("Setting", "Wanted", "Status"), ROWS)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 40
    assert out.split().count("light") == 1
    assert "\x1b" not in out


def test_a_name_too_long_for_its_column_is_whole_on_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("a.mov", "face", "100"), ("20261128-032922-quiet-street-walk.mov", "nobody there", "7")]
    print_table(("Clip", "Subject", "Score"), rows, right=(2,))
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("20261128-032922-quiet-street-walk.mov")
    assert lines[at + 1].split() == ["nobody", "there", "7"]
    assert lines[at + 1].index("nobody") == lines[0].index("Subject")


def test_numbers_stand_to_the_right_and_the_first_column_to_the_left(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Clip", "Focus"), [("a.mov", "7"), ("b.mov", "100")], right=(1,))
    assert capsys.readouterr().out == "Clip   Focus\na.mov      7\nb.mov    100\n"


def test_a_table_without_a_head_is_its_rows_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_table((), [("ISO", "400"), ("shutter", "1/50")])
    print_table((), [])
    assert capsys.readouterr().out == "ISO      400\nshutter  1/50\n"


def test_points_hang_in_a_terminal_and_are_one_line_in_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    print_points(["tip the lens down and step back [red]", "b"])
    assert capsys.readouterr().out == "• tip the lens down and step back [red]\n• b\n"
    monkeypatch.setenv("COLUMNS", "20")
    print_points(["tip the lens down and step back"])
    assert capsys.readouterr().out == "• tip the lens down\n  and step back\n"


def test_nothing_to_show_still_shows_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "B"), [])
    assert capsys.readouterr().out == "A  B\n"


def test_checking_a_listing_waits_for_nothing_heavy(tmp_path: Path) -> None:
    listing = tmp_path / "x.txt"
    listing.write_text("/main/imgsettings/iso\nLabel: ISO\nType: RADIO\nCurrent: 100\nChoice: 0 100\nChoice: 1 400\n")
    script = tmp_path / "check.py"
    script.write_text(
        "import sys\nfrom rigcoach.cli.main import main\nfrom click import ClickException\n"
        "try:\n"
        f"    main(['profile', 'check', 'hip-video', '--against', {str(listing)!r}], standalone_mode=False)\n"
        "except ClickException:\n    pass\n"
        "heavy = {'pydantic', 'rich', 'gphoto2', 'numpy', 'cv2', 'av'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert "iso" in done.stdout
    assert done.stdout.endswith("heavy: []\n")
