"""Where an archive's rows go: a folder here, or an address that fsspec knows; files appear whole or not at all."""

from pathlib import Path

from fsspec.core import url_to_fs

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.cluster.clip_addresses import is_url


class ArchiveError(RigcoachError):
    """A folder that rows cannot be written to, or that holds something else."""

    code = "archive.refused"


class ArchiveFolder:
    """A folder of files that are written once.

    Parameters
    ----------
    address
        A path here, or an address that fsspec knows, such as ``s3://scores/2024``.

    Raises
    ------
    ArchiveError
        Its kind of address is not known here.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._here = None if is_url(address) else Path(address).expanduser()
        try:
            self._files, folder = url_to_fs(address if self._here is None else str(self._here.absolute()))
        except (ValueError, ImportError) as error:
            raise ArchiveError(
                f"{address} cannot be written to", why=str(error), next_step="Install its fsspec driver"
            ) from error
        self._folder = folder.rstrip("/")

    def names(self) -> set[str]:
        """Return the names of what is there; none for a folder that is not there yet.

        Raises
        ------
        ArchiveError
            It cannot be read.
        """
        try:
            self._files.invalidate_cache()
            found = self._files.ls(self._folder, detail=False)
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise self._failed("read", error) from error
        return {path.rstrip("/").rpartition("/")[2] for path in found}

    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises
        ------
        ArchiveError
            It cannot be read.
        """
        try:
            content: bytes = self._files.cat_file(f"{self._folder}/{name}")
        except OSError as error:
            raise self._failed("read", error) from error
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all; the folder is made if need be.

        Raises
        ------
        rigcoach.base.errors.RigcoachError
            It cannot be written.
        """
        if self._here is not None:
            write_kept(self._here / name, content)
            return
        try:
            self._files.makedirs(self._folder, exist_ok=True)
            self._files.pipe_file(f"{self._folder}/{name}", content)
        except OSError as error:
            raise self._failed("written to", error) from error

    def _failed(self, what: str, error: OSError) -> ArchiveError:
        return ArchiveError(
            f"{self.address} cannot be {what}",
            why=error.strerror or str(error),
            next_step="Once it can, the same command goes on where it stopped",
            code="archive.unreachable",
        )
