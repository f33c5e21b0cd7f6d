"""What stands in `examples/` does against a running platform what it says."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from app.hot.signal_shown import signal_shown
from tests.app.history.judged import signal
from tests.docs.stand_ins import team_to_buy
from tests.platform.platforms import PATIENCE, ROOT, Platform, environment, eventually

BOT = ROOT / "examples" / "team_matching_bot.py"
FIRST = ROOT / "examples" / "first_bot.py"
FOLLOWER = ROOT / "examples" / "price_follower.py"
GAME = {"game": {"id": "401", "away": {"name": "Lakers"}, "home": {"name": "Celtics"}}, "propositions": []}


def bot(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BOT), *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture
def names(up: Platform) -> tuple[str, str]:
    """A team on the slate as people call it, and as the score source does."""
    game = next(each["game"] for each in eventually(up.games) if each["game"]["home"]["nickname"])
    return game["home"]["nickname"], game["home"]["name"]


def test_bot_finds_the_contracts_of_its_team_over_redis(up: Platform, names: tuple[str, str]) -> None:
    before = eventually(lambda: up.workers()["team_matching"]["state"] == "running")
    assert before
    done = bot(names[0], "--url", up.http.base_url, "--data-dir", up.data_dir)
    assert f"{names[0]} is {names[1]} (game " in done.stdout, done.stderr
    assert "asking over Redis" in done.stdout
    assert "Connected to unified team matching service" in done.stderr


def test_bot_finds_them_over_http_where_there_is_no_redis(up: Platform, names: tuple[str, str], tmp_path: Path) -> None:
    done = bot(names[0], "--url", up.http.base_url, "--data-dir", tmp_path)
    assert f"{names[0]} is {names[1]} (game " in done.stdout, done.stderr
    assert "asking over HTTP" in done.stdout


def test_bot_looks_again_when_something_is_announced(up: Platform, names: tuple[str, str]) -> None:
    command = [sys.executable, str(BOT), names[0], "--url", str(up.http.base_url), "--data-dir", str(up.data_dir)]
    with subprocess.Popen(
        [*command, "--follow"],
        cwd=ROOT,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        looks = 0
        for line in process.stdout:
            looks += "games are mine" in line
            if looks == 2:
                break
        process.terminate()
    assert looks == 2


@contextmanager
def api_that_says(*statuses: int) -> Iterator[str]:
    """An API without games that answers with these, one after the other; its address."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_asked = self.path.startswith("/discovery/games")
            self.send_response(left.pop(0) if is_asked and left else 200)
            self.end_headers()
            self.wfile.write(b'{"items":[]}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_bot_that_follows_outlives_a_restart_and_ends_when_it_is_refused(tmp_path: Path) -> None:
    with api_that_says(503, 503, 401) as url:
        done = bot("Celtics", "--url", url, "--data-dir", tmp_path, "--follow")
    assert done.stdout.count("looking again") == 2
    assert (done.returncode, "401 Unauthorized" in done.stderr) == (1, True)


def test_bot_says_what_to_do_where_nothing_answers(tmp_path: Path) -> None:
    done = bot("Celtics", "--url", "http://127.0.0.1:1", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def following(*arguments: object) -> Iterator[Iterator[str]]:
    """What the follower prints."""
    with subprocess.Popen(
        [sys.executable, str(FOLLOWER), *map(str, arguments)],
        cwd=ROOT,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            yield iter(process.stdout)
        finally:
            timer.cancel()
            process.terminate()


def test_follower_prints_both_venues_side_by_side(up: Platform) -> None:
    eventually(lambda: [game for game in up.get("/games?limit=500")["items"] if len(game["venues"]) > 1])
    with following("--url", up.http.base_url) as lines:
        assert next(lines).startswith("following ")
        both = next((line for line in lines if "kalshi" in line and "polymarket" in line), "")
    assert both.count(" / ") == 2


def told(*messages: object) -> list[str]:
    return [json.dumps(message) for message in messages]


@contextmanager
def sockets_that_say(*visits: Sequence[str], heard: list[object]) -> Iterator[int]:
    """A platform that says so much to each who comes, and then cuts it off; its port."""
    left = list(visits)

    def visit(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            heard.append(json.loads(connection.recv()))
            for message in left.pop(0) if left else ():
                connection.send(message)
            while not left:  # the last one stays
                heard.append(json.loads(connection.recv()))

    with serve(
        visit, "127.0.0.1", 0, process_request=lambda connection, request: answered(connection, request.path)
    ) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.socket.getsockname()[1]
        server.shutdown()


def answered(connection: ServerConnection, path: str) -> object:
    """The one call over HTTP that it makes."""
    return None if path == "/ws" else connection.respond(200, json.dumps(GAME))


def test_follower_tells_a_signal_in_words() -> None:
    data = msgspec.to_builtins(signal_shown(signal(7), is_simulated=True))
    update = {"type": "update", "channel": "signals", "epoch": 8, "seq": 5, "before": 0, "data": data}
    with (
        sockets_that_say(told(update), heard=[]) as port,
        following("401", "--url", f"http://127.0.0.1:{port}") as lines,
    ):
        line = next(line for line in lines if line.startswith("signal"))
    assert line.startswith(
        "signal 5: cross_venue a-7 on 401810001, simulated: 60 of kalshi nba:2 at 0.4600 + polymarket"
    )
    assert "for $57.6 and $1.8 of fees: $0.6, at worst $-29.4 (cancelled" in line


def test_follower_goes_on_after_the_last_update_it_has_seen() -> None:
    update = {"type": "update", "channel": "fills", "epoch": 8, "seq": 5, "before": 0, "data": {"price": "0.5"}}
    first = told({"type": "subscribed", "channels": [], "epoch": 8, "seq": 4}, update)
    refused = {"type": "error", "code": "bad_since", "message": "", "remedy": ""}
    heard: list[object] = []
    with (
        sockets_that_say(first, told({**update, "seq": 6}), told(refused), heard=heard) as port,
        following("401", "--url", f"http://127.0.0.1:{port}") as lines,
    ):
        printed = list(islice((line for line in lines if line.startswith("fills")), 2))
        eventually(lambda: len(heard) == 4)
    assert [line.split(":")[0] for line in printed] == ["fills 5", "fills 6"]
    cursors = [(op.get("since"), op.get("epoch")) for op in heard if isinstance(op, dict)]
    assert cursors == [(None, None), (5, 8), (6, 8), (None, None)]


def greeting_in(data: bytes) -> int:
    """Where the word that one is subscribed ends, 0 where it is not said. What comes after it, perhaps at once, is
    prices."""
    begins = data.find(b'{"type":"subscribed"')
    return begins + json.JSONDecoder().raw_decode(data[begins:].decode("latin-1"))[1] if begins >= 0 else 0


@contextmanager
def cut_once(port: int) -> Iterator[int]:
    """A way to the platform on which the first WebSocket is cut as soon as it is subscribed, before it is told any
    price; its port."""
    cut = threading.Event()

    def carry(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                end = 0 if cut.is_set() else greeting_in(data)
                far.sendall(data[:end] if end else data)
                if end:
                    cut.set()
                    break
        for end_of_way in (near, far):
            with suppress(OSError):
                end_of_way.shutdown(socket.SHUT_RDWR)

    def take() -> None:
        with suppress(OSError):
            while True:
                near, far = door.accept()[0], socket.create_connection(("127.0.0.1", port))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=ends, daemon=True).start()
                open_ends.extend((near, far))

    open_ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=take, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
    for end in open_ends:
        end.close()


def test_first_bot_buys_on_paper_and_goes_on_where_it_was_cut_off(up: Platform, tmp_path: Path) -> None:
    key = tmp_path / "first-bot.key"
    asked = {"name": "first-bot", "scopes": ["read", "match", "paper"]}
    key.write_text(up.http.post("/keys", json=asked, headers=up.key).raise_for_status().json()["key"])
    with cut_once(up.port) as port:
        command = [
            sys.executable,
            str(FIRST),
            team_to_buy(up),
            "--url",
            f"http://127.0.0.1:{port}",
            "--key-file",
            str(key),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    matched, *between, bought = done.stdout.splitlines()
    assert "confidence" in matched
    assert any(line.startswith("cut off, to go on after ") for line in between)
    assert bought.startswith("got ")
    assert bought.endswith("simulated: True")


def test_first_bot_is_short_and_needs_nothing_of_ours() -> None:
    lines = FIRST.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 110
    assert not [line for line in lines if line.startswith(("from app", "import app"))]
