"""`rigcoach models`."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner, Result

from rigcoach.analysis import detector_weights
from rigcoach.analysis.detector_weights import Build, DetectorModel, ModelError, install, installed
from rigcoach.base.preferences import preferences
from rigcoach.cli.detector_offer import offer_detector
from rigcoach.cli.main import main
from rigcoach.cli.options import CommandOptions


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["models", *arguments])


WEIGHTS = b"weights " * 1000


@pytest.fixture
def server() -> Iterator[str]:
    """A web server on loopback that serves one file as /weights.onnx and knows no other."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/weights.onnx"
            self.send_response(200 if found else 404)
            self.end_headers()
            if found:
                self.wfile.write(WEIGHTS)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def published(url: str, content: bytes = WEIGHTS) -> list[DetectorModel]:
    build = Build(url, len(content), hashlib.sha256(content).hexdigest())
    return [DetectorModel("yunet", "faces", "MIT", (build,))]


def test_what_is_fetched_is_kept(server: str, home: Path) -> None:
    path = install("yunet", models=published(f"{server}/weights.onnx"))
    assert path.read_bytes() == WEIGHTS
    assert [entry.name for entry in (home / "models").iterdir()] == ["yunet.onnx"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("weights.onnx", b"other", "models.wrong-file"), ("gone.onnx", WEIGHTS, "models.offline")],
)
def test_nothing_but_what_was_published_is_kept(server: str, home: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(ModelError) as caught:
        install("yunet", models=published(f"{server}/{name}", content))
    assert caught.value.code == code
    assert list((home / "models").iterdir()) == []


def test_a_machine_without_a_network_is_told_the_way_by_file() -> None:
    with pytest.raises(ModelError) as caught:
        install("yunet", models=published("http://127.0.0.1:1/weights.onnx"))
    assert caught.value.why == "no connection to 127.0.0.1"
    assert "--from FILE" in caught.value.next_step


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "yunet.onnx"
    wrong.write_bytes(WEIGHTS)
    result = run("install", "yunet", "--from", str(wrong))
    assert result.exit_code == 1
    assert hashlib.sha256(WEIGHTS).hexdigest() in result.stderr
    assert installed("yunet") is None
    assert run("install", "yunet", "--from", str(tmp_path / "none")).exit_code == 1
    assert "did you mean `yunet`" in run("install", "yunett").stderr


@pytest.mark.parametrize("size", ["n", "s"])
def test_the_published_builds_are_taken_from_a_file_and_load(shared: Path, size: str) -> None:
    result = run("install", "yunet", "--from", str(shared / f"models/yunet_{size}_640_640.onnx"), "--json")
    document = json.loads(result.stdout)
    assert document["installed"]
    assert cv2.FaceDetectorYN.create(document["installed"], "", (320, 320)) is not None
    listed = json.loads(run("list", "--json").stdout)["models"]
    assert [entry["name"] for entry in listed if entry["installed"]] == ["yunet"]


def test_damaged_weights_are_told_and_can_be_replaced(shared: Path) -> None:
    source = shared / "models/yunet_n_640_640.onnx"
    path = install("yunet", source)
    path.write_bytes(source.read_bytes()[:-1])
    assert "is damaged" in json.loads(run("list", "--json").stdout)["models"][0]["problem"]
    with pytest.raises(ModelError, match="damaged"):
        installed("yunet")
    install("yunet", source)
    assert installed("yunet") == path


def test_where_one_address_has_nothing_the_next_is_tried(server: str) -> None:
    (first,) = published(f"{server}/gone.onnx")
    (second,) = published(f"{server}/weights.onnx")
    both = [DetectorModel("yunet", "faces", "MIT", (*first.builds, *second.builds))]
    assert install("yunet", models=both).read_bytes() == WEIGHTS


@pytest.fixture
def offered(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The learnt detector lies on a server on loopback."""
    build = Build(f"{server}/weights.onnx", len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())
    models = [DetectorModel("deimv2-femto", "people", "Apache-2.0", (build,))]
    monkeypatch.setattr(detector_weights, "MODELS", models)
    monkeypatch.setattr(detector_weights.model, "__defaults__", (models,))
    monkeypatch.setattr(detector_weights.install, "__defaults__", (None, models))


@pytest.mark.usefixtures("offered")
def test_the_detector_of_people_comes_on_first_need_where_it_may(home: Path) -> None:
    weights = home / "models" / "deimv2-femto.onnx"
    settings = CommandOptions(quiet=True)
    offer_detector(settings, None, "person")  # no terminal: nobody is asked, nothing is fetched
    offer_detector(settings, "never", "person")
    offer_detector(settings, "auto", "target")  # the card needs none
    assert not weights.exists()
    offer_detector(settings, "auto", "person")
    assert weights.read_bytes() == WEIGHTS


@pytest.mark.parametrize(("answer", "kept"), [("never", "never"), ("no", "ask")])
def test_on_a_terminal_it_is_asked_with_licence_and_address(home: Path, answer: str, kept: str) -> None:
    code = (
        "from rigcoach.cli.detector_offer import offer_detector\n"
        "from rigcoach.cli.options import CommandOptions\n"
        "offer_detector(CommandOptions(), None, 'auto')\n"
    )
    ours, theirs = os.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs) as asked:
        os.write(ours, f"{answer}\n".encode())
        assert asked.wait(60) == 0
    told = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
    assert "licence Apache-2.0" in told
    assert "https://raw.githubusercontent.com/" in told
    assert preferences().models == kept
    assert not (home / "models" / "deimv2-femto.onnx").exists()
