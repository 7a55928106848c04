"""The examples in the docstrings are true."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["datasets", "eos_model", "exposure", "movie", "nikon_d750", "nikon_model", "practice"]
)
def test_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"rigcoach.emulated.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
