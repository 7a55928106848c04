"""The examples in the docstrings of what reads bodies' words and numbers."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["codes", "values", "vocabulary"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"rigcoach.tether.{name}"))
    assert result.attempted
    assert not result.failed
