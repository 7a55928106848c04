"""Other people's programs at an emulated body: which of them take it for a camera, and what they did with it.

    python bench/clients.py

Each runs as it is installed, with a limit on its memory and time, and is judged by what it left: files that are
pictures, what the body says of itself. What isn't installed is skipped, with the reason.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody

EOS, NIKON = "canon-eos-5d-mark-ii", "nikon-d750"

_MEMORY_BYTES = 3 << 30
_LONGEST_S = 120.0
# A screen on which nothing changed for so long is waiting for somebody.
_REST_S = 3.0
# The Small JPEG of either body: quicker to render than the large one.
_FOLDERS = {EOS: "100EOS5D", NIKON: "100ND750"}
_SMALL = {EOS: "imageformat=4", NIKON: "imagesize=3008x2008"}


class ClientError(Exception):
    """A program that didn't do what it does with a real body."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A body, and a folder in which a program runs as if it were somebody's home."""

    name: str
    body: EmulatedBody
    folder: Path

    def environment(self) -> dict[str, str]:
        """Return what a program is started with: nothing of whoever runs this."""
        home = str(self.folder)
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "XDG_RUNTIME_DIR": home,
        }

    def start(self, *words: str, more: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start a program in the folder."""
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={**self.environment(), **(more or {})},
            preexec_fn=limit_memory,
        )

    def run(self, *words: str, say: str = "", more: Mapping[str, str] | None = None) -> str:
        """Run a program to its end; return what it said."""
        with self.start(*words, more=more) as process:
            try:
                said, _ = process.communicate(say, _LONGEST_S)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise ClientError(f"{words[0]} was still running after {_LONGEST_S:.0f} s") from error
        if process.returncode != 0:
            raise ClientError(f"{words[0]} ended with {process.returncode}: {said.strip()[-300:]}")
        return said

    def gphoto2(self, *words: str, say: str = "") -> str:
        """Run the gphoto2 command at the body."""
        return self.run(*self.gphoto2_command(), *words, say=say)

    def gphoto2_command(self) -> tuple[str, ...]:
        """Return the gphoto2 command at the body."""
        return ("gphoto2", "--port", self.body.port_path, "--camera", self.body.model)

    def put_a_still_on_the_card(self) -> None:
        """Take a small picture and leave it there."""
        self.gphoto2("--set-config", _SMALL[self.name], "--set-config", "capturetarget=1", "--capture-image")


def limit_memory() -> None:
    """Limit the memory of the process that is about to start: a driver that goes astray takes no more."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def width_px(picture: Path) -> int:
    """Return how wide a picture is; raise `ClientError` for a file that is none."""
    read = cv2.imread(str(picture))
    if read is None:
        raise ClientError(f"{picture.name} is no picture")
    return int(read.shape[1])


def pictures(folder: Path) -> list[Path]:
    """Return the pictures in a folder and below; raise `ClientError` for a file that is none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    for path in found:
        width_px(path)
    return found


def _expect(holds: object, what: str) -> None:
    if not holds:
        raise ClientError(what)


# gphoto2


def _trigger(bench: Bench) -> str:
    said = bench.gphoto2("--set-config", _SMALL[bench.name], "--trigger-capture", "--wait-event-and-download=FILEADDED")
    _expect(len(pictures(bench.folder)) == 1, f"no picture came: {said[-300:]}")
    return "one picture triggered, announced, fetched"


def _tethered(bench: Bench) -> str:
    bench.gphoto2("--set-config", _SMALL[bench.name], "--set-config", "capturetarget=1")
    # Line by line, so that it is heard when it begins to wait.
    line_by_line = ("stdbuf", "--output=L", *bench.gphoto2_command())
    with bench.start(*line_by_line, "--capture-tethered=FILEADDED") as process:
        late = threading.Timer(_LONGEST_S, process.kill)
        late.start()
        waits = process.stdout is not None and any(line.startswith("Waiting") for line in process.stdout)
        late.cancel()
        _expect(waits, "it did not come to wait for a picture")
        bench.body.press("shutter")
        try:
            said, _ = process.communicate("", _LONGEST_S)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise ClientError("the picture was never reported") from error
    _expect(len(pictures(bench.folder)) == 1, f"no picture came: {said[-300:]}")
    return "the button was pressed on the body, its picture fetched"


def _intervals(bench: Bench) -> str:
    bench.gphoto2("--set-config", _SMALL[bench.name], "--capture-image-and-download", "-F", "3", "-I", "1",
                  "--filename", "%n.jpg")  # fmt: skip
    _expect(len(pictures(bench.folder)) == 3, f"{len(pictures(bench.folder))} of 3 pictures came")
    return "three pictures, a second apart, fetched"


def _movie(bench: Bench) -> str:
    if bench.name == NIKON:
        steps = ["--set-config", "movie=1", "--wait-event=2s", "--set-config", "movie=0"]
    else:
        steps = ["--set-config", "viewfinder=1", "--set-config", "movierecordtarget=Card", "--wait-event=2s"]
        steps += ["--set-config", "movierecordtarget=None"]
    bench.gphoto2(*steps, "--wait-event-and-download=FILEADDED")
    clips = [path for path in bench.folder.iterdir() if path.suffix.lower() == ".mov"]
    _expect(len(clips) == 1, "no clip came")
    frames = cv2.VideoCapture(str(clips[0])).get(cv2.CAP_PROP_FRAME_COUNT)
    _expect(frames >= 45, f"the clip has {frames:.0f} frames")
    return "two seconds recorded, fetched"


def _shell(bench: Bench) -> str:
    bench.gphoto2("--set-config", _SMALL[bench.name])
    said = bench.gphoto2("--shell", say="set-config iso 200\nget-config iso\ncapture-image-and-download\nls\nexit\n")
    _expect("Current: 200" in said, f"ISO is not 200: {said[-300:]}")
    _expect(len(pictures(bench.folder)) == 1, "no picture came")
    return "ISO set and read, one picture fetched"


def _hook(bench: Bench) -> str:
    hook, log = bench.folder / "hook", bench.folder / "hook.log"
    hook.write_text(f'#!/bin/sh\necho "$ACTION $ARGUMENT" >> "{log}"\n', encoding="utf-8")
    hook.chmod(0o755)
    bench.gphoto2("--set-config", _SMALL[bench.name], "--hook-script", str(hook), "--capture-image-and-download")
    told = [line.split()[0] for line in log.read_text(encoding="utf-8").splitlines()]
    _expect({"init", "start", "download", "stop"} <= set(told), f"the script heard only {told}")
    return "the script heard init, start, download, stop"


def _files(bench: Bench) -> str:
    bench.put_a_still_on_the_card()
    bench.gphoto2("--get-all-files", "--get-all-thumbnails")
    found = pictures(bench.folder)
    widths = sorted(map(width_px, found))
    _expect(len(widths) == 2, f"{len(widths)} of 2 files came")
    _expect(widths[0] <= 320, f"the thumbnail is {widths[0]} pixels wide")
    bench.gphoto2("--delete-all-files", "--recurse")
    _expect("no file" in bench.gphoto2("--list-files"), "a file is left")
    return "picture and thumbnail fetched, card emptied"


def _upload(bench: Bench) -> str:
    bench.gphoto2("--capture-preview")
    (frame,) = bench.folder.glob("*preview*.jpg")
    sent = frame.rename(bench.folder / "sent.jpg").read_bytes()
    bench.gphoto2("--folder", f"/store_00010001/DCIM/{_FOLDERS[bench.name]}", "--upload-file", "sent.jpg")
    (bench.folder / "sent.jpg").unlink()
    bench.gphoto2("--get-all-files")
    _expect((bench.folder / "sent.jpg").read_bytes() == sent, "the file came back as another")
    return "a file sent to the card, and fetched as it was"


def _exif(bench: Bench) -> str:
    bench.put_a_still_on_the_card()
    said = bench.gphoto2("--show-exif", "1")
    model = {EOS: "Canon EOS 5D Mark II", NIKON: "NIKON D750"}[bench.name]
    _expect(model in said and "1/125" in said, f"EXIF says {said[-300:]}")
    return "EXIF read without the picture"


# The file system


def _mounted(bench: Bench) -> str:
    bench.put_a_still_on_the_card()
    mount = bench.folder / "mount"
    mount.mkdir()
    # In the foreground and with one thread: it is ended by taking the mount away.
    command = ("gphotofs", f"--port={bench.body.port_path}", f"--camera={bench.body.model}", str(mount), "-f", "-s")
    with bench.start(*command) as process:
        try:
            until = time.monotonic() + 60
            while not (found := list(mount.rglob("*.JPG"))) and time.monotonic() < until and process.poll() is None:
                time.sleep(0.2)
            _expect(len(found) == 1, f"{len(found)} files in the mounted card")
            _expect(found[0].read_bytes().startswith(b"\xff\xd8"), "the mounted file is no JPEG")
        finally:
            subprocess.run(["fusermount", "-u", str(mount)], check=False, capture_output=True)
            process.terminate()
    return "the card mounted, its picture read"


# python-gphoto2


def _example(name: str, what: str, *, needs_still: bool = False) -> "Client":
    def run(bench: Bench) -> str:
        if needs_still:
            bench.put_a_still_on_the_card()
        # Examples show the picture on the screen; here is none.
        viewer = bench.folder / "xdg-open"
        viewer.write_text("#!/bin/sh\n", encoding="utf-8")
        viewer.chmod(0o755)
        package = _package()
        with _port_by_address(bench, next(package.rglob("ptpip.so"))) as more:
            # Importing the package points IOLIBS at its own drivers, so that ours comes afterwards.
            start = "import os, runpy, sys, gphoto2; os.environ['IOLIBS'] = sys.argv[1]; del sys.argv[:2];"
            start += " runpy.run_path(sys.argv[0], run_name='__main__')"
            words = (sys.executable, "-W", "ignore", "-c", start, more["IOLIBS"])
            path = {"PATH": f"{bench.folder}:{os.environ['PATH']}", "TMPDIR": str(bench.folder)}
            # `python -c` leaves "-c" in front of the arguments.
            bench.run(*words, str(package / "examples" / name), more={**more, **path})
        return what

    return Client(f"python-gphoto2: {name}", (), run, bodies=(EOS,), is_here=_example_reason)


def _package() -> Path:
    found = importlib.util.find_spec("gphoto2")
    if found is None or found.origin is None:
        raise ClientError("python-gphoto2 isn't installed")
    return Path(found.origin).parent


def _example_reason() -> str:
    return "" if (_package() / "examples").is_dir() else "this python-gphoto2 comes without examples"


@contextlib.contextmanager
def _port_by_address(bench: Bench, driver: Path) -> Iterator[dict[str, str]]:
    """Have programs that look for cameras by themselves find the body (``named_port.c``)."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(__file__).with_name("named_port.c")
        bench.run("cc", "-shared", "-fPIC", "-o", f"{folder}/named_port.so", str(source))
        yield {
            "IOLIBS": folder,
            "RIGCOACH_PTPIP_DRIVER": str(driver),
            "RIGCOACH_PTPIP_PORT": bench.body.port_path,
        }


# Programs with windows


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of a program's own: its number, and the file that Xvfb keeps its pixels in."""

    bench: Bench
    number: int
    pixels: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a program on it is started with."""
        return {"DISPLAY": f":{self.number}", "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1"}

    def await_window(self, name: str) -> None:
        """Wait for a window with a name, and until it stands still."""
        self.bench.run("xdotool", "search", "--sync", "--name", name, more=self.environment)
        self.await_rest()

    def press(self, x_px: int, y_px: int) -> None:
        """Click somewhere, and wait until that changes something."""
        self.bench.run("xdotool", "mousemove", str(x_px), str(y_px), more=self.environment)
        self.await_rest()
        before = self._shown()
        self.bench.run("xdotool", "click", "1", more=self.environment)
        _wait_until(lambda: self._shown() != before, f"nothing came of a click at {x_px}, {y_px}")

    def click(self, x_px: int, y_px: int) -> None:
        """Click somewhere, and wait until what that changes stands still, however busy the machine is."""
        self.press(x_px, y_px)
        self.await_rest()

    def await_rest(self) -> None:
        """Wait until nothing on the screen changes any more."""
        shown, since = self._shown(), time.monotonic()

        def rests() -> bool:
            nonlocal shown, since
            now = self._shown()
            if now != shown:
                shown, since = now, time.monotonic()
            return time.monotonic() - since > _REST_S

        _wait_until(rests, "its screen did not come to rest")

    def _shown(self) -> bytes:
        return hashlib.sha256(self.pixels.read_bytes()).digest()


@contextlib.contextmanager
def _on_a_screen(bench: Bench, *words: str) -> Iterator[Screen]:
    """Run a program on a screen of its own."""
    driver = next(Path("/usr/lib").glob("**/libgphoto2_port/*/ptpip.so"))
    number = 90 + os.getpid() % 900
    with (
        tempfile.TemporaryDirectory() as folder,
        _port_by_address(bench, driver) as port,
        bench.start("Xvfb", f":{number}", "-screen", "0", "1400x900x24", "-fbdir", folder) as server,
    ):
        screen = Screen(bench, number, Path(folder, "Xvfb_screen0"))
        _wait_until(Path(f"/tmp/.X11-unix/X{number}").exists, "Xvfb did not start")  # noqa: S108 - X's own place
        with bench.start("dbus-run-session", "--", *words, more={**screen.environment, **port}) as program:
            try:
                yield screen
            finally:
                program.kill()
                server.kill()


def _wait_until(holds: Callable[[], object], what: str, within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > until:
            raise ClientError(what)
        time.sleep(0.5)


def _patiently(run: Callable[[Bench], str]) -> Callable[[Bench], str]:
    """Try up to three times: on a busy machine a click may hit a window that is still being drawn."""

    def tried(bench: Bench) -> str:
        for _ in range(2):
            with contextlib.suppress(ClientError):
                return run(bench)
        return run(bench)

    return tried


def _entangle(bench: Bench) -> str:
    bench.gphoto2("--set-config", _SMALL[bench.name])
    with _on_a_screen(bench, "entangle") as screen:
        screen.await_window("PTP/IP Camera")
        # The two buttons at the left of its bar: a picture, and live view.
        screen.click(28, 27)
        _wait_until(lambda: pictures(bench.folder / "Desktop"), "no picture came onto its screen")
        screen.await_rest()
        screen.press(70, 27)
        _wait_until(lambda: bench.body.status().live_view, "live view did not come on")
    return "settings shown, one picture fetched, live view"


def _darktable(bench: Bench) -> str:
    bench.gphoto2("--set-config", _SMALL[bench.name])
    with _on_a_screen(bench, "darktable", "--library", ":memory:", "--disable-opencl") as screen:
        screen.await_window("darktable")
        # Unfold "import", then "mount camera", then "tethered shoot".
        for at in ((75, 75), (117, 158), (117, 183)):
            screen.click(*at)
        bench.body.press("shutter")
        _wait_until(lambda: pictures(bench.folder / "Pictures"), "no picture came into its session")
    return "tethered: the button was pressed on the body, its picture fetched"


@dataclass(frozen=True, slots=True)
class Client:
    """A program and something that people do with it.

    `needs` are the commands without which it can't run; `is_here` says what else is missing, nothing if all is there.
    """

    name: str
    needs: tuple[str, ...]
    run: Callable[[Bench], str]
    bodies: tuple[str, ...] = (EOS, NIKON)
    is_here: Callable[[], str] = str

    def missing(self) -> str:
        """Return why it can't run here; empty where it can."""
        lacking = [program for program in self.needs if shutil.which(program) is None]
        return f"{', '.join(lacking)} not installed" if lacking else self.is_here()


def _no_fuse() -> str:
    return "" if os.access("/dev/fuse", os.R_OK | os.W_OK) else "/dev/fuse can't be opened here"


_SCREEN = ("gphoto2", "Xvfb", "xdotool", "dbus-run-session", "cc")

CLIENTS = (
    Client("gphoto2 --trigger-capture --wait-event-and-download", ("gphoto2",), _trigger),
    Client("gphoto2 --capture-tethered", ("gphoto2", "stdbuf"), _tethered),
    Client("gphoto2 --capture-image-and-download -F 3 -I 1", ("gphoto2",), _intervals),
    Client("gphoto2: a movie by its settings", ("gphoto2",), _movie),
    Client("gphoto2 --shell", ("gphoto2",), _shell),
    Client("gphoto2 --hook-script", ("gphoto2",), _hook),
    Client("gphoto2 --get-all-files --get-all-thumbnails --delete-all-files", ("gphoto2",), _files),
    Client("gphoto2 --upload-file", ("gphoto2",), _upload),
    Client("gphoto2 --show-exif", ("gphoto2",), _exif),
    Client("gphotofs", ("gphoto2", "gphotofs", "fusermount"), _mounted, is_here=_no_fuse),
    _example("camera-summary.py", "the settings printed"),
    _example("list-files.py", "the card listed", needs_still=True),
    _example("get-camera-clock.py", "the clock read"),
    _example("set-camera-clock.py", "the clock set"),
    _example("capture-image.py", "a picture taken and fetched"),
    _example("copy-chunks.py", "a picture fetched by 100 kB", needs_still=True),
    _example("preview-image.py", "a frame of live view"),
    Client("Entangle", (*_SCREEN, "entangle"), _patiently(_entangle), bodies=(EOS,)),
    Client("darktable, tethered", (*_SCREEN, "darktable"), _patiently(_darktable), bodies=(EOS,)),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one program at one body."""

    client: str
    body: str
    did: str
    works: bool | None
    seconds: float = 0.0


def emulated(body: str) -> EmulatedBody:
    """Return a body for programs: with a picture of live view ready, for which they do not wait long."""
    return EmulatedBody(body, options=SMALL, warm_up=True)


def run(client: Client, body: str, running: EmulatedBody | None = None) -> Outcome:
    """Run one program at one body: one that runs already, its card emptied for who counts files, or one of its own."""
    if missing := client.missing():
        return Outcome(client.name, body, missing, works=None)
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bench = Bench(body, running or stack.enter_context(emulated(body)), Path(folder))
        try:
            if running is not None and "gphoto2" in client.needs:
                bench.gphoto2("--delete-all-files", "--recurse")
            did, works = client.run(bench), True
        except ClientError as error:
            did, works = str(error), False
    return Outcome(client.name, body, did, works, time.monotonic() - start)


def as_markdown(outcomes: list[Outcome]) -> str:
    """Return the table."""
    rows = ["| program | body | what it did |", "|---|---|---|"]
    words = {True: "", False: "**fails**: ", None: "skipped: "}
    rows += [f"| `{each.client}` | {each.body} | {words[each.works]}{each.did} |" for each in outcomes]
    return "\n".join(rows)


def run_all(only: str = "", *, say: bool = False) -> list[Outcome]:
    """Run all programs whose name holds `only`."""
    outcomes = []
    for client in CLIENTS:
        for body in client.bodies if only in client.name else ():
            outcomes.append(run(client, body))
            if say:
                print(outcomes[-1], file=sys.stderr, flush=True)
    return outcomes


def main() -> int:
    """Run it from the command line; the exit status is 1 where a program failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="programs whose name holds this")
    outcomes = run_all(parser.parse_args().only, say=True)
    print(as_markdown(outcomes))
    return int(any(each.works is False for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
