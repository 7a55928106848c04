"""``python -m rigcoach.emulated``: an emulated body in a process of its own."""

import argparse
import math
import sys
from pathlib import Path

from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.bodies import BODIES
from rigcoach.emulated.replay import model_for
from rigcoach.emulated.serve import serve
from rigcoach.emulated.shooting import PLAIN, Options, Quirk


def main() -> int:
    """Run an emulated body until interrupted; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rigcoach.emulated", description=__doc__)
    parser.add_argument("body", help=f"the body to emulate: {', '.join(BODIES)}, or a listing, a .json file")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0, the default, picks a free one")
    parser.add_argument("--lens", help="the lens on it; by default the one that the body comes with")
    parser.add_argument("--scene-seed", type=int, default=1, help="which practice scene is in front of it")
    parser.add_argument("--truth", type=Path, metavar="DIR", help="write what is true of each clip into this folder")
    parser.add_argument("--card", type=Path, metavar="DIR", help="keep the card's files in this folder")
    parser.add_argument("--quirk", action="append", default=[], choices=list(Quirk), help="what some bodies do")
    parser.add_argument(
        "--largest-movie", type=int, metavar="BYTES", help="where a movie ends by itself; 4 GB if not given"
    )
    parser.add_argument(
        "--movie-px", type=int, nargs=2, metavar=("W", "H"), default=PLAIN.movie_px, help="the size of its movies"
    )
    parser.add_argument("--warm-up", action="store_true", help="render the first picture before it is asked for")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does, and do what its lines say (rigcoach.emulated.control)",
    )
    parser.add_argument("--lives-with", type=Path, metavar="FILE", help="end when this file is gone")
    parser.add_argument("--idle-s", type=float, default=math.inf, metavar="S", help="end when unused for so long")
    wanted = parser.parse_args()
    try:
        serve(
            model_for(wanted.body),
            _announce,
            port=wanted.port,
            lens=wanted.lens,
            seed=wanted.scene_seed,
            truth_folder=wanted.truth,
            card_folder=wanted.card,
            options=Options(
                frozenset(Quirk(each) for each in wanted.quirk),
                wanted.largest_movie or PLAIN.longest_clip_bytes,
                tuple(wanted.movie_px),
            ),
            warm_up=wanted.warm_up,
            control=sys.stdin.fileno() if wanted.until_stdin_closes else None,
            lives_with=wanted.lives_with,
            idle_s=wanted.idle_s,
        )
    except RigcoachError as error:
        sys.stderr.write(f"{error.line()}\n")
        return 1
    return 0


def _announce(port_path: str) -> None:
    sys.stdout.write(f"{port_path}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
