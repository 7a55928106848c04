"""TOML files that people write: read them, and say in their words and by line what is wrong."""

import json
import re
import stat
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, get_args

from rigcoach.base.errors import RigcoachError
from rigcoach.base.suggest import did_you_mean

if TYPE_CHECKING:  # it takes a while to import, and most files are right
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails, PydanticCustomError

KeyPath = tuple[str | int, ...]
Model = TypeVar("Model", bound="BaseModel")

MOST_BYTES = 65_536  # a profile with everything in it has a tenth of that


class FileError(RigcoachError):
    """A file that a person wrote and that cannot be used as it stands."""

    code = "file.invalid"


def load(path: Path, model: type[Model]) -> Model:
    """Read a TOML file into a pydantic model. An error of the type ``rigcoach`` is told in its own words.

    Raises
    ------
    FileError
        With every error of the file, each with its line.
    """
    text = read_text(path)
    data = parse(text, path)
    wrong = problems_in(data, model)
    if wrong:
        lines = KeyLines(text)
        problems = sorted(((lines.of(where), problem) for where, problem in wrong), key=_place)
        told = "; ".join(f"line {line}: {problem}" if line else problem for line, problem in problems)
        them = "it" if len(problems) == 1 else "them"
        raise FileError(f"{path} cannot be used", why=told, next_step=f"Correct {them} and try again")
    return model.model_validate(data)


def parse(text: str, path: Path) -> dict[str, Any]:
    """Return the data in a TOML text, or say where it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = _syntax(str(error)) if isinstance(error, ValueError) else "it is nested too deep"
        raise FileError(
            f"{path} is not valid TOML", why=why, next_step="Correct that line", code="file.syntax"
        ) from error


def problems_in(data: dict[str, Any], model: "type[BaseModel]") -> list[tuple[KeyPath, str]]:
    """Return what is wrong with data for a model: where, and in words. Empty where it is right."""
    from pydantic import ValidationError

    try:
        model.model_validate(data)
    except ValidationError as error:
        return [(detail["loc"], _explain(detail, model)) for detail in error.errors()]
    return []


def _place(problem: tuple[int | None, str]) -> int:
    return problem[0] or 0


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, or say why it cannot be read."""
    try:
        # Before it is opened: a pipe that nobody writes to would be waited for.
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError(f"{path} is not a file", why="folders, pipes and devices cannot be read")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise FileError(
                f"{path} is too large",
                why=f"more than {MOST_BYTES // 1024} kB",
                next_step="Check that it is the right file",
                code="file.too-large",
            )
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileError(
            f"{path} does not exist", next_step="Check the spelling of the path", code="file.missing"
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not a text file", why="it is not UTF-8", next_step="Save it as UTF-8 text", code="file.encoding"
        ) from error
    except OSError as error:
        raise FileError(f"{path} cannot be read", why=error.strerror or str(error), code="file.unreadable") from error


class KeyLines:
    """Where the keys of a TOML text stand. The text must be valid TOML: this only finds, it does not check."""

    _HEADER = re.compile(r"\s*(?P<bracket>\[\[?)\s*(?P<path>[^\]]+?)\s*\]")
    _KEY = re.compile(r"""\s*(?P<path>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
    _PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        table: KeyPath = ()
        rows: Counter[KeyPath] = Counter()
        open_quotes = ""
        for number, line in enumerate(text.splitlines(), 1):
            if open_quotes:
                if open_quotes in line:
                    open_quotes = ""
                continue
            if header := self._HEADER.match(line):
                table = self._parts(header["path"])
                if header["bracket"] == "[[":
                    rows[table] += 1
                    table = (*table, rows[table] - 1)
                self._lines.setdefault(table, number)
            elif key := self._KEY.match(line):
                self._lines.setdefault(table + self._parts(key["path"]), number)
                rest = line[key.end() :].lstrip()
                if rest[:3] in ('"""', "'''") and rest.count(rest[:3]) == 1:
                    open_quotes = rest[:3]

    def of(self, path: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest table or key around it; None where neither stands there."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def _parts(self, path: str) -> KeyPath:
        return tuple(part.strip("\"'") for part in self._PART.findall(path))


def _syntax(message: str) -> str:
    """Put the place first: ``line 3, column 7: Expected '=' after a key in a key/value pair``."""
    match = re.fullmatch(r"(?P<what>.*) \(at (?P<where>line \d+, column \d+|end of document)\)", message, re.DOTALL)
    return f"{match['where']}: {match['what']}" if match else message


def _explain(detail: "ErrorDetails", model: "type[BaseModel]") -> str:
    key = ".".join(str(part) for part in detail["loc"])
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "extra_forbidden":
            known = _keys_beside(detail["loc"], model)
            return f"`{name}` is not known here; {did_you_mean(name, known) or 'known are ' + ', '.join(known)}"
        case "missing":
            return f"`{key}` is missing"
        case "string_type":
            return f"{name}: text in quotes expected, not {toml_text(detail['input'])}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{key}` must be a table: write [{key}] on a line of its own"
        case "rigcoach":
            return f"{name}: {detail['msg']}" if name else detail["msg"]
    return f"{name}: {detail['msg'][:1].lower()}{detail['msg'][1:]}, not {toml_text(detail['input'])}"


def _keys_beside(path: KeyPath, model: "type[BaseModel]") -> list[str]:
    """Return the keys that the table around `path` may hold."""
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = next(filter(_is_model, (field.annotation, *get_args(field.annotation))), model)
    return list(model.model_fields)


def _is_model(kind: Any) -> "TypeGuard[type[BaseModel]]":
    from pydantic import BaseModel

    return isinstance(kind, type) and issubclass(kind, BaseModel)


def in_our_words(problem: str) -> "PydanticCustomError":
    """Return an error for a validator to raise, which `load` tells as it stands."""
    from pydantic_core import PydanticCustomError

    # The text goes in as context: pydantic would read braces in it as a template.
    return PydanticCustomError("rigcoach", "{text}", {"text": problem})


def toml_string(text: str) -> str:
    r"""Return a text as a TOML basic string: JSON's escapes are among TOML's, which also wants DEL escaped.

    >>> print(toml_string('a "b"'))
    "a \"b\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def toml_text(value: Any) -> str:
    """Return a value as a photographer sees it in the file, for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)
