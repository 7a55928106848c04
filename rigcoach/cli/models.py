"""`rigcoach models`: optional detectors."""

from pathlib import Path

import click

from rigcoach.cli import completing
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_table


@click.group(cls=CommandGroup)
def models() -> None:
    """List and install optional detectors, which find more faces and people than OpenCV's."""


@models.command("list")
@json_option
@talk_options
@click.pass_obj
def list_models(settings: CommandOptions) -> None:
    """List the detectors and whether they are installed."""
    from rigcoach.analysis.documents import models_document

    document = models_document(_names())
    if settings.json:
        print_json(document)
        return
    rows = []
    for entry in document["models"]:
        size = f"{entry['size_bytes'] / 1e6:.1f} MB"
        state = entry["problem"] or ("yes" if entry["installed"] else "no")
        rows.append((entry["name"], entry["finds"], entry["licence"], size, state))
    print_table(("Name", "Finds", "Licence", "Size", "Installed"), rows)


@models.command()
@click.argument("name", shell_complete=completing.detectors)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Install from a file instead of the network.",
)
@json_option
@talk_options
@click.pass_obj
def install(settings: CommandOptions, name: str, source: Path | None) -> None:
    """Install the detector NAME: download its weights and verify their checksum."""
    from rigcoach.analysis.detector_weights import install as install_model
    from rigcoach.analysis.detector_weights import model
    from rigcoach.analysis.documents import model_document

    path = install_model(name, source)
    if settings.json:
        print_json(model_document(name))
    else:
        note(settings, f"{name} is installed in {path} (licence {model(name).licence}).")


def _names() -> list[str]:
    from rigcoach.analysis.detector_weights import MODELS

    return [known.name for known in MODELS]
