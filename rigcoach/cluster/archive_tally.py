"""What became of an archive's clips."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from rigcoach.cluster.archive_folder import ArchiveError, ArchiveFolder
from rigcoach.cluster.clip_row import ClipRow
from rigcoach.cluster.manifest import Manifest


class ArchiveTally:
    """Counts files, clips and failures, those of earlier runs with them.

    Attributes
    ----------
    clips
        How many there are in all.
    files
        How many files of rows are written.
    scored, failed
        How many clips in them have scores, and how many an error.
    before
        How many of them an earlier run came to.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.clips = sum(len(batch.clips) for batch in manifest.batches)
        self.files = self.scored = self.failed = self.before = 0
        self._low: list[tuple[str, float | None]] = []

    def add(self, rows: Sequence[ClipRow]) -> None:
        """Count the rows of a file that was written."""
        self._add([(row.clip, row.overall, row.error_code) for row in rows])

    def add_written(self, folder: ArchiveFolder, name: str) -> None:
        """Count the rows of a file that an earlier run wrote.

        Raises
        ------
        ArchiveError
            It cannot be read.
        """
        try:
            content = pa.BufferReader(folder.read(name))
            table = pq.read_table(
                content, columns=["clip", "overall", "error_code"], use_threads=False, pre_buffer=False
            )
        except (pa.ArrowException, ValueError) as error:
            raise ArchiveError(
                f"{name} in {folder.address} is damaged",
                why=str(error),
                next_step="Remove it, and give the same command: its clips are scored again",
                code="archive.damaged",
            ) from error
        rows = list(zip(*(table.column(each).to_pylist() for each in table.column_names), strict=True))
        self.before += len(rows)
        self._add(rows)

    def _add(self, rows: Sequence[tuple[str, float | None, str | None]]) -> None:
        self.files += 1
        for clip, overall, error_code in rows:
            if error_code is None:
                self.scored += 1
                self._low.append((clip, overall))
            else:
                self.failed += 1

    def below(self, score: float) -> list[str]:
        """Return the clips that score lower, or of which nothing can be said."""
        return [clip for clip, overall in self._low if overall is None or overall < score]
