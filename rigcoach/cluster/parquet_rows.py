"""Rows of clips as Parquet files (https://parquet.apache.org): one schema, the same bytes for the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rigcoach.cluster.clip_row import ClipRow

SCHEMA_NAME = "rigcoach.clip-rows/1"
"""What the files' metadata name as ``rigcoach.schema``."""

_STRETCH = pa.struct([("start_s", pa.float64()), ("end_s", pa.float64())])
_ADVICE = pa.struct(
    [("code", pa.string()), ("text", pa.string()), ("share", pa.float64()), ("seconds", pa.list_(_STRETCH))]
)
_REASON = pa.struct([("score", pa.string()), ("reason", pa.string())])


def _advice(row: ClipRow) -> list[dict[str, object]]:
    return [
        {
            "code": each.code,
            "text": each.text,
            "share": each.share,
            "seconds": [{"start_s": start_s, "end_s": end_s} for start_s, end_s in each.seconds],
        }
        for each in row.advice
    ]


def _reasons(row: ClipRow) -> list[dict[str, str]]:
    return [{"score": score, "reason": reason} for score, reason in row.reasons]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, which is that of the row's attribute, its type, what it holds, and how it is made."""

    name: str
    type: Any
    told: str
    cell: Callable[[ClipRow], object] | None = None

    def cells(self, rows: Sequence[ClipRow]) -> Any:
        """Return the column of rows."""
        return pa.array(map(self.cell or attrgetter(self.name), rows), type=self.type, size=len(rows))


COLUMNS = (
    Column("clip", pa.string(), "the clip's path or address; of a recording in chapters, that of the first"),
    Column("chapters", pa.list_(pa.string()), "the files in which the recording continues"),
    Column("overall", pa.float64(), "score from 0 to 100; null where too little could be measured"),
    Column("focus", pa.float64(), "score from 0 to 100, as the next three"),
    Column("framing", pa.float64(), ""),
    Column("steadiness", pa.float64(), ""),
    Column("exposure", pa.float64(), ""),
    Column("keeper_ratio", pa.float64(), "share of the frames that are keepers, 0 to 1"),
    Column("longest_keeper_start_s", pa.float64(), "where the longest stretch of keepers begins; null without one"),
    Column("longest_keeper_end_s", pa.float64(), "and where it ends"),
    Column("subject", pa.string(), "target, face, person or box; null where none was found"),
    Column("found_ratio", pa.float64(), "share of the frames in which it was found, 0 to 1"),
    Column("duration_s", pa.float64(), "the clip's length"),
    Column("frame_count", pa.int64(), "number of frames, all of them scored"),
    Column("fps", pa.float64(), "frames a second"),
    Column("width", pa.int32(), "of the upright picture, in pixels"),
    Column("height", pa.int32(), ""),
    Column("transfer", pa.string(), "the curve of the file's codes, such as bt709 or hlg"),
    Column("full_range", pa.bool_(), "whether codes run from 0 to 255 rather than from 16 to 235"),
    Column(
        "advice",
        pa.list_(_ADVICE),
        "what to work on, the most important first: code, text, share of the frames, when",
        _advice,
    ),
    Column("reasons", pa.list_(_REASON), "why a score is missing, by the score's name", _reasons),
    Column("notes", pa.list_(pa.string()), "notes on how the clip was read"),
    Column("error_code", pa.string(), "for scripts; null for a clip that was scored"),
    Column("error", pa.string(), "why the clip could not be scored; null for one that was"),
)

SCHEMA = pa.schema(
    [pa.field(column.name, column.type) for column in COLUMNS], metadata={"rigcoach.schema": SCHEMA_NAME}
)


def parquet_bytes(rows: Sequence[ClipRow]) -> bytes:
    """Return rows as a Parquet file: the same rows, in the same order, are the same bytes."""
    table = pa.table([column.cells(rows) for column in COLUMNS], schema=SCHEMA)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content
