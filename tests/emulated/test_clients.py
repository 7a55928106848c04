"""Other people's programs at the emulated bodies, as they are installed."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import Protocol

import clients
import pytest
from clients import CLIENTS, Client

from rigcoach.emulated.process import EmulatedBody

pytestmark = pytest.mark.slow


class Running(Protocol):
    def __call__(self, name: str, /) -> EmulatedBody: ...


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Bodies by their names, each started when a program comes to it for the first time."""
    with ExitStack() as stack:

        @cache
        def of(name: str) -> EmulatedBody:
            return stack.enter_context(clients.emulated(name))

        yield of


@pytest.mark.parametrize(
    ("client", "body"),
    [pytest.param(client, body, id=f"{client.name}, {body}") for client in CLIENTS for body in client.bodies],
)
def test_a_program_does_what_it_does_with_a_real_body(client: Client, body: str, running: Running) -> None:
    if missing := client.missing():
        pytest.skip(missing)
    outcome = clients.run(client, body, running(body))
    assert outcome.works, outcome.did
