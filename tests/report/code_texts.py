"""The texts that stand in the code, as they are with a number or a name put in wherever something is."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "rigcoach"
FILLED = "7"
"""What stands for every value."""


def texts_in(path: Path) -> Iterator[str]:
    """Every text of a module but its docstrings, with both ends of what is said one way or the other."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) not in alone | within and isinstance(node, ast.Constant | ast.JoinedStr):
            yield from (re.sub(r"\{\w+\}", FILLED, text) for text in _ends(node))


def _ends(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _ends(node.body) + _ends(node.orelse)
    if isinstance(node, ast.JoinedStr):
        parts = [_ends(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
        return ["".join(each) for each in product(*parts)]
    return [FILLED]


def all_texts() -> set[str]:
    """Every text of the package: of its modules, and what its drills and profiles are for."""
    found = {text for path in PACKAGE.rglob("*.py") for text in texts_in(path)}
    for path in PACKAGE.parent.glob("*/*.toml"):
        found |= {each for each in [tomllib.loads(path.read_text(encoding="utf-8")).get("description")] if each}
    return found


def texts_told_by(path: Path) -> Iterator[str]:
    """Every text that a module says, writes, checks, finds or fails with, where it stands in the call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _NAME.search(ast.unparse(node.func)):
            for given in (*node.args, *(each.value for each in node.keywords if each.arg != "code")):
                yield from (text for text in _ends(given) if re.search(r"[a-z]{3,}.* ", text))


_NAME = re.compile(r"(?:^|\.)(?:say|line|step|Check|Finding|\w+Error)$")
