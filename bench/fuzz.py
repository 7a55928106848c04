"""Any bytes, at every place where bytes come in from outside: read, or refused with one of rigcoach's own errors.

    python bench/fuzz.py --tries 10000

Whole examples are spoilt in the ways that disks, cables, editors and people do, and given to what reads them. Clips are
measured in processes of their own, as `rigcoach score` does. Prints what came of it, place by place; failures are kept
in `--keep FOLDER`.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from boundaries import BOUNDARIES, Boundary, clip_examples
from kept_work import at_home

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base.errors import RigcoachError
from rigcoach.scoring.batch import FailedClip, score_files

LONGEST_S = 20.0
_UNFORESEEN = ("clip.failed", "clip.killed")
_HOSTILE = (
    b"\0", b"\xff\xfe", b"\x1b[2J", b"../../../etc/passwd", b"1e999", b"-1", b"NaN", b"Infinity", b'"\\ud800"', b"null",
    b"[" * 5000, b'{"a":' * 3000, b"9" * 400, b"A" * 5000, b"0001-01-01T00:00:00+14:00", b"true", b'""', b"[]", b"{}",
    b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0", b"\n", b"=", b"'''", b"%n%s", "\N{SNOWMAN}".encode(), b"inf",
)  # fmt: skip

_VALUES: tuple[Any, ...] = (
    *(None, -1, 0, 1e308, float("nan"), float("inf"), 10**40, True, 0.5),
    *("", "\0", "x" * 5000, "..", "../../x", "9999-12-31T23:59:59-12:00", "\ud800", [], {}, [[]], [None]),
)


@dataclass(slots=True)
class Tally:
    """What came of a place: how many tries, how many were read, the codes of what was refused, and failures."""

    name: str
    tries: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, bytes]] = field(default_factory=list)
    longest_s: float = 0.0


def spoilt(examples: Sequence[bytes], draw: np.random.Generator) -> bytes:
    """Return an example, spoilt."""
    content = examples[int(draw.integers(len(examples)))]
    ways = (_value_of_json, _value_of_toml, _bytes, _bytes)
    return ways[int(draw.integers(len(ways)))](content, examples, draw)


def _bytes(example: bytes, examples: Sequence[bytes], draw: np.random.Generator) -> bytes:
    content = bytearray(example)
    for _ in range(draw.choice((1, 1, 1, 1, 2, 8))):
        at = int(draw.integers(len(content) + 1))
        until = min(len(content), at + int(draw.choice((1, 1, 2, 4, 16, 256, 4096))))
        match draw.integers(9):
            case 0 | 1:
                for _ in range(draw.choice((1, 1, 8)) if content else 0):
                    content[draw.integers(len(content))] ^= 1 << int(draw.integers(8))
            case 2:
                content[at:until] = draw.bytes(until - at)
            case 3:
                del content[at:until]
            case 4:
                content[at:at] = content[at:until]
            case 5:
                content[at : draw.choice((at, until))] = _HOSTILE[draw.integers(len(_HOSTILE))]
            case 6:
                del content[at:]
            case 7:
                content[at:until] = bytes(until - at)
            case 8:
                other = examples[int(draw.integers(len(examples)))]
                content[at:] = other[int(draw.integers(len(other) + 1)) :]
    return bytes(content)


def _value_of_json(example: bytes, examples: Sequence[bytes], draw: np.random.Generator) -> bytes:
    """Return a JSON document of which one value is hostile; spoilt in another way where it is none."""
    try:
        document = json.loads(example)
    except (ValueError, RecursionError):
        return _bytes(example, examples, draw)
    places = list(_places(document))
    if not places:
        return _bytes(example, examples, draw)
    of, key = places[draw.integers(len(places))]
    of[key] = _VALUES[draw.integers(len(_VALUES))]
    return json.dumps(document).encode()


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield document, key
        yield from _places(value)


def _value_of_toml(example: bytes, examples: Sequence[bytes], draw: np.random.Generator) -> bytes:
    """Return a TOML document of which one value is hostile; spoilt in another way where it has none."""
    lines = example.split(b"\n")
    keys = [at for at, line in enumerate(lines) if b" = " in line]
    if not keys or example.lstrip().startswith(b"{"):
        return _bytes(example, examples, draw)
    at = keys[draw.integers(len(keys))]
    lines[at] = lines[at].split(b" = ")[0] + b" = " + _HOSTILE[draw.integers(len(_HOSTILE))]
    return b"\n".join(lines)


def fuzz(boundary: Boundary, tries: int, draw: np.random.Generator) -> Tally:
    """Give a place so many spoilt examples."""
    tally = Tally(boundary.name)
    with tempfile.TemporaryDirectory(prefix="rigcoach-fuzz-") as name:
        folder = Path(name)
        made = folder / "made"
        made.mkdir()
        with at_home(made):
            examples = list(boundary.examples(made))
        with at_home(folder):
            for content in [spoilt(examples, draw) for _ in range(tries)]:
                tally.tries += 1
                begun = time.process_time()
                try:
                    boundary.read(content, folder)
                    tally.read += 1
                except RigcoachError as error:
                    tally.refused[error.code] += 1
                    if not error.line().strip():
                        tally.failures.append(("an error that says nothing", content))
                except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
                    tally.failures.append((f"{type(error).__name__}: {error}"[:300], content))
                spent_s = time.process_time() - begun
                tally.longest_s = max(tally.longest_s, spent_s)
                if spent_s > LONGEST_S:
                    tally.failures.append((f"it took {spent_s:.0f} s", content))
    return tally


def fuzz_clips(tries: int, draw: np.random.Generator) -> Tally:
    """Score so many spoilt clips."""
    tally = Tally("clip")
    examples = clip_examples()
    with tempfile.TemporaryDirectory(prefix="rigcoach-fuzz-") as name:
        names = []
        for number in range(tries):
            ending, example = examples[draw.integers(len(examples))]
            path = Path(name) / f"{number:05}.{ending}"
            others = [other for of, other in examples if of == ending]
            path.write_bytes(spoilt([example, *others], draw))
            names.append(str(path))
        since = time.monotonic()
        for result in score_files(names, SubjectChoice(), RigOptics(), jobs=1, advance=lambda _done, _of: None):
            tally.tries += 1
            if not isinstance(result, FailedClip):
                tally.read += 1
            elif result.error.code in _UNFORESEEN:
                tally.failures.append((result.error.line()[:300], Path(result.name).read_bytes()))
            else:
                tally.refused[result.error.code] += 1
            tally.longest_s, since = max(tally.longest_s, time.monotonic() - since), time.monotonic()
    return tally


def main() -> int:
    """Spoil, read, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000, help="in all; a fifth of them clips")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="WORD", help="only the places with this in their names")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep what failed")
    asked = parser.parse_args()
    draw = np.random.default_rng(asked.seed)
    each = asked.tries * 4 // 5 // len(BOUNDARIES)
    tallies = [fuzz(boundary, each, draw) for boundary in BOUNDARIES if asked.only in boundary.name]
    if asked.only in "clip":
        tallies.append(fuzz_clips(asked.tries - each * len(BOUNDARIES), draw))
    print("| place | tries | read | refused | failures | longest, s |\n|---|---|---|---|---|---|")
    for tally in tallies:
        refused = ", ".join(f"{code} {count}" for code, count in tally.refused.most_common(4))
        print(
            f"| {tally.name} | {tally.tries} | {tally.read} | {refused or '–'} | {len(tally.failures)} | "
            f"{tally.longest_s:.2f} |"
        )
    failures = [(tally.name, *failure) for tally in tallies for failure in tally.failures]
    for number, (name, why, content) in enumerate(failures):
        print(f"{name}: {why}", file=sys.stderr)
        if asked.keep is not None:
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{name.replace(' ', '-')}-{number:03}").write_bytes(content)
    most_mb = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(f"{sum(tally.tries for tally in tallies)} tries, {len(failures)} failures, {most_mb:.0f} MB at most")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
