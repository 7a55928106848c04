"""`rigcoach score --cluster`: archives of clips scored by a cluster's workers."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from rigcoach.cli.extras import check_extra
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import kept_when_stopped, note, print_json, progress, warn
from rigcoach.cli.score_bar import check_bar
from rigcoach.cli.scoring import ScoringOptions

if TYPE_CHECKING:
    from rigcoach.cluster.archive_tally import ArchiveTally


def score_on_cluster(
    settings: CommandOptions,
    names: tuple[str, ...],
    scoring: ScoringOptions,
    address: str,
    output: str,
    *,
    below: bool,
    jobs: int,
    fail_under: float | None,
) -> None:
    """Score clips, folders and lists of clips on the cluster at an address, into the folder `output`."""
    check_extra("cluster", ("cryptography", "distributed", "fsspec", "pyarrow"), "scoring on a cluster")
    from rigcoach.cluster.archive_folder import ArchiveFolder
    from rigcoach.cluster.archive_run import score_batches
    from rigcoach.cluster.archive_tally import ArchiveTally
    from rigcoach.cluster.clip_addresses import clip_addresses
    from rigcoach.cluster.dask_cluster import cluster_client
    from rigcoach.cluster.documents import archive_document
    from rigcoach.cluster.manifest import begin_or_resume, scored_here
    from rigcoach.cluster.parquet_rows import parquet_bytes

    folder = ArchiveFolder(output)
    with progress(settings, "Looking for clips") as advance:
        clips = clip_addresses(names, below=below, advance=advance)
    if not clips:
        raise click.UsageError(f"There is no clip in {', '.join(names)}; include subfolders with -r.")
    asked = scoring.read(settings, [clip.address for clip in clips[:1]])
    how = scored_here(asked.choice, asked.rig, asked.wanted)
    manifest = begin_or_resume(folder, clips, how)
    tally = ArchiveTally(manifest)
    for name in sorted(manifest.done):
        tally.add_written(folder, name)
    if tally.before:
        others = "; the others are now" if manifest.left else ""
        note(settings, f"{tally.before} of {tally.clips} clips were scored before{others}.")
    if manifest.left:
        with (
            kept_when_stopped(lambda: f"{_sum(tally, output)}; the same command goes on from there"),
            cluster_client(address, min(jobs, tally.clips - tally.before)) as client,
            progress(settings, "Scoring") as advance,
            closing(score_batches(client, manifest.left, how, advance, lambda line: note(settings, line))) as scored,
        ):
            for batch, rows in scored:
                folder.write(batch.file, parquet_bytes(rows))
                tally.add(rows)
                for row in rows:
                    if row.error is not None:
                        warn(f"rigcoach: {row.error}")
    if settings.json:
        print_json(archive_document(output, tally))
    else:
        click.echo(f"{_sum(tally, output)}.")
    if fail_under is not None:
        check_bar(tally.below(fail_under), tally.scored, fail_under)
    if tally.failed:
        click.get_current_context().exit(1)


def _sum(tally: "ArchiveTally", output: str) -> str:
    files = f"{tally.files} Parquet {'file' if tally.files == 1 else 'files'}"
    failed = f"; {tally.failed} could not be scored, and why is in their rows" if tally.failed else ""
    return f"{tally.scored} of {tally.clips} clips are scored in {output}, in {files}{failed}"
