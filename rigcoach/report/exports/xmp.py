"""XMP sidecars: a clip's score as the rating, and a label on what is to be rejected, for photo tools.

Ratings and labels are those of the XMP basic namespace (ISO 16684-1:2019, 8.4): `xmp:Rating` from 1 to 5, or -1 for
rejected; `xmp:Label`, of which Lightroom takes the names of its colours. digiKam reads its own pick and colour labels
besides.
"""

from pathlib import Path
from xml.sax.saxutils import escape

from rigcoach.base.outputs import SIDECAR, OutputError, check_output
from rigcoach.scoring.advice import headline
from rigcoach.scoring.batch import ScoredClip

STARS = ((90.0, 5), (80.0, 4), (65.0, 3), (45.0, 2), (0.0, 1))
"""The least overall score for so many stars."""

REJECTED = -1


def rating(scored: ScoredClip) -> int | None:
    """Return a clip's stars; -1 where measured faults spoil it; `None` where there is no overall score."""
    overall = scored.score.overall
    if overall is None:
        return None
    if scored.score.rejected:
        return REJECTED
    return next(stars for least, stars in STARS if overall >= least)


def xmp(scored: ScoredClip) -> str:
    """Return the sidecar of a clip."""
    stars = rating(scored)
    properties = []
    if stars is not None:
        properties.append(f"<xmp:Rating>{stars}</xmp:Rating>")
    if stars == REJECTED:
        properties.append("<xmp:Label>Red</xmp:Label>")
        properties.append("<digiKam:PickLabel>1</digiKam:PickLabel>")
        properties.append("<digiKam:ColorLabel>1</digiKam:ColorLabel>")
    text = escape(headline(scored.score, scored.advice))
    properties.append(
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>'
    )
    inner = "\n   ".join(properties)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" {SIDECAR.marks[0].decode()}>
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:digiKam="http://www.digikam.org/ns/1.0/">
   {inner}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def sidecar_path(clip: Path, *, force: bool = False) -> Path:
    """Return where the sidecar of a clip belongs: beside it, its whole name with .xmp added (darktable, digiKam).

    Raises
    ------
    OutputError
        There is one already: it may hold another program's edits, and is left as it is unless `force` is set.
    """
    path = clip.with_name(clip.name + ".xmp")
    try:
        check_output(path, SIDECAR, inputs=[clip], force=force)
    except OutputError as error:
        if error.code != "output.not-ours":
            raise
        raise OutputError(
            f"{path.name} already exists",
            why="another program may have written its edits into it",
            next_step="Move it away to have a new one written, or --force",
            code="export.sidecar-there",
        ) from error
    return path
