"""A body's listing: the widgets that libgphoto2 showed of a real body, as text, to be replayed.

The file is JSON: ``{"body": ..., "manufacturer": ..., "model": ..., "widgets": [{"path": "/main/imgsettings/iso",
"label": ..., "type": "RADIO", "readonly": false, "current": "Auto", "choices": ["Auto", "100"]}, ...]}``, as `rigcoach
camera show --json` prints one; widgets of type RANGE have `bottom`, `top` and `step`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigcoach.errors import RigcoachError


class ListingError(RigcoachError):
    """A listing that cannot be replayed."""

    code = "emulated.listing"


@dataclass(frozen=True, slots=True)
class ListedWidget:
    """One widget. `readonly` is None where the listing doesn't say; `span` is (bottom, top, step) of a RANGE."""

    path: str
    type: str
    current: str
    choices: tuple[str, ...]
    readonly: bool | None
    span: tuple[str, str, str] | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_raw(self) -> bool:
        """Whether it is a property by its number, ``/main/other/500f``."""
        return self.path.startswith("/main/other/")


@dataclass(frozen=True, slots=True)
class Listed:
    """What one real body listed."""

    body: str
    manufacturer: str
    model: str
    widgets: tuple[ListedWidget, ...]

    def current(self, name: str) -> str:
        """Return a widget's value, empty if there is no such widget."""
        return next((each.current for each in self.widgets if each.name == name), "")


def read_listed(path: Path) -> Listed:
    """Read a listing.

    Raises
    ------
    ListingError
        If the file cannot be read or is no listing.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Listed(
            body=str(document["body"]),
            manufacturer=str(document["manufacturer"]),
            model=str(document["model"]),
            widgets=tuple(_widget(each) for each in document["widgets"]),
        )
    except OSError as error:
        raise ListingError(f"{path} cannot be read", why=str(error.strerror or error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListingError(
            f"{path} is no listing of a body",
            why=f"{type(error).__name__}: {error}",
            next_step="Make one with `rigcoach camera show --json`",
        ) from error


def _widget(document: dict[str, Any]) -> ListedWidget:
    span = tuple(str(document[key]) for key in ("bottom", "top", "step")) if "bottom" in document else None
    readonly = document.get("readonly")
    return ListedWidget(
        path=str(document["path"]),
        type=str(document["type"]),
        current=str(document.get("current", "")),
        choices=tuple(str(each) for each in document.get("choices") or ()),
        readonly=None if readonly is None else bool(readonly),
        span=None if span is None or len(span) != 3 else span,
    )
