"""A process that holds servers: `holder.py DATA_DIR NAME...`. It says where they are and stays until its input ends."""

import json
import socket
import sys
from dataclasses import asdict
from pathlib import Path

from app.embedded import embedded_servers
from app.errors import StartRefused


def ask(redis_url: str) -> str:
    """What Valkey says to a ping. Without a library, so that any Python can run this."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(redis_url.removeprefix("unix://"))
        line.sendall(b"PING\r\n")
        return line.recv(64).decode().strip()


def main(data_dir: str, *names: str) -> None:
    with embedded_servers(Path(data_dir), postgres="postgres" in names, valkey="valkey" in names) as endpoints:
        try:
            print(json.dumps(asdict(endpoints)), flush=True)
            sys.stdin.readline()
        except KeyboardInterrupt:
            if endpoints.redis_url:
                print(json.dumps({"after_interrupt": ask(endpoints.redis_url)}), flush=True)
            raise


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StartRefused as refused:
        print(json.dumps({"refused": str(refused), "remedy": refused.remedy}), flush=True)
