"""Listings in files: JSON as `rigcoach camera show --json` prints it, or what gphoto2 printed."""

import codecs
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.listing.mail import text_of_mail
from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType, listing_of, number, widget_type
from rigcoach.listing.text import parse_text

_MOST_BYTES = 8_000_000  # a listing with every raw property of a Nikon has 100 kB

# Those of the languages that libgphoto2 speaks: of Windows' editors, of its console, and of older systems.
_CODE_PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1256", "cp1258", "cp932", "gb18030"),
    *("cp850", "cp852", "cp866", "cp1125", "cp865"),
    *("iso8859-2", "iso8859-16", "iso8859-5", "koi8-r", "koi8-u", "euc-jp"),
)
# A line of a listing as it is printed; in JSON a quote stands before a path.
_PRINTED = re.compile(r"(?:^|\s)/main/\S+\s*$", re.MULTILINE)
_QUOTED = re.compile(r"^(?:\s*[>|])+ ?", re.MULTILINE)
_WORDS = re.compile(r"(?:Choice ?: \d+|Current ?:) (.*)")


class ListingError(RigcoachError):
    """A file that is no listing of a body."""

    code = "listing.invalid"


def read_listing(path: Path, is_known: Callable[[str], bool] | None = None) -> BodyListing:
    """Read a listing: JSON as `rigcoach camera show --json` prints it, or what ``gphoto2 --list-all-config`` printed.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16, UTF-32, or a code page; or a mail.
    is_known
        Whether a word is one that bodies use, by which code pages are told apart; by letters alone without it.

    Raises
    ------
    ListingError
        Where the file is neither, with the line that shows it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise _unfit(path, f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    except OSError as error:
        raise ListingError(
            f"{path} cannot be read", why=error.strerror or str(error), next_step="Check the path"
        ) from error
    text = text_of_mail(content) or _text(content, is_known)
    if text is None:
        raise _unfit(path, "it is not text")
    try:
        is_json = text.lstrip().startswith(("{", "[")) and not _PRINTED.search(text)
        if not is_json and (document := _json_within(text)) is not None:
            return listing_from_json(document)
        return parse_json(text) if is_json else parse_text(text, path.stem)
    except ValueError as error:
        raise _unfit(path, str(error)) from error


def _text(content: bytes, is_known: Callable[[str], bool] | None) -> str | None:
    """Return what a file says, in the encoding that it most likely has; None where it is no text.

    Windows' own editor and shell write UTF-16, and older ones the code page of their language.
    """
    for encoding in _unicode_encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if 0 in content:
        return None
    if is_known is not None and (text := _with_most_known_words(content, is_known)) is not None:
        return text
    from charset_normalizer import from_bytes

    likely = from_bytes(content, cp_isolation=list(_CODE_PAGES)).best()
    # What stands beside the letters can be read in any case.
    return content.decode("latin-1") if likely is None else str(likely)


def _with_most_known_words(content: bytes, is_known: Callable[[str], bool]) -> str | None:
    """Return what a file says in the code page in which most words with letters of its own are known; None of none."""
    best, most = None, 0
    for code_page in _CODE_PAGES:
        try:
            text = unicodedata.normalize("NFC", content.decode(code_page))
        except UnicodeDecodeError:
            continue
        words = {word.strip() for word in _WORDS.findall(text) if not word.isascii()}
        known = sum(map(is_known, words))
        if known > most:
            best, most = text, known
    return best


def _unicode_encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ("utf-32",)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # A listing is mostly ASCII: without a mark, where its zeros stand tells which half comes first.
    head = content[:4000]
    if head[1::2].count(0) > len(head) // 3:
        return ("utf-16-le",)
    if head[0::2].count(0) > len(head) // 3:
        return ("utf-16-be",)
    return ("utf-8-sig",)


def _json_within(text: str) -> Any:
    """Return the listing that stands as JSON within other text, such as a report, or quoted; None if there is none."""
    if '"widgets"' not in text:
        return None
    plain = _QUOTED.sub("", text)
    for start in re.finditer(r"^\s*\{", plain, re.MULTILINE):
        try:
            document, _ = json.JSONDecoder().raw_decode(plain, start.end() - 1)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(document, dict) and isinstance(document.get("widgets"), list):
            return document
    return None


def _unfit(path: Path, why: str) -> ListingError:
    return ListingError(
        f"{path} is no listing of a body",
        why=why,
        next_step="Give what `rigcoach camera show --json` or `gphoto2 --list-all-config` printed",
    )


def parse_json(text: str) -> BodyListing:
    """Read a listing from JSON.

    Raises
    ------
    ValueError
        Saying where the text is no listing.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return listing_from_json(document)


def listing_from_json(document: Any) -> BodyListing:
    """Read a listing from a JSON document.

    Raises
    ------
    ValueError
        Saying where it is no listing.
    """
    if not isinstance(document, dict) or not isinstance(document.get("widgets"), list):
        raise ValueError('there is no list "widgets" in it')
    if not document["widgets"]:
        raise ValueError('its list "widgets" is empty')
    widgets = [_widget(entry, f"widget {number}") for number, entry in enumerate(document["widgets"], 1)]
    listing = listing_of(str(document.get("body") or ""), widgets)
    maker, model = document.get("manufacturer") or listing.manufacturer, document.get("model") or listing.model
    return BodyListing(listing.body or str(model), str(maker), str(model), listing.widgets)


def _widget(entry: Any, where: str) -> Widget:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"].startswith("/"):
        raise ValueError(f'{where}: it has no "path" such as /main/imgsettings/iso')
    where = f"{where} ({entry['path'].encode('ascii', 'backslashreplace').decode('ascii')})"
    choices = entry.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise ValueError(f'{where}: "choices" is to be a list of texts')
    readonly = entry.get("readonly")
    if readonly is not None and not isinstance(readonly, bool):
        raise ValueError(f'{where}: "readonly" is to be true or false')
    span = None
    if entry.get("type") == WidgetType.RANGE and not entry.keys().isdisjoint(("bottom", "top", "step")):
        span = Span(*(number(entry.get(key), f"{where}: {key}") for key in ("bottom", "top", "step")))
    return Widget(
        entry["path"],
        str(entry.get("label", "")),
        widget_type(entry.get("type"), where),
        str(entry.get("current") or ""),
        tuple(choices),
        readonly,
        span,
    )


def to_json(listing: BodyListing) -> dict[str, Any]:
    """Return a listing as the JSON document that `parse_json` reads."""
    return {
        "body": listing.body,
        "manufacturer": listing.manufacturer,
        "model": listing.model,
        "widgets": [_entry(widget) for widget in listing.widgets],
    }


def _entry(widget: Widget) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": widget.path, "label": widget.label, "type": str(widget.type)}
    if widget.readonly is not None:
        entry["readonly"] = widget.readonly
    entry["current"] = widget.current
    entry["choices"] = list(widget.choices)
    if widget.span is not None:
        entry.update(bottom=f"{widget.span.bottom:g}", top=f"{widget.span.top:g}", step=f"{widget.span.step:g}")
    return entry
