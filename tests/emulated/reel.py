"""A film for tests of bodies without a worker."""

from pathlib import Path

from rigcoach.emulated.film.metering import ExposureSettings


class Reel:
    """A film that remembers what it was told and writes clips of a few bytes a frame."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rolled: list[tuple[str, ExposureSettings]] = []
        self.cuts: list[int] = []
        self.snapped: list[tuple[str, ExposureSettings, tuple[int, int]]] = []
        self._done: list[Path] = []

    def look(self, settings: ExposureSettings) -> bytes | None:
        return f"iso {settings.iso}".encode()

    def roll(self, name: str, settings: ExposureSettings, _longest_frames: int) -> None:
        self.rolled.append((name, settings))

    def cut(self, frame_count: int) -> None:
        self.cuts.append(frame_count)
        path = self.folder / self.rolled[-1][0]
        path.write_bytes(b"frame" * frame_count)
        self._done.append(path)

    def snap(self, name: str, settings: ExposureSettings, size_px: tuple[int, int]) -> None:
        self.snapped.append((name, settings, size_px))
        path = self.folder / name
        path.write_bytes(b"still")
        self._done.append(path)

    def developed(self) -> list[Path]:
        done, self._done = self._done, []
        return done
