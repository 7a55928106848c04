"""Who may talk to the studio: devices with a token each, paired by codes that work once and for a few minutes."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.suggest import did_you_mean
from rigcoach.base.user_data import user_folder

# No letters that are taken for others: a code may have to be typed.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 10
CODE_LASTS_S = 300.0
MOST_FAILURES = 10
"""Wrong codes after which the true one no longer holds: out of 2**50 nobody guesses one by then."""

_SEEN_EVERY_S = 60.0
_MOST_BYTES = 1_000_000
_LONGEST_NAME = 40


class Role(StrEnum):
    """What a device may do."""

    DESK = "desk"  # all: the computer itself
    PHONE = "phone"  # start and stop takes, guess, be the slate; it is shown no picture


class DeviceError(RigcoachError):
    """Paired devices that cannot be read, or one that is none."""

    code = "studio.devices"


@dataclass(frozen=True, slots=True)
class Device:
    """A device: its name, what it may do, when it was paired and last seen, and its token's SHA-256."""

    id: str
    name: str
    role: Role
    paired_at: str
    seen_at: str
    sha256: str


class Devices:
    """The phones that were paired, kept among the photographer's data, and this run's own pages, kept nowhere.

    A file that another process changed, as `rigcoach studio devices --revoke` does, holds at once.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or devices_file()
        self._lock = threading.Lock()
        self._desks: dict[str, Device] = {}
        self._phones: tuple[Device, ...] = ()
        self._read_at: tuple[int, int] | None = None

    def add(self, name: str, role: Role) -> tuple[Device, str]:
        """Add a device; return it and its token, which is kept by nobody but the device.

        Raises
        ------
        rigcoach.base.outputs.OutputError
            It cannot be kept.
        """
        token, now = secrets.token_urlsafe(32), _now()
        shown = "".join(c for c in name if c.isprintable()).strip()[:_LONGEST_NAME] or "phone"
        device = Device(secrets.token_hex(4), shown, role, now, now, _sha256(token))
        with self._lock:
            if role is Role.DESK:
                self._desks[device.sha256] = device
            else:
                self._load()
                self._write((*self._phones, device))
        return device, token

    def of(self, token: str) -> Device | None:
        """Return the device with a token; None where there is none, or no longer."""
        sha256 = _sha256(token)
        with self._lock:
            if sha256 in self._desks:
                return self._desks[sha256]
            self._load()
            found = next((each for each in self._phones if hmac.compare_digest(each.sha256, sha256)), None)
            if found is None:
                return None
            now = _now()
            if (datetime.fromisoformat(now) - datetime.fromisoformat(found.seen_at)).total_seconds() > _SEEN_EVERY_S:
                self._write(tuple(replace(each, seen_at=now) if each is found else each for each in self._phones))
            return found

    def holds(self, device: Device) -> bool:
        """Whether a device is still paired."""
        with self._lock:
            self._load()
            return device.sha256 in self._desks or any(each.sha256 == device.sha256 for each in self._phones)

    def phones(self) -> tuple[Device, ...]:
        """Return the phones that were paired."""
        with self._lock:
            self._load()
            return self._phones

    def revoke(self, wanted: str) -> tuple[Device, ...]:
        """Forget the phone of an id or a name, or all of them (``all``); return those forgotten.

        Raises
        ------
        DeviceError
            There is no such phone.
        """
        with self._lock:
            self._load()
            gone = tuple(each for each in self._phones if wanted in ("all", each.id, each.name))
            if not gone and wanted != "all":
                names = [each.name for each in self._phones]
                raise DeviceError(
                    f"no phone {wanted} is paired",
                    why=f"paired: {', '.join(names)}" if names else "none is paired",
                    next_step=did_you_mean(wanted, names) or "See `rigcoach studio devices`",
                )
            self._write(tuple(each for each in self._phones if each not in gone))
            return gone

    def _load(self) -> None:
        try:
            stat = self._path.stat()
            at = (stat.st_mtime_ns, stat.st_size)
            if at == self._read_at:
                return
            if stat.st_size > _MOST_BYTES:
                raise ValueError("it is too large")
            self._phones = tuple(_device(each) for each in json.loads(self._path.read_bytes())["devices"])
            self._read_at = at
        except FileNotFoundError:
            self._phones, self._read_at = (), None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise DeviceError(
                "the paired devices cannot be read",
                why=f"{self._path}: {error}",
                next_step="Remove the file and pair them again",
            ) from error

    def _write(self, phones: tuple[Device, ...]) -> None:
        document = {"schema": "rigcoach.studio-devices/1", "devices": [asdict(each) for each in phones]}
        write_kept(self._path, json.dumps(document, indent=2).encode() + b"\n", mode=0o600)
        self._phones, self._read_at = phones, None


class PairingCode:
    """A code that one device may be paired with, once; too many wrong ones, or five minutes, and it is void."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._lock = threading.Lock()
        self._code: str | None = None
        self._until = 0.0
        self._failures = 0

    def new(self) -> str:
        """Return a new code; the one before holds no more."""
        with self._lock:
            self._code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
            self._until, self._failures = time.monotonic() + CODE_LASTS_S, 0
            return self._code

    @property
    def holds(self) -> bool:
        """Whether there is a code that a device may be paired with."""
        return self._code is not None and time.monotonic() < self._until

    def use(self, code: str) -> bool:
        """Use a code up; whether it was the right one."""
        with self._lock:
            if not self.holds or self._code is None:
                return False
            if hmac.compare_digest(code.encode(), self._code.encode()):
                self._code = None
                return True
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._code = None
            return False


def devices_file() -> Path:
    """Return where the paired devices are kept."""
    return user_folder("studio") / "devices.json"


def devices_document(devices: tuple[Device, ...]) -> dict[str, Any]:
    """Return what ``studio devices --json`` prints."""
    shown = ("id", "name", "paired_at", "seen_at")
    return {
        "schema": "rigcoach.studio-devices/1",
        "devices": [{name: getattr(each, name) for name in shown} for each in devices],
    }


def _device(document: Any) -> Device:
    names = ("id", "name", "paired_at", "seen_at", "sha256")
    found = Device(role=Role(document["role"]), **{name: str(document[name]) for name in names})
    datetime.fromisoformat(found.seen_at)
    return found


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
