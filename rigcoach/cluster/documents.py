"""The JSON document of an archive that was scored."""

from rigcoach.base.documents import Document
from rigcoach.cluster.archive_tally import ArchiveTally


def archive_document(folder: str, tally: ArchiveTally) -> Document:
    """Return what became of an archive's clips, of the schema ``rigcoach.clip-archive-run/1``."""
    return {
        "schema": "rigcoach.clip-archive-run/1",
        "folder": folder,
        "files": tally.files,
        "clips": tally.clips,
        "scored": tally.scored,
        "failed": tally.failed,
        "scored_before": tally.before,
    }
