"""Profiles from somebody else: read as data, bounded, and never further than the schema would let them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig.profile_errors import error_of

from rigcoach.base.toml_file import MOST_BYTES, problems_in
from rigcoach.rig import profile_text
from rigcoach.rig.profile import _quickly, load_profile, profile_of, read_profile
from rigcoach.rig.profile_schema import ProfileFile
from rigcoach.rig.profile_text import ProfileKeptError
from rigcoach.rig.setting_checks import CHECKS

ANYTHING = st.one_of(
    st.booleans(),
    st.integers(-5, 20_000),
    st.floats(allow_nan=True, allow_infinity=True, width=16),
    st.sampled_from(
        ["manual", "auto", "kelvin", "daylight", "1/50", "0.5", "off", "never", "neutral", "single", "x\x1b[2J"]
    ),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x\\u001b[2Jy"\n[settings]\niso = 400\n', "line 1: name: it holds control characters"),
        ('description = "\\u0007"\n[settings]\niso = 400\n', "line 1: description: it holds control characters"),
        ('[settings]\npicture_style = "a\\u009bb"\n', "line 2: picture_style: it holds control characters"),
        ('[settings]\niso = 400\n[raw]\n"a\\u001b" = "1"\n', "control characters"),
        ('[settings]\niso = 400\n[raw]\na = "' + "x" * 2000 + '"\n', "line 4: a: it has 2000 characters"),
        ("x = " + "[" * 30_000, "nested too deep"),
        ("#" * (MOST_BYTES + 1), "too large"),
    ],
)
def test_what_could_harm_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "theirs.toml"
    path.write_text(text)
    assert said in error_of(path)


def test_a_device_or_a_folder_is_no_profile(tmp_path: Path) -> None:
    assert "not a file" in error_of(Path("/dev/zero"))
    (tmp_path / "folder.toml").mkdir()
    assert error_of(tmp_path / "folder.toml")


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a file" in error_of(tmp_path / "pipe.toml")


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "a b", "x.toml", "camera", "a" * 65, "ü"])
def test_a_profile_is_kept_only_in_its_own_folder(home: Path, name: str) -> None:
    profile = load_profile("hip-video")
    with pytest.raises(ProfileKeptError):
        profile_text.keep(type(profile)(name, "", profile.rig, profile.settings, (), profile.path))
    assert not list(home.parent.rglob("*.toml"))


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.dictionaries(st.sampled_from([*CHECKS, "shuter"]), ANYTHING, max_size=4))
def test_the_quick_way_takes_what_the_schema_takes_and_nothing_else(tmp_path: Path, table: dict[str, Any]) -> None:
    path = tmp_path / "any.toml"
    path.write_text("[settings]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in table.items()))
    if problems_in({"settings": table}, ProfileFile):
        assert error_of(path)
    else:
        assert read_profile(path) == profile_of(ProfileFile.model_validate({"settings": table}), path)


RIG_IDS = ["canon-eos-5d-mark-ii", "nikon-d750", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef", "any-28mm", "nothing"]
TEXTS = st.sampled_from(["", " ", "hip", "ä – ö", "a\nb", "x\x1b[2J", "y" * 201, "z" * 1001])
TABLES = {
    "rig": st.dictionaries(
        st.sampled_from(["body", "lens", "adapter", "flash"]), st.one_of(st.sampled_from(RIG_IDS), ANYTHING), max_size=3
    ),
    "settings": st.dictionaries(st.sampled_from([*CHECKS, "shuter"]), ANYTHING, max_size=2),
    "raw": st.dictionaries(TEXTS, st.one_of(TEXTS, ANYTHING), max_size=2),
}
KEYS = {"name": TEXTS, "description": TEXTS, "nam": TEXTS} | {
    table: st.one_of(contents, ANYTHING) for table, contents in TABLES.items()
}


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    document=st.one_of(
        st.fixed_dictionaries({}, optional=KEYS),
        # Right in the main, so that most of it gets as far as being read.
        st.fixed_dictionaries(
            {"settings": st.just({"iso": 400})}, optional={"rig": TABLES["rig"], "raw": TABLES["raw"], "name": TEXTS}
        ),
        st.fixed_dictionaries({"raw": st.just({"iso": "400"})}, optional={"rig": TABLES["rig"], "name": TEXTS}),
    )
)
def test_a_whole_file_is_taken_or_refused_alike_the_quick_way_and_by_the_schema(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    path = tmp_path / "any.toml"
    keys = [f"{key} = {toml(value)}\n" for key, value in document.items() if not isinstance(value, dict)]
    for key, table in document.items():
        if isinstance(table, dict):
            keys += [f"[{key}]\n", *(f"{toml(name)} = {toml(value)}\n" for name, value in table.items())]
    path.write_text("".join(keys))
    if problems_in(document, ProfileFile):
        assert error_of(path)
        assert _quickly(document, path) is None
    else:
        by_schema = profile_of(ProfileFile.model_validate(document), path)
        assert read_profile(path) == by_schema
        assert _quickly(document, path) in (None, by_schema)


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
