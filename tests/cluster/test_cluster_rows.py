"""Rows of clips: what is in them, where clips are looked for, and how a folder of them goes on."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive_clips import archive_clips
from click.testing import CliRunner

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.cli.main import main
from rigcoach.cluster import dask_cluster
from rigcoach.cluster.archive_folder import ArchiveError, ArchiveFolder
from rigcoach.cluster.clip_addresses import AddressError, ClipAddress, clip_addresses, fetched
from rigcoach.cluster.clip_row import ClipRow
from rigcoach.cluster.clip_task import score_address
from rigcoach.cluster.dask_cluster import ClusterError, cluster_client
from rigcoach.cluster.manifest import MANIFEST, begin_or_resume, scored_here
from rigcoach.cluster.parquet_rows import COLUMNS, SCHEMA, SCHEMA_NAME, parquet_bytes
from rigcoach.measure.picture.framing import ANYWHERE
from rigcoach.video.clip import ClipError

BOX = SubjectChoice("box", box=(100.0, 60.0, 120.0, 120.0), fixed=True)
HOW = scored_here(BOX, RigOptics(), ANYWHERE)


@pytest.fixture(scope="module")
def make_clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], list[Path]]:
    """What makes so many small clips."""
    return partial(archive_clips, tmp_path_factory.mktemp("archive"))


def table_of(rows: list[ClipRow]) -> pa.Table:
    return pq.read_table(pa.BufferReader(parquet_bytes(rows)))


@pytest.mark.slow
def test_a_row_says_what_the_json_says(make_clips, tmp_path):
    (path,) = make_clips(1)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no clip")
    rows = [score_address(ClipAddress(str(each)), HOW) for each in (path, bad)]
    good, failed = table_of(rows).to_pylist()
    asked = ["score", str(path), str(bad), "--subject", "box:100,60,120,120", "--fixed", "--json"]
    told, told_bad = json.loads(CliRunner().invoke(main, asked).stdout)
    for name in ("focus", "framing", "steadiness", "exposure", "overall"):
        assert (None if good[name] is None else round(good[name], 1)) == told["score"][name]
    assert [good[name] for name in ("clip", "width", "height", "frame_count")] == [str(path), 320, 240, 4]
    assert (good["subject"], good["found_ratio"]) == ("box", told["subject"]["found_ratio"])
    assert [each["code"] for each in good["advice"]] == [each["code"] for each in told["advice"]]
    assert {each["score"]: each["reason"] for each in good["reasons"]} == told["reasons"]
    assert (good["error_code"], good["error"]) == (None, None)
    assert (failed["error_code"], failed["error"]) == (told_bad["error"]["code"], told_bad["error"]["text"])
    assert (failed["overall"], failed["advice"]) == (None, [])


def test_the_schema_is_that_of_rows_and_is_named_and_described():
    assert [column.name for column in COLUMNS] == [field.name for field in fields(ClipRow)]
    file = pq.ParquetFile(pa.BufferReader(parquet_bytes([ClipRow("a.mp4")])))
    assert file.schema_arrow.equals(SCHEMA)
    assert file.schema_arrow.metadata[b"rigcoach.schema"].decode() == SCHEMA_NAME
    page = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    described = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `")]
    assert [[cell.strip() for cell in row] for row in described] == [
        [f"`{column.name}`", f"`{column.type}`", column.told] for column in COLUMNS
    ]


def test_clips_are_found_in_folders_lists_and_behind_addresses(make_clips, tmp_path):
    paths = make_clips(3)
    packed = tmp_path / "tape.zip"
    with zipfile.ZipFile(packed, "w") as tape:
        for name in ("GX010042.MP4", "GX020042.MP4", "b.mp4", "b.gcsv", "notes.txt", ".hidden.mp4"):
            tape.write(paths[0], f"day/{name}")
    listed = tmp_path / "some.txt"
    listed.write_text(f"# two of them\n{paths[2]}\n\nzip://day/b.mp4::{packed}\n")
    assert clip_addresses([str(paths[0].parent)]) == [ClipAddress(str(path)) for path in paths]
    assert [each.address for each in clip_addresses([str(listed), str(paths[2])])] == [
        str(paths[2]),
        f"zip://day/b.mp4::{packed}",
    ]
    first, second = clip_addresses([f"zip://day::{packed}"])
    assert first == ClipAddress(f"zip://day/b.mp4::{packed}")
    assert second == ClipAddress(f"zip://day/GX010042.MP4::{packed}", (f"zip://day/GX020042.MP4::{packed}",))
    with fetched(first) as (path, chapters):
        assert path.read_bytes() == paths[0].read_bytes()
        assert sorted(each.name for each in path.parent.iterdir()) == ["b.gcsv", "b.mp4"]
        assert chapters == ()
    assert not path.exists()
    with pytest.raises(AddressError, match="cannot be read"):
        clip_addresses([str(tmp_path / "none.txt")])


def test_a_clip_behind_an_address_has_the_row_of_the_file(make_clips, tmp_path):
    (path,) = make_clips(1)
    packed = tmp_path / "tape.zip"
    with zipfile.ZipFile(packed, "w") as tape:
        tape.write(path, path.name)
    address = f"zip://{path.name}::{packed}"
    here, there = score_address(ClipAddress(str(path)), HOW), score_address(ClipAddress(address), HOW)
    assert (here.clip, there.clip) == (str(path), address)
    assert table_of([here]).drop(["clip"]).equals(table_of([there]).drop(["clip"]))
    missing = score_address(ClipAddress(f"zip://none.mp4::{packed}"), HOW)
    assert missing.error_code == "clip.missing"
    with pytest.raises(ClipError, match="cannot be read"), fetched(ClipAddress("nothing-like-it://a/b.mp4")):
        pass


@pytest.mark.parametrize("where", ["here", "memory"])
def test_a_folder_goes_on_with_what_is_not_there_yet(where, tmp_path):
    folder = ArchiveFolder(str(tmp_path / "out") if where == "here" else f"memory://{uuid4().hex}/out")
    clips = [ClipAddress(f"/a/{number}.mp4") for number in range(5)]
    first = begin_or_resume(folder, clips[:4], HOW, clips_per_file=3)
    assert [batch.clips for batch in first.left] == [tuple(clips[:3]), (clips[3],)]
    folder.write(first.left[0].file, parquet_bytes([]))
    again = begin_or_resume(folder, clips, HOW, clips_per_file=3)
    assert again.done == {first.batches[0].file}
    assert [batch.clips for batch in again.left] == [(clips[3],), (clips[4],)]
    assert len({batch.file for batch in again.batches}) == 3
    assert begin_or_resume(folder, clips, HOW) == again
    other = scored_here(SubjectChoice("target"), RigOptics(), ANYWHERE)
    with pytest.raises(ArchiveError, match="scored otherwise"):
        begin_or_resume(folder, clips, other)
    folder.write(MANIFEST, b'{"schema": "another"}\n')
    with pytest.raises(ArchiveError, match="cannot be read"):
        begin_or_resume(folder, clips, HOW)


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(ArchiveError, match="not empty"):
        begin_or_resume(ArchiveFolder(str(tmp_path)), [ClipAddress("/a.mp4")], HOW)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_what_does_not_go_together_is_told(tmp_path):
    for options in ([], ["--output", "out", "--csv"], ["--output", "out", "--sequence"]):
        assert CliRunner().invoke(main, ["score", str(tmp_path), "--cluster", "local", *options]).exit_code == 2
    asked = ["score", str(tmp_path), "--cluster", "local", "--output", str(tmp_path / "out")]
    assert "no clip" in CliRunner().invoke(main, asked).stderr


def test_a_cluster_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(dask_cluster, "_ANSWERS_WITHIN_S", 0.3)
    with (
        pytest.raises(ClusterError, match="no cluster answers at tcp"),
        cluster_client("tcp://127.0.0.1:9", 1),
    ):
        pass
