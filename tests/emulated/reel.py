"""A film for tests of bodies without a worker."""

from pathlib import Path

from rigcoach.emulated.film.film_messages import FileReady, LiveCrop
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.picture_info import PictureInfo, StillRequest


class Reel:
    """A film that remembers what it was told and writes clips of a few bytes a frame."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rolled: list[tuple[str, ExposureSettings]] = []
        self.cuts: list[int] = []
        self.snapped: list[tuple[str, ExposureSettings, tuple[int, int]]] = []
        self.infos: list[PictureInfo] = []
        self.focused_m: list[float] = []
        self._done: list[FileReady] = []

    card_distance_m = 2.4

    def warm_up(self, settings: ExposureSettings) -> None:
        """Nothing has to be rendered."""

    def look(self, settings: ExposureSettings, crop: LiveCrop) -> bytes | None:
        zoomed = f" x{crop.zoom:g} at {crop.centre[0]:.3f},{crop.centre[1]:.3f}" if crop.zoom > 1 else ""
        return f"iso {settings.iso}{zoomed}".encode()

    def focus(self, focus_m: float) -> None:
        self.focused_m.append(focus_m)

    def roll(self, name: str, settings: ExposureSettings, _longest_frames: int) -> None:
        self.rolled.append((name, settings))

    def cut(self, frame_count: int) -> None:
        self.cuts.append(frame_count)
        self._write(self.rolled[-1][0], b"frame" * frame_count)

    def snap(self, settings: ExposureSettings, still: StillRequest) -> None:
        self.infos.append(still.info)
        for file in still.files:
            self.snapped.append((file.name, settings, file.size_px))
            self._write(file.name, b"still")

    def _write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.write_bytes(data)
        self._done.append(FileReady(path, b"thumbnail"))

    def developed(self) -> list[FileReady]:
        done, self._done = self._done, []
        return done
