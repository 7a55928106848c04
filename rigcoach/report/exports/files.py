"""Exports as files."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rigcoach.report.exports.edl import edl, of_one_rate
from rigcoach.report.exports.footage import Footage
from rigcoach.report.exports.frames_csv import frames_csv
from rigcoach.report.exports.otio import otio_json
from rigcoach.report.exports.xmp import sidecar_path, xmp
from rigcoach.report.page import write


def write_export(
    kind: str, footage: Sequence[Footage], title: str, to: Path, *, private: bool, tell: Callable[[str], None]
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
        Told of clips that are left out.

    Raises
    ------
    RigcoachError
        It cannot be made: see the export.
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
        to = sidecar_path(footage[0].scored.measures.clip.path)
        text = xmp(footage[0].scored)
    write(to, text)
    return to
