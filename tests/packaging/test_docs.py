"""The documents say what is so: every command and option is in the reference, every page that is named is there."""

import re
from pathlib import Path

import click
import command_reference

from rigcoach.cli.main import main
from rigcoach.cli.man import commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_of_commands_is_what_help_says() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    # Word by word: versions of click break lines differently.
    assert written.split() == command_reference.reference().split(), (
        "renew it: python bench/command_reference.py > docs/commands.md"
    )


def test_every_command_and_every_option_is_described() -> None:
    lacking = []
    for path, command in commands(main, ("rigcoach",)):
        if not command.help:
            lacking.append(" ".join(path))
        lacking += [
            f"{' '.join(path)} {parameter.opts[0]}"
            for parameter in command.params
            if isinstance(parameter, click.Option) and not parameter.hidden and not parameter.help
        ]
    assert lacking == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_commands_that_pages_tell_to_run_are_there() -> None:
    known = {" ".join(path) for path, _ in commands(main, ("rigcoach",))}
    groups = {name for name in known if any(other.startswith(f"{name} ") for other in known)}
    missing = []
    for page in PAGES:
        for words in re.findall(r"(?m)(?:^    |`)(rigcoach(?: [a-z-]+)+)", page.read_text(encoding="utf-8")):
            name = words
            while name not in known:
                name = name.rpartition(" ")[0]
            # A group needs one of its own words next, or its option; what follows a command is the user's.
            if (
                name in groups
                and name != words
                and not words.startswith(f"{name} --")
                and not re.search(rf"{name} (NAME|FILE|…)", words)
            ):
                missing.append(f"{page.name}: {words}")
    assert missing == []


def test_every_script_of_the_bench_that_pages_name_is_there() -> None:
    named = {name for page in PAGES for name in re.findall(r"bench/(\w+\.\w+)", page.read_text(encoding="utf-8"))}
    assert {name for name in named if not (ROOT / "bench" / name).is_file()} == set()
