"""Optional detectors: trained weights, fetched once, checked against a pinned checksum, kept with the user's data.

Everything works without them; they find more. Weights find faces and people; none of them tells who somebody is.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.digest import sha256
from rigcoach.base.errors import RigcoachError
from rigcoach.base.suggest import did_you_mean
from rigcoach.base.user_data import user_folder

if TYPE_CHECKING:
    import requests


_ON_GITHUB = re.compile(
    r"https://(?:raw\.githubusercontent\.com/([^/]+)/([^/]+)|github\.com/([^/]+)/([^/]+)/raw)/([0-9a-f]+)/(.+)"
)


class ModelError(RigcoachError):
    """A detector that cannot be installed or used."""

    code = "models.unusable"


@dataclass(frozen=True, slots=True)
class Build:
    """One published file of weights: where it lies, its length, its SHA-256 sum."""

    url: str
    size_bytes: int
    sha256: str

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it is looked for, in turn: a file in a repository of GitHub's is served by jsDelivr as well.

        >>> Build("https://raw.githubusercontent.com/owner/name/0a1b/path/file.onnx", 1, "").urls[1]
        'https://cdn.jsdelivr.net/gh/owner/name@0a1b/path/file.onnx'
        """
        match = _ON_GITHUB.fullmatch(self.url)
        if match is None:
            return (self.url,)
        owner, name = match[1] or match[3], match[2] or match[4]
        return (self.url, f"https://cdn.jsdelivr.net/gh/{owner}/{name}@{match[5]}/{match[6]}")


@dataclass(frozen=True, slots=True)
class DetectorModel:
    """A detector; its `builds` are fetched in turn until one comes, any is taken from a file."""

    name: str
    finds: str
    licence: str
    builds: tuple[Build, ...]

    @property
    def path(self) -> Path:
        """Where it lies once it is installed."""
        return user_folder("models") / f"{self.name}.onnx"


MODELS = (
    DetectorModel(
        name="yunet",
        finds="faces, also turned and tilted ones",
        licence="Apache-2.0, MIT",
        builds=(
            # Two sizes of one network. The larger finds small faces and profiles that the smaller doesn't.
            Build(
                "https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/"
                "0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_n_640_640.onnx",
                317_466,
                "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31",
            ),
            Build(
                "https://github.com/opencv/opencv_zoo/raw/966be4cb6eefc2a4f586ed0581bf4bbaa2533070/"
                "models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
                232_589,
                "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
            ),
        ),
    ),
    DetectorModel(
        name="deimv2-femto",
        finds="people, from any side, near or far, and cut off by the frame",
        licence="Apache-2.0",
        builds=(
            Build(
                "https://raw.githubusercontent.com/Kazuhito00/DEIMv2-ONNX-Sample/"
                "f88d4382abca74edb26ed4c7f46190ac40da0ea5/model/deimv2_hgnetv2_femto_coco.onnx",
                4_116_144,
                "c6ad358f750132b891165e034c2ba507abefc5ebe1c1d2732a0acbcacc47e52c",
            ),
        ),
    ),
    DetectorModel(
        name="yolox-nano",
        finds="people, from any side and cut off by the frame",
        licence="Apache-2.0",
        builds=(
            Build(
                "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx",
                3_659_407,
                "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
            ),
            Build(
                "https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/"
                "3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx",
                3_660_092,
                "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
            ),
        ),
    ),
)


def model(name: str, models: Sequence[DetectorModel] = MODELS) -> DetectorModel:
    """Return a detector by its name.

    Raises
    ------
    ModelError
        There is none of that name.
    """
    for known in models:
        if known.name == name:
            return known
    names = [known.name for known in models]
    raise ModelError(
        f"there is no detector called {name!r}",
        why=did_you_mean(name, names),
        next_step=f"Choose one of {', '.join(names)}",
        code="models.unknown",
    )


def installed(name: str) -> Path | None:
    """Return where a detector's weights lie; `None` where they aren't installed.

    Raises
    ------
    ModelError
        The file there isn't what was published: damaged or replaced.
    """
    return None if installed_build(name) is None else model(name).path


def installed_build(name: str) -> Build | None:
    """Return which of a detector's builds is installed; `None` for none, errors are those of `installed`."""
    wanted = model(name)
    if not wanted.path.is_file():
        return None
    found = sha256(wanted.path)
    for build in wanted.builds:
        if build.sha256 == found:
            return build
    raise ModelError(
        f"the installed detector {name} is damaged",
        why=f"{wanted.path} has another SHA-256 sum than any published build",
        next_step=f"Run: rigcoach models install {name}",
        code="models.damaged",
    )


def install(name: str, source: Path | None = None, models: Sequence[DetectorModel] = MODELS) -> Path:
    """Install a detector's weights, from the network or from a file, and return where they lie now.

    Parameters
    ----------
    name
        The detector's name.
    source
        A file fetched before, for a machine without a network.
    models
        The detectors there are.

    Raises
    ------
    ModelError
        The file cannot be had, or isn't the one published. What was installed before stays as it is.
    """
    wanted = model(name, models)
    disk.make_folder(wanted.path.parent)
    with atomic_file(wanted.path) as fresh:
        if source is None:
            _fetch(wanted, fresh)
        else:
            _copy(wanted, source, fresh)
    return wanted.path


def _copy(wanted: DetectorModel, source: Path, fresh: Path) -> None:
    if not source.is_file():
        raise ModelError(
            f"{source} does not exist" if not source.exists() else f"{source} is not a file",
            next_step="Check the spelling of the path",
            code="models.missing",
        )
    disk.announce(disk.Step.WRITE, fresh)
    shutil.copyfile(source, fresh)
    found = sha256(fresh)
    if found not in {build.sha256 for build in wanted.builds}:
        raise ModelError(
            f"{source.name} is not a published build of {wanted.name}",
            why=f"its SHA-256 sum is {found}",
            next_step=f"Fetch it from {wanted.builds[0].url}",
            code="models.wrong-file",
        )


def _fetch(wanted: DetectorModel, fresh: Path) -> None:
    """Fetch the first build that comes, from the first address that has it."""
    disk.announce(disk.Step.WRITE, fresh)
    failed: list[ModelError] = []
    for build in wanted.builds:
        for url in build.urls:
            try:
                _fetch_from(url, build, wanted.name, fresh)
            except ModelError as error:
                failed.append(error)
            else:
                return
    # What is most use to know: a wrong file before no connection, and of equals the first.
    raise min(failed, key=lambda error: error.code != "models.wrong-file")


def _fetch_from(url: str, build: Build, name: str, fresh: Path) -> None:
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    try:
        pooch.retrieve(url, known_hash=f"sha256:{build.sha256}", fname=fresh.name, path=fresh.parent)
    except ValueError as error:
        raise ModelError(
            f"what came for {name} is not what was published",
            why=f"its SHA-256 sum is not {build.sha256}",
            next_step=f"Try again, or fetch {url} another way and use --from FILE",
            code="models.wrong-file",
        ) from error
    except requests.RequestException as error:
        if error.response is not None:
            error.response.close()  # pooch leaves it open
        raise ModelError(
            f"{name} could not be fetched",
            why=_reason(error),
            next_step=f"Fetch {url} on another machine, then: rigcoach models install {name} --from FILE",
            code="models.offline",
        ) from error


def _reason(error: "requests.RequestException") -> str:
    import requests

    host = urlsplit(str(error.request.url)).hostname if error.request is not None else "the network"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{host} answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return f"{host} does not answer in time"
    return f"no connection to {host}"
