"""How much memory a sequence of stills takes to score, by how many they are: a table in Markdown.

bench/stills_memory.py [--count N ...]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

_SIZE = (960, 640)


def main() -> None:
    """Write sequences, score each in a process of its own, and print its largest size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, nargs="+", default=[100, 1000])
    print(f"| stills of {_SIZE[0]} x {_SIZE[1]} | largest size, MB |\n|---|---|")
    random = np.random.default_rng(1)
    wall = np.kron(random.integers(20, 220, (60, 120)), np.ones((12, 12))).astype(np.uint8)
    for count in parser.parse_args().count:
        with tempfile.TemporaryDirectory() as folder:
            for i in range(count):
                left = i % 400
                picture = Image.fromarray(wall[40 : 40 + _SIZE[1], left : left + _SIZE[0]])
                picture.convert("RGB").save(Path(folder) / f"IMG_{i + 1:04d}.jpg", quality=90)
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            command = [sys.executable, "-m", "rigcoach", "score", folder, "--sequence", "--subject", "target", "--json"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            largest = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        print(f"| {count} | {largest / 1024:.0f} |", flush=True)


if __name__ == "__main__":
    main()
