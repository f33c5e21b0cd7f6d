"""A line reads what a server says however it is cut, and tells whoever waits when it is gone."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import HotStoreUnavailable
from app.hot.connections import Door, open_redis
from app.hot.lines import Line, Message, Push, Refusal, command, read_value
from tests.servers import Server


class Ear:
    """Remembers what it hears."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.lost: list[HotStoreUnavailable] = []

    def hear(self, message: Message) -> None:
        self.heard.append(message)

    def lose(self, error: HotStoreUnavailable) -> None:
        self.lost.append(error)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (b"+OK\r\n", b"OK"),
        (b":12\r\n", 12),
        (b"_\r\n", None),
        (b"$-1\r\n", None),
        (b"$0\r\n\r\n", b""),
        (b"$4\r\n\r\n\r\n\r\n", b"\r\n\r\n"),
        (b"-ERR no\r\n", Refusal(b"ERR no")),
        (b"*2\r\n:1\r\n*0\r\n", [1, []]),
        (b"%1\r\n+proto\r\n:3\r\n", [b"proto", 3]),
        (b">2\r\n+message\r\n$1\r\na\r\n", Push([b"message", b"a"])),
    ],
)
def test_every_kind_of_value_is_read_once_it_is_all_there(said: bytes, value: object) -> None:
    assert read_value(b"xx" + said + b"+more", 2) == (value, 2 + len(said))
    for cut in range(len(said)):
        assert read_value(said[:cut], 0) is None


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 7))
def test_messages_are_heard_whole_however_they_arrive(bodies: list[bytes], step: int) -> None:
    ear = Ear()
    line = Line("nowhere", ear)
    said = b"".join(b">3\r\n" + command(b"message", b"channel", body).partition(b"\r\n")[2] for body in bodies)
    for at in range(0, len(said), step):
        line.data_received(said[at : at + step])
    assert ear.heard == [Message("channel", body) for body in bodies]


async def test_answers_come_in_order_with_messages_between_them(fresh_redis_url: str) -> None:
    door, ear = Door(open_redis(fresh_redis_url)), Ear()
    line = await door.open_line(ear)
    await line.subscribe("lines:one")
    await line.subscribe("lines:two:*", is_pattern=True)
    answers: list[object] = []
    line.send(b"PUBLISH", b"lines:one", b"a\r\nb", told=answers.append)
    line.send(b"PUBLISH", b"lines:nobody", b"c", told=answers.append)
    line.send(b"PUBLISH", b"lines:two:x", b"d" * 1_000_000, told=answers.append)
    assert await line.ask(b"PING") == b"PONG"
    assert answers == [1, 0, 1]
    assert ear.heard == [Message("lines:one", b"a\r\nb"), Message("lines:two:x", b"d" * 1_000_000)]
    line.close()
    await door.close()


async def test_a_line_reads_the_database_that_its_address_names(fresh_redis_url: str) -> None:
    door = Door(open_redis(fresh_redis_url))
    await door.transact(("SET", "lines:here", "yes"))
    line = await door.open_line(Ear())
    assert await line.ask(b"GET", b"lines:here") == b"yes"
    line.close()
    await door.close()


async def test_a_refused_command_is_told_and_the_line_goes_on(fresh_redis_url: str) -> None:
    door = Door(open_redis(fresh_redis_url))
    line = await door.open_line(Ear())
    with pytest.raises(HotStoreUnavailable, match="unknown command"):
        await line.ask(b"TRADE")
    assert await line.ask(b"PING") == b"PONG"
    line.close()
    await door.close()


async def test_when_the_server_is_gone_everybody_who_waits_is_told(server: Server) -> None:
    door, ear = Door(open_redis(server.url)), Ear()
    line = await door.open_line(ear)
    assert server.process is not None
    server.process.send_signal(19)  # SIGSTOP: it answers nothing any more
    asking = asyncio.create_task(line.ask(b"PING"))
    await asyncio.sleep(0.05)
    assert not asking.done()
    server.stop()
    with pytest.raises(HotStoreUnavailable, match=r"valkey\.sock cannot be used"):
        await asking
    assert len(ear.lost) == 1
    assert not line.is_open
    with pytest.raises(HotStoreUnavailable, match="closed"):
        await line.ask(b"PING")
    with pytest.raises(HotStoreUnavailable):
        await door.open_line(ear)
    await door.close()


async def test_a_password_is_given_and_a_wrong_one_named(server: Server) -> None:
    server.stop()
    server.start("--requirepass", "secret")
    for given_, is_let_in in (("secret", True), ("another", False)):
        door = Door(open_redis(f"{server.url}?password={given_}"))
        if is_let_in:
            line = await door.open_line(Ear())
            assert await line.ask(b"PING") == b"PONG"
            line.close()
        else:
            with pytest.raises(HotStoreUnavailable, match="invalid username-password") as refused:
                await door.open_line(Ear())
            assert "another" not in str(refused.value)
        await door.close()
