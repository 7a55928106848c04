"""Documents are made in the rooms whose things they show; commands print them."""

import ast
from pathlib import Path

import rigcoach

ROOMS = Path(rigcoach.__file__).parent


def schemas(path: Path) -> list[str]:
    """The schemas of the documents that a module makes."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "schema":
                    found.append(str(value.value) if isinstance(value, ast.Constant) else ast.unparse(value))
    return found


def test_no_command_makes_a_document() -> None:
    assert {path.name: made for path in (ROOMS / "cli").glob("*.py") if (made := schemas(path))} == {}


def test_each_document_is_made_in_one_room() -> None:
    made = {path.parent.name: set(schemas(path)) for path in ROOMS.glob("*/documents.py")}
    assert {"rigcoach.focus-zone/1"} <= made["lens"]
    rooms = list(made)
    for i, room in enumerate(rooms):
        for other in rooms[i + 1 :]:
            assert not made[room] & made[other], (room, other)
