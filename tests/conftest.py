"""What every test can use."""

import compileall
import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

import rigcoach

# A shell that starts the tests in the background has them ignore Ctrl-C, and whatever they start with them.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Emulated bodies end with the command that started them, but where a test is about one that lives on.
os.environ["RIGCOACH_EMULATED_S"] = "0"
# Its movies show what is in them no less when they are small.
os.environ["RIGCOACH_EMULATED_PX"] = "640x360"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")
    parser.addoption("--renew-golden", action="store_true", help="write what commands print into tests/cli/golden")


def pytest_configure(config: pytest.Config) -> None:
    """Have hundreds of processes that tests start find rigcoach compiled, also where Python keeps nothing it compiles.

    A process would take a second to compile anew what it loads. Of many at the tests the one that began them does it.
    """
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(rigcoach.__file__).parent, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among thousands of tests, which stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Have each of several processes begin with other tests: what one has made ready to run none makes a second time.

    Their order is the same afterwards.
    """
    report = yield
    if collector.path == Path(__file__).parent and isinstance(collector, pytest.Directory) and report.result:
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        begin = len(report.result) * worker // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        report.result = report.result[begin:] + report.result[:begin]
    return report


def pytest_sessionfinish() -> None:
    """Let garbage be looked for everywhere again: Hypothesis looks for who holds what, where it is loaded only now."""
    gc.unfreeze()


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """Look for garbage once, for pytest and Python look for it again among all there is, three times."""
    gc.collect()
    gc.freeze()


# Files that take longest, waiting for others' programs mostly: begun last they would be waited for by all.
LONGEST = (
    "emulated/test_clients.py",
    "studio/test_day.py",
    "live/test_words.py",
    "packaging/test_wheel.py",
    "practice/test_tethered_drill.py",
    "cluster/test_killed_workers.py",
    "tether/test_take.py",
    "practice/test_every_step.py",
    "scoring/test_batch_survives.py",
    "emulated/test_replay.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    first = {Path(__file__).parent / path: at for at, path in enumerate(LONGEST)}
    items.sort(key=lambda item: (first.get(item.path, len(first)), item.path))
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _home_of_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what longer-lived fixtures keep out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGCOACH_HOME", str(tmp_path_factory.mktemp("home_of_fixtures")))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test's rigcoach keeps what it keeps, not there yet as for a new user; lines are as long as in a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)
    folder = tmp_path_factory.mktemp("kept") / "home"
    monkeypatch.setenv("RIGCOACH_HOME", str(folder))
    return folder


@pytest.fixture
def wide_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - takes the width away first
    """A terminal wide enough for any table."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real footage, photographs and bodies' listings that stands beside a checkout."""
    folder = Path(os.environ.get("RIGCOACH_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "clips").is_dir():
        pytest.skip(f"no folder of real footage at {folder}; set RIGCOACH_SHARED to one")
    return folder
