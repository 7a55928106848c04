"""`rigcoach man`: pages that man reads, one for each command, with every option on them."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rigcoach.cli.main import main
from rigcoach.cli.man import commands

GROFF = shutil.which("groff") or shutil.which("mandoc")


def test_every_command_has_a_page_that_names_its_options(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["man", "--out", str(tmp_path)]).exit_code == 0
    for words, command in commands(main, ("rigcoach",)):
        page = (tmp_path / f"{'-'.join(words)}.1").read_text().replace("\\-", "-")
        assert page.splitlines()[1].startswith(f'.TH "{"-".join(words).upper()}" 1')
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.opts[0] in page, (words, parameter.opts)


def test_pages_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rigcoach.1").write_text("mine")
    assert CliRunner().invoke(main, ["man", "--out", str(tmp_path)]).exit_code == 1
    assert (tmp_path / "rigcoach.1").read_text() == "mine"


@pytest.mark.skipif(GROFF is None, reason="neither groff nor mandoc is installed")
def test_they_format_without_a_complaint(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["man", "--out", str(tmp_path)])
    command = [GROFF, "-man", "-Tutf8", "-ww"] if GROFF and GROFF.endswith("groff") else [GROFF, "-Tlint"]
    done = subprocess.run([*command, tmp_path / "rigcoach-score.1"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "rigcoach" in done.stdout
