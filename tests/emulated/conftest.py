"""What the tests of emulated bodies share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def settings_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep libgphoto2 from writing its settings into the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("gphoto")))
        yield
