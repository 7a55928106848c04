"""Print how the house is laid out: rooms, loose modules, floors, circles, and the rooms that a scored clip enters.

    python bench/house.py                 # this tree
    python bench/house.py --tree OTHER    # another checkout

A room is a package or a module directly in `rigcoach`. Room A stands above room B where a module of A imports one of B,
also inside a function. The floors are the longest chain of such steps; rooms that import each other in a circle are
taken together, and counted. The rooms that a clip enters are those whose modules `rigcoach score` has loaded when it is
done, for the clip of a rendered card.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import grimp

_SCORED = """
import json, sys
from click.testing import CliRunner
from rigcoach.cli.main import main
result = CliRunner().invoke(main, ["score", sys.argv[1]])
assert result.exit_code == 0, result.output
print(json.dumps(sorted({name.split(".")[1] for name in sys.modules if name.startswith("rigcoach.")})))
"""


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, default=Path(__file__).parents[1], help="the checkout to look at")
    tree = parser.parse_args().tree.resolve()
    sys.path.insert(0, str(tree))
    graph = grimp.build_graph("rigcoach", cache_dir=None)
    imports: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if room(module) and room(imported) and room(module) != room(imported):
                imports[room(module)].add(room(imported))
    rooms = {room(module) for module in graph.modules} - {""}
    loose = [each for each in rooms if (tree / "rigcoach" / f"{each}.py").is_file()]
    groups = strongly_connected(rooms, imports)
    circles = [group for group in groups if len(group) > 1]
    print(f"modules {len(graph.modules)}, rooms {len(rooms)}, of them loose modules {len(loose)}")
    print(f"floors {floors(groups, imports)}, circles {len(circles)}")
    for circle in circles:
        print(f"  {', '.join(sorted(circle))}")
    entered = rooms_of_a_scored_clip(tree)
    print(f"a scored clip enters {len(entered)}: {', '.join(entered)}")


def room(module: str) -> str:
    """Return the room that a module is in; empty for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def strongly_connected(rooms: set[str], imports: dict[str, set[str]]) -> list[frozenset[str]]:
    """Return the rooms in groups: those that reach each other are in one."""
    reach = {each: reached(each, imports) for each in rooms}
    return list({frozenset({each} | {other for other in reach[each] if each in reach[other]}) for each in rooms})


def reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    """Return all rooms that a room imports, directly or by others."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for each in imports[waiting.pop()] - seen:
            seen.add(each)
            waiting.append(each)
    return seen


def floors(groups: list[frozenset[str]], imports: dict[str, set[str]]) -> int:
    """Return how many groups stand one above the other at most."""
    below = {
        group: [other for other in groups if other != group and any(imports[each] & other for each in group)]
        for group in groups
    }
    heights: dict[frozenset[str], int] = {}

    def height(group: frozenset[str]) -> int:
        if group not in heights:
            heights[group] = 1 + max((height(other) for other in below[group]), default=0)
        return heights[group]

    return max(height(group) for group in groups)


def rooms_of_a_scored_clip(tree: Path) -> list[str]:
    """Return the rooms whose code is loaded once a clip has been scored."""
    from rigcoach.scene.spec import SceneSpec
    from rigcoach.scene.video import write_clip

    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "card.mov"
        write_clip(SceneSpec(width=640, height=360, card_distance_m=1.6, focus_distance_m=1.6), 4, clip)
        done = subprocess.run(
            [sys.executable, "-c", _SCORED, str(clip)], cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True
        )
    if done.returncode:
        sys.exit(done.stderr.decode())
    entered: list[str] = json.loads(done.stdout.splitlines()[-1])
    return entered


if __name__ == "__main__":
    main()
