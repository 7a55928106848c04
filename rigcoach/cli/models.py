"""`rigcoach models`: optional detectors."""

from pathlib import Path
from typing import Any

import click

from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_table


@click.group(cls=CommandGroup)
def models() -> None:
    """List and install optional detectors, which find more faces and people than what comes with OpenCV."""


@models.command("list")
@json_option
@talk_options
@click.pass_obj
def list_models(settings: CommandOptions) -> None:
    """List the detectors that can be installed, and those that are."""
    documents = [_document(name) for name in _names()]
    if settings.json:
        print_json({"schema": "rigcoach.models/1", "models": documents})
        return
    rows = []
    for document in documents:
        size = f"{document['size_bytes'] / 1e6:.1f} MB"
        state = document["problem"] or ("yes" if document["installed"] else "no")
        rows.append((document["name"], document["finds"], document["licence"], size, state))
    print_table(("Name", "Finds", "Licence", "Size", "Installed"), rows)


@models.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the weights from a file instead of the network.",
)
@json_option
@talk_options
@click.pass_obj
def install(settings: CommandOptions, name: str, source: Path | None) -> None:
    """Install the detector NAME: fetch its weights, check them against their published sum, keep them."""
    from rigcoach.analysis.detector_weights import install as install_model

    path = install_model(name, source)
    if settings.json:
        print_json({"schema": "rigcoach.model/1", **_document(name)})
    else:
        note(settings, f"{name} is installed at {path}.")


def _names() -> list[str]:
    from rigcoach.analysis.detector_weights import MODELS

    return [known.name for known in MODELS]


def _document(name: str) -> dict[str, Any]:
    from rigcoach.analysis.detector_weights import ModelError, installed, model

    known = model(name)
    problem = path = None
    try:
        path = installed(name)
    except ModelError as error:
        problem = error.line()
    return {
        "name": known.name,
        "finds": known.finds,
        "licence": known.licence,
        "url": known.builds[0].url,
        "size_bytes": known.builds[0].size_bytes,
        "sha256": [build.sha256 for build in known.builds],
        "installed": None if path is None else str(path),
        "problem": problem,
    }
