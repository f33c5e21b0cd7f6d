"""Everything that shards tell about their games, heard by somebody who works on none."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from threading import Event, Thread

import redis

from tests.platform.platforms import Json


class Overheard(Thread):
    """Every view that anybody tells, with the moment of its hearing."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(daemon=True)
        self.views: list[tuple[float, Json]] = []
        self._heard = client.pubsub(ignore_subscribe_messages=True)
        self._heard.psubscribe("views:*")
        self._is_over = Event()

    def run(self) -> None:
        while not self._is_over.is_set():
            message = self._heard.get_message(timeout=0.2)
            if message is not None:
                self.views.append((time.monotonic(), json.loads(message["data"])))

    def close(self) -> None:
        self._is_over.set()
        self.join()
        self._heard.close()

    def newest(self) -> dict[str, Json]:
        """By game."""
        return {view["game_id"]: view for _, view in list(self.views)}

    def first_since(self, moment: float, process_id: int) -> dict[str, float]:
        """For each game, when this process first told of it after a moment."""
        found: dict[str, float] = {}
        for at, view in list(self.views):
            if at > moment and process_of(view) == process_id:
                found.setdefault(view["game_id"], at - moment)
        return found

    def worked_on_twice(self) -> dict[str, list[tuple[int, str]]]:
        """The games of which an earlier taking spoke again after a later one, or two at once: there must be none."""
        takings: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for _, view in list(self.views):
            taking = (view["fence"], view["shard"])
            if not takings[view["game_id"]] or takings[view["game_id"]][-1] != taking:
                takings[view["game_id"]].append(taking)
        return {game: told for game, told in takings.items() if not is_in_order([fence for fence, _ in told])}


def is_in_order(fences: Sequence[int]) -> bool:
    return [*fences] == sorted(set(fences))


def process_of(view: Json) -> int:
    """The shard's name has its process in it."""
    return int(view["shard"].split(":")[1])
