"""`rigcoach watch`: clips scored as they arrive in a folder or on a card."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.percent import percent
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.studio.hot_folder import HotFolder, WatchedClip

_EVERY_S = 1.0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-r", "--recursive", is_flag=True, help="Watch its subfolders too.")
@click.option("--once", is_flag=True, help="Score what is there and end.")
@click.option(
    "--pick", "picks", multiple=True, metavar="CLIP", help="Mark a clip as picked; repeatable. Goes with --once."
)
@click.option(
    "--reject", "rejects", multiple=True, metavar="CLIP", help="Mark a clip as rejected; repeatable. Goes with --once."
)
@scoring_options
@json_option
@talk_options
@click.pass_obj
def watch(
    settings: CommandOptions,
    folder: Path,
    recursive: bool,
    once: bool,
    picks: tuple[str, ...],
    rejects: tuple[str, ...],
    scoring: ScoringOptions,
) -> None:
    """Score clips as they arrive in a folder or on a card, each once.

    Each result is printed as soon as it is ready; at the end, after Ctrl-C or with --once, all are listed with the most
    keepers first. A file that is still being written is left alone until it is whole. Scores and your marks are kept
    among your data and hold when the folder is watched again; nothing is written into the folder. `rigcoach studio
    --watch` shows them as a film strip.
    """
    if (picks or rejects) and not once:
        raise click.UsageError("--pick and --reject go with --once.")
    from rigcoach.studio.hot_folder import HotFolder, Scored

    asked = scoring.read(settings, [])
    with HotFolder(folder, Scored(asked.choice, asked.rig, asked.wanted), below=recursive) as hot:
        if not once:
            note(settings, f"Watching {folder}. Ctrl-C ends it; scores and marks are kept.")
        try:
            _run(settings, hot, once=once)
        except KeyboardInterrupt:
            _print(settings, hot)
            raise
        for names, mark in ((picks, "pick"), (rejects, "reject")):
            for name in names:
                hot.mark(hot.named(name).id, "pick" if mark == "pick" else "reject")
        _print(settings, hot)


def _run(settings: CommandOptions, hot: "HotFolder", *, once: bool) -> None:
    """Look and score; with `once` until all that is there is scored."""
    while True:
        new = hot.look()
        if once and not new and not hot.waiting and not hot.unsettled:
            return
        until = time.monotonic() + _EVERY_S
        while (left_s := until - time.monotonic()) > 0 and (hot.waiting or not once or hot.unsettled):
            if not hot.waiting:
                time.sleep(min(left_s, 0.1))
            for clip in hot.collect(min(left_s, 0.2)):
                note(settings, _line(clip))


def _line(clip: "WatchedClip") -> str:
    if clip.overall is None:
        return f"{clip.name}: no score: {clip.error}"
    fault = f", mostly {clip.fault}" if clip.fault else ""
    return f"{clip.name}: {clip.overall:.0f}, {percent(clip.keeper_ratio)} keepers{fault}"


def _print(settings: CommandOptions, hot: "HotFolder") -> None:
    from rigcoach.cli.plain_table import print_table
    from rigcoach.studio.hot_folder import watch_document

    ranked = hot.ranked()
    if settings.json:
        print_json(watch_document(hot.folder, ranked))
        return
    if not ranked:
        click.echo("No clips.")
        return
    rows = [
        (
            each.name,
            "–" if each.overall is None else f"{each.overall:.0f}",
            "–" if each.overall is None else percent(each.keeper_ratio),
            each.mark or "",
            each.fault or each.error,
        )
        for each in ranked
    ]
    print_table(("Clip", "Score", "Keepers", "Mark", "First cause"), rows)
