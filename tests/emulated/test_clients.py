"""Other people's programs at the emulated bodies, as they are installed."""

import clients
import pytest
from clients import CLIENTS, Client

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("client", "body"),
    [pytest.param(client, body, id=f"{client.name}, {body}") for client in CLIENTS for body in client.bodies],
)
def test_a_program_does_what_it_does_with_a_real_body(client: Client, body: str) -> None:
    if missing := client.missing():
        pytest.skip(missing)
    outcome = clients.run(client, body)
    assert outcome.works, outcome.did
