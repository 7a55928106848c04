"""Exports as files."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rigcoach.base.outputs import EDIT_LIST, FRAMES_TABLE, SIDECAR, TIMELINE, Kind, check_output
from rigcoach.report.exports.edl import edl, of_one_rate
from rigcoach.report.exports.footage import Footage
from rigcoach.report.exports.frames_csv import frames_csv
from rigcoach.report.exports.otio import otio_json
from rigcoach.report.exports.segments import SHORTEST_S, cut
from rigcoach.report.exports.xmp import sidecar_path, xmp
from rigcoach.report.page import write
from rigcoach.video.beside import with_beside

KINDS: dict[str, Kind] = {"otio": TIMELINE, "edl": EDIT_LIST, "csv": FRAMES_TABLE, "xmp": SIDECAR}


def check_export(kind: str, clips: Sequence[Path], to: Path, *, force: bool) -> None:
    """Make sure, before anything is measured, that an export of clips may be written; a sidecar goes beside its clip.

    Raises
    ------
    rigcoach.base.outputs.OutputError
        Where it may not.
    """
    if kind == "xmp":
        for clip in clips:
            sidecar_path(clip, force=force)
    else:
        check_output(to, KINDS[kind], inputs=with_beside(clips), force=force)


def write_export(
    kind: str,
    footage: Sequence[Footage],
    title: str,
    to: Path,
    *,
    private: bool,
    tell: Callable[[str], None],
    force: bool = False,
) -> Path:
    """Write an export, whole or not at all, and return where.

    Parameters
    ----------
    kind
        "otio", "edl", "csv" or "xmp".
    footage
        The clips it is of; a sidecar ("xmp") is of the first.
    title
        What the cut is called.
    to
        Where it goes; a sidecar goes beside its clip instead.
    private
        Name no folders in it.
    tell
        Told of clips that are left out, and of a list without keepers.
    force
        Whether a file that rigcoach did not write may be replaced.

    Raises
    ------
    RigcoachError
        It cannot be made: see the export; or it may not be written there.
    """
    if kind == "otio":
        text = otio_json(footage, title, to, private=private)
    elif kind == "edl":
        kept, others = of_one_rate(footage)
        for each in others:
            rates = (f"{float(other.scored.measures.clip.fps):.4g}" for other in (each, kept[0]))
            tell("{} is left out of the EDL: it runs at {} frames a second, the list at {}".format(each.name, *rates))
        text = edl(kept, title)
    elif kind == "csv":
        text = frames_csv(footage)
    else:
        to = sidecar_path(footage[0].scored.measures.clip.path, force=force)
        text = xmp(footage[0].scored)
    if kind in ("otio", "edl") and not cut(footage):
        tell(f"{to.name} is empty: no stretch of keepers lasts {SHORTEST_S} s. The report shows why")
    write(
        to,
        text,
        KINDS[kind],
        inputs=with_beside(file for each in footage for file in each.scored.measures.clip.files),
        force=force,
    )
    return to
