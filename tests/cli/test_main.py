"""The command as a whole: it starts at once, knows its options anywhere, and fails in one line."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from known import known

from rigcoach import __version__
from rigcoach.cli.main import COMMANDS, main

HEAVY = ("av", "cv2", "gphoto2", "numpy", "pydantic", "rich")


def test_help_and_version_load_nothing_heavy():
    code = (
        "import sys\n"
        "from rigcoach.cli.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    for arguments in (["--help"], ["--version"], ["score", "--help"], ["profile", "apply", "--help"]):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
        assert done.stderr.strip() == "[]", arguments


def test_version_is_the_packages_own():
    assert CliRunner().invoke(main, ["--version"]).output == f"rigcoach, version {__version__}\n"


def every_command(group=main, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"), list(every_command()), ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_explains_itself(path, command):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert command.help
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.help, f"{path}: {parameter.name}"


def test_the_list_of_commands_says_what_each_says_itself():
    for name, sentence in COMMANDS.items():
        assert known(main.get_command(click.Context(main), name)).get_short_help_str(limit=400) == sentence


@pytest.mark.parametrize("path", [(), *(path for path, each in every_command() if isinstance(each, click.Group))])
def test_no_help_is_cut_off(path):
    assert "..." not in CliRunner().invoke(main, [*path, "--help"]).output.replace("[ARGS]...", "")


def test_options_shared_by_commands_work_before_and_after_the_name(tmp_path):
    (tmp_path / "empty.mov").touch()
    clip = str(tmp_path / "empty.mov")
    before = CliRunner().invoke(main, ["--json", "score", clip])
    after = CliRunner().invoke(main, ["score", clip, "--json"])
    assert before.stdout == after.stdout
    assert '"clip.empty"' in before.stdout


def test_wrong_usage_is_status_2():
    for arguments in (
        ["score"],
        ["score", "--subject", "box:1,2,3", "a.mov"],
        ["nonsense"],
        ["score", "--jobs", "0", "a.mov"],
    ):
        assert CliRunner().invoke(main, arguments).exit_code == 2, arguments


def test_after_a_command_the_next_step_is_told_unless_quiet_or_json() -> None:
    told = CliRunner().invoke(main, ["drill", "show", "hip-3m"])
    assert told.stderr == "Next: rigcoach drill run hip-3m\n"
    for option in ("--quiet", "--json"):
        assert CliRunner().invoke(main, ["drill", "show", "hip-3m", option]).stderr == ""
    assert "Next" not in CliRunner().invoke(main, ["drill", "show", "no-such-drill"]).stderr
