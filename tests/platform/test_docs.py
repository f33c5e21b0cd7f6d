"""The docs, read beside a running platform from top to bottom: each command is typed, each answer that is shown is held
against what is answered. `pytest -s` says of every block what was done with it.

The last of the files that share a platform: pages change limits, keys and what goes wrong at the venues, and to cut a
tape takes the longer the longer it is.
"""

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.docs.answers import answers_in, is_borne_out, shown_in
from tests.docs.blocks import JSON, PYTHON, SESSION, SHELL, Block, blocks, pages
from tests.docs.reasons import words_of
from tests.docs.stand_ins import StandIns
from tests.docs.terminals import Ended, Terminal
from tests.platform.platforms import Json, Platform, environment, eventually

CHANNELS = ("games", "signals", "orders", "fills", "positions")
ASKED_WRONG = {"id": 7, "op": "subscribe", "channels": ["prices:4018"]}
LASTING = ("crosscourt replay", "crosscourt backtest", "crosscourt report")  # say the same however often they are asked
DOCTOR = "crosscourt doctor"
SOON = 20.0  # seconds for a message that the page shows


@pytest.fixture(scope="module")
def stand_ins(up: Platform) -> StandIns:
    return StandIns(up)


@pytest.fixture(scope="module")
def told(up: Platform, stand_ins: StandIns) -> Iterator[list[Json]]:
    """Everything that is said on `/ws`, from the beginning of what is kept."""
    heard: list[Json] = []
    with connect(f"ws://127.0.0.1:{up.port}/ws", max_size=None) as socket:
        for op in ({"op": "subscribe", "channels": [f"prices:{stand_ins.game}"]}, ASKED_WRONG):
            socket.send(json.dumps(op))
        socket.send(json.dumps({"op": "subscribe", "channels": CHANNELS, "since": 0, "epoch": 0}))
        listener = threading.Thread(target=hear, args=(socket, heard))
        listener.start()
        yield heard
        socket.close()
        listener.join()


@pytest.fixture(scope="module")
def typed() -> dict[tuple[str, ...], Ended]:
    """What came of commands that say the same on every page."""
    return {}


def hear(socket: ClientConnection, heard: list[Json]) -> None:
    with suppress(ConnectionClosed):
        for text in socket:
            heard.append(json.loads(text))


@pytest.fixture(scope="module", autouse=True)
def as_before(up: Platform) -> Iterator[None]:
    """Limits and venues are for others again as they were."""
    was = up.get("/risk")
    yield
    httpx.delete(f"{up.sandbox_url()}/faults").raise_for_status()
    now = up.get("/risk")
    changed = {name: value for name, value in was["limits"].items() if value != now["limits"][name]}
    if changed:
        wish = {"version": now["version"], "limits": changed, "reason": "the docs were read"}
        up.http.put("/risk/limits", headers=up.key, json=wish).raise_for_status()


class Reader:
    """Goes down a page, and remembers what was answered."""

    def __init__(
        self, terminal: Terminal, stand_ins: StandIns, told: list[Json], typed: dict[tuple[str, ...], Ended]
    ) -> None:
        self.faults: list[str] = []
        self._terminal = terminal
        self._stand_ins = stand_ins
        self._told = told
        self._typed = typed
        self._answers: list[Json] = []

    def read(self, block: Block) -> str:
        """What was done with it, in words."""
        if block.not_run:
            return f"not run: {block.not_run}"
        if block.file:
            return f"written to {block.file} beforehand"
        if block.language == SHELL:
            return self._type(block)
        if block.language == PYTHON:
            ended = self._terminal.run(self._stand_ins.put_into(block.text))
            return self._judge(block, block.text, ended)
        if block.language == SESSION:
            return self._talk(block)
        if block.language == JSON:
            return self._compare(block)
        return "shown"

    def _type(self, block: Block) -> str:
        if "curl" in block.text and shutil.which("curl") is None:
            return "not run: there is no curl here"
        said = [self._judge(block, each, self._once(self._stand_ins.put_into(each))) for each in block.commands]
        return "; ".join(said)

    def _once(self, line: str) -> Ended:
        """What takes long is not done again for another page."""
        words = tuple(words_of(line))
        if line.startswith(DOCTOR):  # those that test_endings.py has killed are late until they are forgotten
            eventually(self._stand_ins.is_well, every=1.0)
        if not line.startswith(LASTING):
            return self._terminal.type(line)
        if words not in self._typed:
            self._typed[words] = self._terminal.type(line)
        return self._typed[words]

    def _judge(self, block: Block, command: str, ended: Ended) -> str:
        self._answers += answers_in(ended.out)
        if ended.code not in block.codes(command):
            self.faults.append(
                f"{block.where}: {command}\nended with {ended.code}: {ended.out[-800:]} {ended.err[-800:]}"
            )
        return f"run, ended with {ended.code}"

    def _talk(self, block: Block) -> str:
        (command,) = block.commands
        lines = self._stand_ins.put_into(block.text).splitlines()
        typed = [line[2:] for line in lines if line.startswith("> ")]
        shown = [shown_in(line[2:])[0] for line in lines if line.startswith("< ")]

        def is_enough(heard: Sequence[str]) -> bool:
            answers = list(answers_in("".join(heard)))
            return all(is_borne_out(each, answers) for each in shown)

        ended = self._terminal.talk(self._stand_ins.put_into(command), typed, is_enough)
        answers = list(answers_in(ended.out))
        self.faults += [f"{block.where}: nobody said {each}" for each in shown if not is_borne_out(each, answers)]
        return f"talked, {len(shown)} answers as shown"

    def _compare(self, block: Block) -> str:
        shown = shown_in(block.text)
        for each in shown:
            if not eventually(lambda each=each: is_borne_out(each, [*self._answers, *self._told]), SOON):
                self.faults.append(f"{block.where}: nothing that was answered has all of {json.dumps(each)}")
        return f"compared with what was answered: {len(shown)}"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("page", pages())
def test_page_does_what_it_says(
    page: str,
    up: Platform,
    stand_ins: StandIns,
    told: list[Json],
    typed: dict[tuple[str, ...], Ended],
    tmp_path: Path,
) -> None:
    found = list(blocks(page))
    with closing(Terminal(tmp_path, up.data_dir, environment())) as terminal:
        for block in found:
            if block.file:
                (tmp_path / block.file).write_text(block.text)
        reader = Reader(terminal, stand_ins, told, typed)
        for block in found:
            print(f"{block.where} ({block.language}): {reader.read(block)}")
    assert not reader.faults, "\n\n".join(reader.faults)
