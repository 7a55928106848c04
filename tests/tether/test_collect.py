"""Which files of a card go where."""

from pathlib import Path

import pytest

from rigcoach.base.errors import RigcoachError
from rigcoach.tether.card_selection import choose, in_folder
from rigcoach.tether.events import CardFile

FIRST = CardFile("/store_00010001/DCIM/100EOS5D", "MVI_0001.MOV", 10)
STILL = CardFile("/store_00010001/DCIM/100EOS5D", "IMG_0002.JPG", 4)
AGAIN = CardFile("/store_00010001/DCIM/101EOS5D", "MVI_0001.MOV", 20)


def test_files_are_chosen_by_name_or_path_once_each() -> None:
    assert choose((FIRST, STILL), ()) == (FIRST, STILL)
    assert choose((FIRST, STILL), ("IMG_0002.JPG", STILL.path)) == (STILL,)
    assert choose((FIRST, AGAIN), (AGAIN.path,)) == (AGAIN,)


def test_a_name_that_is_not_there_or_there_twice_is_told() -> None:
    with pytest.raises(RigcoachError, match=r"the last ones on it are MVI_0001\.MOV, IMG_0002\.JPG"):
        choose((FIRST, STILL), ("MVI_0009.MOV",))
    with pytest.raises(RigcoachError, match=r"more than once: .*100EOS5D.*101EOS5D"):
        choose((FIRST, AGAIN), ("MVI_0001.MOV",))


def test_files_of_the_same_name_keep_apart(tmp_path: Path) -> None:
    names = [wanted.to.name for wanted in in_folder((FIRST, STILL, AGAIN), tmp_path)]
    assert names == ["100EOS5D-MVI_0001.MOV", "IMG_0002.JPG", "101EOS5D-MVI_0001.MOV"]


def test_what_is_there_already_is_known_by_name_and_size(tmp_path: Path) -> None:
    (tmp_path / "MVI_0001.MOV").write_bytes(b"0" * 10)
    (tmp_path / "IMG_0002.JPG").write_bytes(b"other")
    assert [wanted.is_there for wanted in in_folder((FIRST, STILL), tmp_path)] == [True, False]


def test_no_name_on_a_card_leads_out_of_the_folder(tmp_path: Path) -> None:
    (wanted,) = in_folder((CardFile("/a", "../../x.mov", 1),), tmp_path)
    assert wanted.to == tmp_path / "x.mov"
