from collections.abc import Iterator

import pytest
from served import PHONES_AT, Served, served


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A studio without a camera, open to phones at another address of this computer."""
    with served(tmp_path_factory.mktemp("studio") / "home", "--phone", "--address", PHONES_AT) as running:
        yield running


@pytest.fixture(scope="module")
def desk(studio: Served) -> str:
    """The cookie of the page on this computer."""
    return studio.pair(studio.code)
