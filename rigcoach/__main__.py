"""Run the command line as ``python -m rigcoach``."""

from rigcoach.cli.main import run

run()
