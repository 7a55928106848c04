"""The server itself: where it listens, how it is begun and ended."""

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from rigcoach.base.errors import RigcoachError
from rigcoach.studio import answers, bring_in_pages, gear_pages, pages, strip_pages, trip_pages
from rigcoach.studio.commands import Commands
from rigcoach.studio.devices import Devices
from rigcoach.studio.drill_room import DrillRoom
from rigcoach.studio.guard import Guard
from rigcoach.studio.hot_folder import HotFolder
from rigcoach.studio.page_maker import PageMaker
from rigcoach.studio.room import Bell, Room
from rigcoach.studio.strip import Strip

HERE = "127.0.0.1"
PORT = 8765
# Of the addresses kept for documentation (RFC 5737): nothing is sent there, only the way to it looked up.
_ELSEWHERE = ("192.0.2.1", 9)


class StudioError(RigcoachError):
    """A studio that cannot be opened."""

    code = "studio.closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """How the studio is to be opened.

    Attributes
    ----------
    port
        Where it listens; 0 picks a free one.
    phone
        Whether it listens on the network too, for phones that are paired.
    address
        This computer's address on that network.
    certificate
        The certificate and its key, for TLS on all of it.
    language
        Of all pages; each browser's own where it is empty.
    watch
        A folder whose clips are scored as they arrive, and shown.
    """

    port: int = PORT
    phone: bool = False
    address: str = ""
    certificate: tuple[Path, Path] | None = None
    language: str = ""
    watch: HotFolder | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A studio that listens: the link that opens it on this computer, once, and where phones reach it."""

    link: str
    port: int
    phone_origin: str | None


def run_studio(commands: Commands, asked: Asked, opened: Callable[[Opened], None]) -> None:
    """Open the studio and serve it until it is interrupted; then the drill is stopped and all left in order.

    Raises
    ------
    StudioError
        It cannot listen there.
    """
    with ExitStack() as until_then:
        sockets = [until_then.enter_context(_listening(HERE, asked.port))]
        port: int = sockets[0].getsockname()[1]
        scheme = "http" if asked.certificate is None else "https"
        phone_origin = None
        if asked.phone:
            sockets.append(until_then.enter_context(_listening(asked.address, port)))
            phone_origin = f"{scheme}://{asked.address}:{port}"
        bell = Bell()
        room = Room(
            drill=DrillRoom(commands, bell.ring),
            devices=Devices(),
            pages=until_then.enter_context(PageMaker()),
            bell=bell,
            # Cookies know no ports: each studio on this computer has its own.
            cookie=f"rigcoach-{port}",
            secure=asked.certificate is not None,
            phone_origin=phone_origin,
            language=asked.language,
        )
        if asked.watch is not None:
            room.strip = until_then.enter_context(Strip(until_then.enter_context(asked.watch), bell.ring))
        until_then.callback(room.drill.close)
        here = tuple(f"{scheme}://{host}:{port}" for host in (HERE, "localhost"))
        origins = here if phone_origin is None else (*here, phone_origin)
        server = _server(application(room, origins), asked.certificate)
        code = room.desk_code.new()
        opened(Opened(f"{here[0]}/pair#{code}", port, phone_origin))
        server.run(sockets=sockets)


def application(room: Room, origins: tuple[str, ...]) -> Guard:
    """Return the studio as an ASGI application, behind its guard."""
    rooms = (pages, answers, strip_pages, bring_in_pages, trip_pages, gear_pages)
    routes = [route for room_pages in rooms for route in room_pages.ROUTES]
    app = Starlette(routes=routes, exception_handlers={RigcoachError: answers.failed})
    app.state.room = room
    return Guard(app, room.devices, lambda: origins, room.cookie)


def network_address() -> str:
    """Return this computer's address on its network.

    Raises
    ------
    StudioError
        It is on none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looked_up:
        try:
            looked_up.connect(_ELSEWHERE)
            address: str = looked_up.getsockname()[0]
        except OSError as error:
            raise StudioError(
                "a phone cannot reach this computer",
                why=f"it is on no network ({error.strerror or error})",
                next_step="Join the phone's network, or name the address: --address 192.168.1.5",
            ) from error
    return address


def _listening(address: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise StudioError(
            f"the studio cannot listen on {address}:{port}",
            why=error.strerror or str(error),
            next_step="Choose another port with --port, or 0 for a free one",
        ) from error
    return listening


def _server(app: Guard, certificate: tuple[Path, Path] | None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=4096,
        h11_max_incomplete_event_size=16_384,
        limit_concurrency=128,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        ssl_certfile=None if certificate is None else str(certificate[0]),
        ssl_keyfile=None if certificate is None else str(certificate[1]),
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
    )
    return uvicorn.Server(config)
