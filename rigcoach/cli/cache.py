"""`rigcoach cache`: measurements kept, so that no clip is measured twice."""

import click

from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json


@click.command()
@click.option("--clear", is_flag=True, help="Remove all measurements that are kept.")
@json_option
@talk_options
@click.pass_obj
def cache(settings: CommandOptions, clear: bool) -> None:
    """Show how many measurements are kept, or remove them.

    A clip that was measured once is scored and reviewed again at once, wherever it lies and whatever it is called,
    until its file, the rig, the subject, the installed detectors or rigcoach itself change. Clips are never removed.
    """
    from rigcoach.analysis.documents import store_document
    from rigcoach.analysis.measurement_store import clear_store, store_size

    removed = clear_store() if clear else None
    size = store_size()
    if settings.json:
        print_json(store_document(size, removed))
        return
    if removed is not None:
        note(settings, f"Removed the measurements of {removed} {'clip' if removed == 1 else 'clips'}.")
        return
    click.echo(f"{size.clips} {'clip' if size.clips == 1 else 'clips'}, {size.bytes / 1e6:.1f} MB in {size.folder}")
