"""What `fanout.py` compares with: `python benchmarks/_fanned.py PORT REDIS_URL CHANNEL`.

The least that could do it: picows sends on what it hears on a channel of Redis, as it is, to everybody connected.
"""

import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from app.hot.lines import Message
from app.hot.state import open_hot_state


class Everybody(WSListener):
    """Who is connected."""

    connected: set[WSTransport] = set()  # noqa: RUF012

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.connected.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.connected.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        pass


def send_on(message: Message) -> None:
    for transport in Everybody.connected:
        transport.send(WSMsgType.TEXT, message.body)


async def serve(port: int, redis_url: str, channel: str) -> None:
    def accept(_: WSUpgradeRequest) -> WSListener:
        return Everybody()

    async with open_hot_state(redis_url) as hot, hot.open_switchboard(send_on) as board:
        await board.listen(channel)
        server = await ws_create_server(accept, "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), *sys.argv[2:]))
