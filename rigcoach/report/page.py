"""Pages that stand alone: one HTML file with its styles, scripts and pictures inside, and no links to anything else.

A content security policy forbids the page every request, and every script but the ones it carries, which are named by
their SHA-256. Whatever a clip or a folder is called reaches the page escaped.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from rigcoach import __version__
from rigcoach.base.outputs import REPORT, Kind, write_output
from rigcoach.base.percent import percent
from rigcoach.base.preferences import preferences
from rigcoach.base.shown_text import printable
from rigcoach.report.catalogue import Words
from rigcoach.report.chart import Chart


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What is around a page: the language of its own words, and the address that it leads back to, where it is served.

    Without a language it is the one that is configured.
    """

    language: str = ""
    back: str = ""

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.language or preferences().language)


ALONE = PageFrame()
"""Of a page that stands alone."""


def render(
    template: str,
    charts: tuple[Chart, ...],
    *,
    shared: bool = False,
    plays: bool = False,
    frame: PageFrame = ALONE,
    **context: Any,
) -> str:
    """Return a page.

    Parameters
    ----------
    template
        Its file in `rigcoach/report/templates`.
    charts
        The charts that the page draws, in their order.
    shared
        Whether it was made to be shared; it says so.
    plays
        Whether it plays a clip beside it; its policy then lets it ask for that.
    frame
        Its language, and where it leads back to.
    context
        What else the template names.
    """
    scripts = (_asset("vendor/uPlot.iife.min.js"), _asset("assets/report.js") + _asset("assets/player.js"))
    words = frame.words
    return (
        _environment(words.language)
        .get_template(template)
        .render(
            charts=charts,
            chart_data=_chart_data(charts, words),
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
            script_hashes=[_sha256(script) for script in scripts],
            styles=Markup(_asset("vendor/uPlot.min.css") + _asset("assets/report.css")),  # noqa: S704 - our own files
            version=__version__,
            shared=shared,
            plays=plays,
            back=frame.back,
            **context,
        )
    )


def write(path: Path, text: str, kind: Kind = REPORT, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Write a page or another text, whole or not at all. What of a name is no text is replaced.

    Raises
    ------
    rigcoach.base.outputs.OutputError
        Where it would take the place of what it is made from (`inputs`), or of a file that rigcoach did not write and
        `force` is not set; or where it cannot be written.
    """
    shown = printable(text) if kind is REPORT else text
    write_output(path, shown.encode(errors="replace"), kind, inputs=inputs, force=force)


def sentence(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("rigcoach.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["told"] = Words(language).told
    environment.filters["sentence"] = sentence
    environment.filters["percent"] = percent
    environment.globals["t"] = Words(language)  # for what is imported, too
    environment.filters["seconds"] = lambda t_s: f"{t_s:.1f} s"
    return environment


@cache
def _asset(name: str) -> str:
    return files("rigcoach.report").joinpath(name).read_text(encoding="utf-8")


def _sha256(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _chart_data(charts: tuple[Chart, ...], words: Words) -> Markup:
    """Return what the script draws, as JSON that cannot end the element it stands in."""
    drawn = [
        {key: value for key, value in asdict(chart).items() if key not in ("rows", "alt_text")} for chart in charts
    ]
    for chart in drawn:
        chart["title"] = words.told(chart["title"])
        chart["axis_label"] = words.told("time" if chart["axis"] == "s" else chart["axis"])
        chart["marks_label"] = words.told(chart["marks_label"])
        for key in ("lines", "bands"):
            chart[key] = [each | {"label": words.told(each["label"])} for each in chart[key]]
    text = json.dumps(drawn, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
