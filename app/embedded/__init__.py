"""Real Postgres and Valkey from wheels, for when no URL is configured: no Docker, no TCP, nothing to install.

Every process that enters `embedded_servers` with the same data directory shares one pair of servers; the last one out
stops them. A small keeper process beside each server starts it again if it falls, and stops it within a second when the
last owner is gone, even by kill -9.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.embedded.places import Places, open_places, open_sockets, refusing
from app.embedded.postgres import postgres_server, postgres_url
from app.embedded.servers import changing, start_servers, stop_servers_if_last, take_hold
from app.embedded.valkey import valkey_server, valkey_url

SERVERS = ("valkey", "postgres")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the servers that were asked for answer."""

    database_url: str | None  # postgresql+asyncpg://..., through a unix socket
    redis_url: str | None  # unix://...


@contextmanager
def embedded_servers(data_dir: Path, *, postgres: bool, valkey: bool) -> Iterator[Endpoints]:
    """The servers asked for, running and answering, until the block is left.

    Blocks for about a second the first time, 0.2 s later; a coroutine enters it in a thread. Raises StartRefused.
    """
    if not postgres and not valkey:
        yield Endpoints(None, None)
        return
    places = open_places(data_dir)
    with refusing(data_dir):
        hold = take_hold(places)
    try:
        with refusing(data_dir), changing(places):
            endpoints = _start(places, postgres=postgres, valkey=valkey)
        yield endpoints
    finally:
        os.close(hold)
        with suppress(FileNotFoundError), changing(places):  # somebody removed the directory: the keepers notice
            stop_servers_if_last(places, SERVERS)


def running_redis_url(data_dir: Path) -> str | None:
    """Where the Valkey of a data directory answers, if it was started there; nothing is started or made."""
    sockets = (data_dir / "servers" / "sockets").resolve()  # not over the link: a socket's path must be short
    return valkey_url(sockets) if (sockets / "valkey.sock").is_socket() else None


def _start(places: Places, *, postgres: bool, valkey: bool) -> Endpoints:
    sockets = open_sockets(places)
    servers = [valkey_server(places, sockets)] if valkey else []
    servers += [postgres_server(places, sockets)] if postgres else []
    start_servers(places, servers)
    return Endpoints(
        database_url=postgres_url(sockets) if postgres else None, redis_url=valkey_url(sockets) if valkey else None
    )
