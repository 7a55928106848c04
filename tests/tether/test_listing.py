"""Listings of bodies: every layout that gphoto2 has printed, and what is said of what is none."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from printed_listing import as_printed

from rigcoach.listing.files import ListingError, parse_json, read_listing, to_json
from rigcoach.listing.model import Span, WidgetType
from rigcoach.listing.text import parse_text

MODERN = """Camera summary:
Manufacturer: Canon Inc.
/main/status/cameramodel
Label: Camera Model
Readonly: 1
Type: TEXT
Current: Canon EOS R1
END
/main/imgsettings/iso
Label: ISO Speed
Readonly: 0
Type: RADIO
Current: Auto
Choice: 0 Auto
Choice: 1 100
END
/main/actions/manualfocusdrive
Label: Drive
Readonly: 0
Type: RANGE
Current: 0
Bottom: -32767
Top: 32767
Step: 0,5
END
"""
OLD = "\n".join(line for line in MODERN.splitlines() if line != "END" and not line.startswith("Readonly"))
INDENTED = "\n".join("\t" + ("  " if not line.startswith("/") else "") + line for line in OLD.splitlines())
SPACED = OLD.replace("\n", "\n\n")


@pytest.mark.parametrize("text", [MODERN, OLD, INDENTED, SPACED, MODERN.replace("\n", "\r\n")])
def test_every_layout_reads_the_same(text: str) -> None:
    listing = parse_text(text, "r1")
    assert listing.model == "Canon EOS R1"
    assert [widget.name for widget in listing.widgets] == ["cameramodel", "iso", "manualfocusdrive"]
    iso, drive = listing.widget("iso"), listing.widget("manualfocusdrive")
    assert iso is not None
    assert drive is not None
    assert (iso.type, iso.current, iso.choices) == (WidgetType.RADIO, "Auto", ("Auto", "100"))
    assert iso.readonly is (False if "Readonly" in text else None)
    assert drive.span == Span(-32767, 32767, 0.5)


def each_line(before: str, text: str = MODERN) -> str:
    return "".join(f"{before.format(number)}{line}\n" for number, line in enumerate(text.splitlines(), 1))


@pytest.mark.parametrize(
    "text",
    [
        each_line("| "),
        each_line(">>> "),
        each_line("&gt; "),
        each_line("{:4d}  "),
        each_line("[2026-07-01 12:00:{:02d}] "),
        each_line("\xa0\xa0").replace(": ", ":\xa0"),
        MODERN.replace("Choice: 1", "0.002153 _ptp_getdata (2): ISO\nChoice: 1"),
        each_line("cam_1  | "),
        each_line("May 01 12:00:{:02d} pi gphoto2[123]: "),
        each_line("2026-07-01T12:00:{:02d}.123Z "),
        each_line("listing.txt:{}:"),
        each_line("+"),
        "".join(f"| {line} |\n" for line in MODERN.splitlines()),
        "".join(f'"{line}"\n' for line in MODERN.splitlines()),
        "".join(f"{line}<br>\n" for line in MODERN.splitlines()),
        "".join(f"\x1b[32m{line}\x1b[0m\n" for line in MODERN.splitlines()),
        f"<html><body><pre>{MODERN}</pre></body></html>",
        MODERN.replace("/main", "* /main"),
    ],
    ids=[
        *("table", "mail", "page", "numbered", "log", "copied from a page", "debugging", "container", "journal"),
        *("times", "grep", "patch", "table with an end", "quotes", "line breaks", "colours", "web page", "bullets"),
    ],
)
def test_what_stands_before_or_between_its_lines_is_not_of_the_listing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r1.txt"
    path.write_text(text)
    assert read_listing(path) == parse_text(MODERN, "r1")


@pytest.mark.parametrize("shape", ["> {}", "{}"])
def test_a_listing_as_json_within_a_report_is_read(tmp_path: Path, shape: str) -> None:
    listing = parse_text(MODERN, "r1")
    document = json.dumps(to_json(listing), indent=2)
    report = f"My camera:\n\n```json\n{document}\n```\nWhat now?"
    path = tmp_path / "report.md"
    path.write_text("".join(shape.format(line) + "\n" for line in report.splitlines()))
    assert read_listing(path) == listing


@pytest.mark.parametrize("packed", ["base64", "quoted-printable", "8bit"])
def test_a_listing_in_a_mail_is_read(tmp_path: Path, packed: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "photographer@example.org", "my camera"
    mail.set_content(MODERN.replace("Auto", "Autom\u00e1tico"), charset="utf-8", cte=packed)
    path = tmp_path / "r1.eml"
    path.write_bytes(bytes(mail))
    iso = read_listing(path).widget("iso")
    assert iso is not None
    assert iso.choices == ("Autom\u00e1tico", "100")


@pytest.mark.parametrize("kind", ["attached", "attached as bytes", "as a page"])
def test_a_listing_that_comes_with_a_mail_is_read(tmp_path: Path, kind: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "photographer@example.org", "my camera"
    if kind == "as a page":
        mail.set_content(f"<html><body><pre>{MODERN}</pre></body></html>", subtype="html")
    else:
        mail.set_content("See what is attached")
        types = ("text", "plain") if kind == "attached" else ("application", "octet-stream")
        mail.add_attachment(MODERN.encode(), *types, filename="r1.txt")
    path = tmp_path / "r1.eml"
    path.write_bytes(bytes(mail))
    assert read_listing(path).widgets == parse_text(MODERN, "r1").widgets


@pytest.mark.parametrize("layout", [MODERN, OLD])
@pytest.mark.parametrize("after", ["Type: RADIO", "Current: Auto", "Choice: 0 Auto"])
def test_warnings_between_the_lines_of_a_widget_cost_none_of_it(layout: str, after: str) -> None:
    warned = layout.replace(after, f"{after}\n*** Error ***\nAn error occurred in the io-library\n")
    assert warned != layout
    assert parse_text(warned, "r1") == parse_text(layout, "r1")


def test_a_listing_that_ends_among_its_choices_is_cut_off() -> None:
    with pytest.raises(ValueError, match="iso: the widget has no END; the listing is cut off"):
        parse_text(MODERN.split("Choice: 1 100")[0], "r1")


PATHS = "\n".join(line for line in MODERN.splitlines() if line.startswith("/main/"))


@pytest.mark.parametrize(
    "text",
    [
        f"$ gphoto2 --list-config\n{PATHS}\n\n$ gphoto2 --list-all-config\n{MODERN}",
        f"{MODERN}\n$ gphoto2 --list-config\n{PATHS}\n",
        "".join(f"> {line}\n" for line in MODERN.splitlines()),
        "".join(f">> {line}\n" for line in OLD.splitlines()),
    ],
)
def test_bare_paths_and_the_marks_of_quoting_are_not_of_the_listing(text: str) -> None:
    assert parse_text(text, "r1").widgets == parse_text(OLD if ">>" in text else MODERN, "r1").widgets


def test_a_listing_that_ends_after_a_path_is_cut_off() -> None:
    with pytest.raises(ValueError, match="whitebalance: the widget has no Type"):
        parse_text(f"{MODERN}/main/imgsettings/whitebalance\n", "r1")


@pytest.mark.parametrize(
    ("encoding", "current"),
    [
        ("utf-16", "Światło dzienne"),
        ("utf-16-le", "自动"),
        ("utf-16-be", "Ручной"),
        ("utf-8-sig", "Tự động"),
        ("cp1252", "Weißabgleich für Tageslicht"),
        ("cp1251", "Дневной свет"),
        ("cp1250", "Światło dzienne"),
    ],
)
def test_listings_are_read_in_the_encodings_that_windows_writes(tmp_path: Path, encoding: str, current: str) -> None:
    path = tmp_path / "listing.txt"
    path.write_bytes(MODERN.replace("Current: Auto", f"Current: {current}").encode(encoding))
    iso = read_listing(path).widget("iso")
    assert iso is not None
    assert iso.current == current


def test_other_output_after_the_last_widget_is_passed_over() -> None:
    assert len(parse_text(OLD + "\nWaiting for events...\nCamera is fine\n", "r1").widgets) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", "line 1: no widget"),
        (f"$ gphoto2 --list-config\n{PATHS}\n", "line 2: it names settings without their values, as --list-config"),
        ("", "line 1: no widget"),
        (MODERN.replace("Type: RADIO", "Type: SLIDER"), "line 9, /main/imgsettings/iso: 'SLIDER' is no type"),
        (MODERN.replace("Readonly: 1", "Readonly: maybe"), "line 5: Readonly is 0 or 1"),
        (MODERN.replace("Choice: 1 100", "Choice: 100 "), None),
        (MODERN.replace("Choice: 1 100", "Choice: one"), "line 15: Choice needs a number"),
        (MODERN.replace("Top: 32767", "Top: far"), "Top: 'far' is no number"),
        (MODERN.split("Type: RADIO")[0], "the widget has no Type; the listing is cut off"),
        (MODERN.replace("Label: ISO Speed", "*** something else ***"), None),
        (MODERN.replace("Current: Auto", "Current: Auto\nCurrent: 100"), "line 14: Current stands twice"),
    ],
)
def test_rubbish_is_told_by_line(text: str, said: str | None) -> None:
    if said is None:
        parse_text(text, "r1")
        return
    with pytest.raises(ValueError, match=r"^line") as caught:
        parse_text(text, "r1")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2"),
        ("[]", 'no list "widgets"'),
        ('{"widgets": []}', "empty"),
        ('{"widgets": [1]}', 'widget 1: it has no "path"'),
        ('{"widgets": [{"path": "/main/a/b", "type": "RADIO", "choices": [1]}]}', "widget 1 (/main/a/b)"),
        ('{"widgets": [{"path": "/main/a/b", "type": "NO"}]}', "no type of widget"),
        ('{"widgets": [{"path": "/main/a/b", "type": "RANGE", "top": "9"}]}', "bottom"),
        ('{"widgets": [{"path": "/main/a/b", "type": "TEXT", "readonly": 1}]}', "true or false"),
    ],
)
def test_json_that_is_no_listing_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ListingError) as caught:
        read_listing(path)
    assert said in caught.value.line()


def test_binary_rubbish_and_a_missing_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(256)))
    for name in ("x", "none"):
        with pytest.raises(ListingError):
            read_listing(tmp_path / name)


def test_all_real_listings_are_read_and_written_again_without_loss(shared: Path) -> None:
    for path in sorted((shared / "cameras").glob("*.json")):
        listing = read_listing(path)
        again = parse_json(json.dumps(to_json(listing)))
        assert again == listing
        assert listing.body == path.stem


def test_what_gphoto2_prints_of_a_real_body_reads_as_its_listing(shared: Path) -> None:
    for path in sorted((shared / "cameras").glob("*.json")):
        listing = read_listing(path)
        assert parse_text(as_printed(listing), listing.body).widgets == listing.widgets
