"""Whatever a file holds that is given as a listing, reading it gives a listing or a ListingError."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rigcoach.listing.files import ListingError, read_listing
from rigcoach.rig.profile import load_profile
from rigcoach.tether.settings import vocabulary
from rigcoach.tether.settings.resolve import resolve

LISTING = """$ gphoto2 --list-all-config
/main/status/cameramodel
Label: Camera Model
Readonly: 1
Type: TEXT
Current: Canon EOS 5D Mark II
END
/main/imgsettings/iso
Label: ISO-værdi
Readonly: 0
Type: RADIO
Current: 800
Choice: 0 Auto
Choice: 1 400
Choice: 2 800
END
/main/imgsettings/whitebalance
Label: Hvidbalance
Type: RADIO
Current: Overskyet
Choice: 0 Dagslys
Choice: 1 Overskyet
END
/main/actions/focus
Label: Focus
Type: RANGE
Current: 0,5
Bottom: 0
Top: 1
Step: 0,1
END
"""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PROFILE = load_profile("hip-video")


def read(path: Path) -> None:
    said = ""
    try:
        for resolved in resolve(PROFILE, read_listing(path, vocabulary.is_known)):
            assert resolved.status
    except ListingError as error:
        said = error.line()
    assert said.isprintable()


# All letters that UTF-8 has; named so they are there at once, told by the encoding they take a second to look for.
LETTERS = st.characters(exclude_categories=["Cs"])


@SETTINGS
@given(st.one_of(st.binary(max_size=400), st.text(LETTERS, max_size=200).map(str.encode)))
def test_any_bytes(tmp_path, content):
    (tmp_path / "any.txt").write_bytes(content)
    read(tmp_path / "any.txt")


@SETTINGS
@given(
    st.sampled_from(ENCODINGS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 8)), max_size=3),
    st.booleans(),
)
def test_a_listing_with_changed_bytes(tmp_path, encoding, changes, quoted):
    text = "".join(f"> {line}\n" for line in LISTING.splitlines()) if quoted else LISTING
    data = bytearray(text.encode(encoding))
    for share, written, taken in changes:
        at = int(share * len(data))
        data[at : at + taken] = written
    (tmp_path / "changed.txt").write_bytes(data)
    read(tmp_path / "changed.txt")


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_same_listing_in_every_encoding(tmp_path, encoding, quoted):
    text = "".join(f"> {line}\r\n" for line in LISTING.splitlines()) if quoted else LISTING
    (tmp_path / "listing.txt").write_bytes(text.encode(encoding))
    listing = read_listing(tmp_path / "listing.txt", vocabulary.is_known)
    assert [widget.name for widget in listing.widgets] == ["cameramodel", "iso", "whitebalance", "focus"]
    assert listing.widgets[2].choices == ("Dagslys", "Overskyet")
    # In this listing no choice has a letter that would tell the code page.
    assert listing.widgets[1].label == "ISO-værdi" or encoding == "cp1252"


# How libgphoto2 translates auto, daylight, shade and manual, in the code pages of Windows, its console, older systems.
LANGUAGES = {
    "French": (("Automatique", "Lumière naturelle", "Ombre"), "Manuel", ("cp1252", "cp850")),
    "Polish": (("Automatyczny", "Światło dzienne", "Cień"), "Ręczny", ("cp1250", "cp852", "iso8859-2")),
    "Czech": (("Automatické", "Denní světlo", "Ve stínu"), "Ruční", ("cp1250", "cp852")),
    "Russian": (("Авто", "Дневной свет", "Тень"), "Ручной", ("cp1251", "cp866", "koi8-r", "iso8859-5")),
    "Ukrainian": (("Автоматично", "Денне світло", "Тінь"), "Ручний", ("cp1251", "cp1125", "koi8-u")),
    "Arabic": (("آلي", "ضوء النهار", "ظل"), "يدوي", ("cp1256",)),
    "Vietnamese": (("Tự động", "Ánh sáng ban ngày", "Bóng"), "Bằng tay", ("cp1258",)),
    "Japanese": (("自動", "晴天", "シェード"), "取り扱い説明書", ("cp932", "euc-jp")),
    "Chinese": (("自动", "日光", "阴影"), "手动", ("cp936", "gb18030")),
}
CASES = [(language, code_page) for language, (*_, code_pages) in LANGUAGES.items() for code_page in code_pages]
BODY = """/main/imgsettings/whitebalance
Label: {label}
Type: RADIO
Current: {balance[0]}
Choice: 0 {balance[0]}
Choice: 1 {balance[1]}
Choice: 2 {balance[2]}
END
/main/capturesettings/autoexposuremode
Label: {label}
Type: RADIO
Current: {manual}
Choice: 0 P
Choice: 1 {manual}
END
"""


def windows(text: str, code_page: str) -> bytes:
    """Encode text; where Vietnamese letters carry two accents, Windows writes the tone behind the letter."""
    parts = []
    for letter in text:
        apart = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in apart[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        parts.append(letter if code_page != "cp1258" else base + tones)
    return "".join(parts).encode(code_page)


@pytest.mark.parametrize(("language", "code_page"), CASES)
def test_the_words_of_a_listing_tell_its_code_page(tmp_path, language, code_page):
    balance, manual, _ = LANGUAGES[language]
    text = BODY.format(label="x", balance=balance, manual=manual)
    (tmp_path / "listing.txt").write_bytes(windows(text, code_page))
    listing = read_listing(tmp_path / "listing.txt", vocabulary.is_known)
    assert listing.widgets[0].choices == balance
    statuses = {resolved.setting: resolved.status for resolved in resolve(PROFILE, listing)}
    assert (statuses["white_balance"], statuses["exposure_mode"]) == ("exact", "exact")


def test_words_of_a_language_that_is_not_known_are_never_unsupported(tmp_path):
    text = BODY.format(label="Valgusbalanss", balance=("Automaatne", "Päevavalgus", "Vari"), manual="Käsitsi")
    (tmp_path / "listing.txt").write_text(text, encoding="utf-8")
    listing = read_listing(tmp_path / "listing.txt", vocabulary.is_known)
    found = {resolved.setting: resolved for resolved in resolve(PROFILE, listing)}
    for setting in ("white_balance", "exposure_mode"):
        assert found[setting].status == "unknown"
        assert "the words of this listing are not known" in found[setting].reason
