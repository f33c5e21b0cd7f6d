"""G1, G14, G15: a frame in the very function that the venue's socket calls, until the core has decided, with all on:
sequence, doubts, both clocks, the tape, and a look at each combination with the other venue, fees included; beside the
bare decoding of the same frames.

Every frame is another one. G1 tells frames behind the best from those that move it. G14 is the time from a frame's
coming to the new quote on the board, every second frame moving the best; and to the signal, every second frame opening
a gap that survives fees, rules, sizing and every control. G15: the same by the stages of the owner's table.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import quantiles

import msgspec
from _games import House
from _rows import ROUNDS, report, timed

from app.clock import nanos_clock, wall_clock
from app.domain.inputs import GameTaken
from app.domain.markets import MarketId, VenueId
from app.domain.prices import SECOND, LaneId, Nanos, book_id
from app.domain.signals import Judged
from app.intake import Intake
from app.pipeline import Pipeline
from app.venues.kalshi import wire as kalshi_wire
from app.venues.kalshi.connections import Connection
from app.venues.polymarket import wire as polymarket_wire
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader

FRAMES = 20_000  # a round
MARKETS = 40
AGO_MS = 40  # the venue's clock
BEHIND, MOVING = (False,) * FRAMES, (True,) * FRAMES
BY_TURNS = (False, True) * (FRAMES // 2)
FAR_BIDS, FAR_ASKS = [(47, 900), (46, 900)], [(53, 900), (54, 900)]
GAPS = 2_000

Hear = Callable[[bytes, Nanos], object]
Frames = Callable[[Sequence[bool]], Sequence[bytes]]  # for each whether it moves the best

now = nanos_clock(wall_clock)


def a_house() -> House:
    """An intake whose tape is taken away, as the archiver does."""
    return House(Intake(Pipeline(patience=3_600 * SECOND), now))


def kalshi(house: House, draw: random.Random) -> tuple[Hear, Frames]:
    """One subscription over many markets; sequence numbers go on from round to round."""
    tickers = [f"KXNBAGAME-26NOV22LALBOS{number:02d}-BOS" for number in range(MARKETS)]
    connection = Connection(1_000, house.intake.put, now, Counter(), lambda _: None, lambda *_: None)
    numbers, sizes = itertools.count(1), dict[tuple[str, int], int]()
    hear = connection.hear
    hear(_json({"type": "subscribed", "id": 1, "msg": {"channel": "orderbook_delta", "sid": 2}}), now())
    for number, ticker in enumerate(tickers):
        listed = house.follow(f"4{number:02d}", "kalshi", ticker, (f"kalshi:{ticker}:yes", f"kalshi:{ticker}:no"))
        opposite(house, number, ticker)
        connection.join(ticker, listed.book_id)
        levels = [[f"0.{cents:02d}00", "900.00"] for cents in range(2, 48)]
        shown = {"market_ticker": ticker, "yes_dollars_fp": levels, "no_dollars_fp": levels}
        hear(_json({"type": "orderbook_snapshot", "sid": 2, "seq": next(numbers), "msg": shown}), now())

    def frame(moves: bool) -> bytes:
        ticker = draw.choice(tickers)
        cents = 48 if moves else draw.randrange(2, 40)
        there = sizes.get((ticker, cents), 0 if moves else 900)
        change = -there if moves and there else draw.randrange(1, 5_000)
        sizes[ticker, cents] = there + change
        told = {
            "market_ticker": ticker,
            "market_id": f"9b0f61d4-2c5e-4f0a-8d13-{draw.randrange(16**12):012x}",
            "price_dollars": f"0.{cents:02d}00",
            "delta_fp": f"{change}.00",
            "side": "yes",
            "ts": "2026-11-22T23:15:25.123456Z",
            "ts_ms": now() // 1_000_000 - AGO_MS,
        }
        return _json({"type": "orderbook_delta", "sid": 2, "seq": next(numbers), "msg": told})

    return hear, lambda kinds: [frame(moves) for moves in kinds]


def polymarket(house: House, draw: random.Random) -> tuple[Hear, Frames]:
    """One connection over many markets, each told of by both its tokens."""
    tokens = [(f"{number:077d}", f"{number + 500:077d}") for number in range(MARKETS)]
    pairs: dict[str, Pair] = {}
    reader = Reader(LaneId("polymarket:1"), pairs, house.intake.put, Amounts(), Counter())
    sizes: Counter[str] = Counter()
    for number, (first, second) in enumerate(tokens):
        game_id, names = f"5{number:02d}", (f"polymarket:{first}", f"polymarket:{second}")
        listed = house.follow(game_id, "polymarket", first, names)
        rivals = (f"{game_id}-H", f"{game_id}-A")
        for ticker in rivals:
            its = house.follow(game_id, "kalshi", ticker, (f"kalshi:{ticker}:yes", f"kalshi:{ticker}:no"))
            house.load(its.book_id, FAR_BIDS, FAR_ASKS)
        house.take(game_id, rivals, first, second)
        pairs[first] = pairs[second] = Pair(listed)
        bids = [{"price": f"0.{cents:02d}", "size": "900"} for cents in range(2, 48)]
        asks = [{"price": f"0.{cents:02d}", "size": "900"} for cents in range(53, 99)]
        book = {"event_type": "book", "market": listed.market_id, "asset_id": first, "timestamp": "1", "hash": ""}
        reader.read(_json({**book, "bids": bids, "asks": asks}), now())

    def frame(moves: bool) -> bytes:
        first, second = draw.choice(tokens)
        cents = 48 if moves else draw.randrange(2, 40)
        size = 0 if moves and sizes[first] else draw.randrange(1, 5_000)
        if moves:
            sizes[first] = size
        best = 48 if sizes[first] else 47
        mark = f"{draw.randrange(16**40):040x}"
        its = {"price": f"0.{cents:02d}", "size": f"{size}", "side": "BUY", "hash": mark}
        others = {"price": f"0.{100 - cents:02d}", "size": f"{size}", "side": "SELL", "hash": mark}
        changes = [
            {"asset_id": first, **its, "best_bid": f"0.{best:02d}", "best_ask": "0.53"},
            {"asset_id": second, **others, "best_bid": "0.47", "best_ask": f"0.{100 - best:02d}"},
        ]
        stamp = str(now() // 1_000_000 - AGO_MS)
        return _json({"event_type": "price_change", "market": first, "timestamp": stamp, "price_changes": changes})

    return reader.read, lambda kinds: [frame(moves) for moves in kinds]


def opposite(house: House, number: int, ticker: str) -> None:
    """The rival's market, and the other venue's, far from any gap."""
    game_id, rival, token = f"4{number:02d}", f"{ticker}-RIVAL", f"7{number:02d}"
    others = (
        house.follow(game_id, "kalshi", rival, (f"kalshi:{rival}:yes", f"kalshi:{rival}:no")),
        house.follow(game_id, "polymarket", token, (f"polymarket:{token}", f"polymarket:{token}-2")),
    )
    for listed in others:
        house.load(listed.book_id, FAR_BIDS, FAR_ASKS)
    house.take(game_id, (ticker, rival), token, f"{token}-2")


def _json(message: object) -> bytes:
    return msgspec.json.encode(message)


def compare(name: str, house: House, hear: Hear, frames: Frames, decode: Callable[[bytes], object]) -> None:
    """G1: ours and the bare decoding, each round on frames of its own."""
    for kinds, what, target in ((BEHIND, "behind the best", 3.5), (MOVING, "that moves the best", 8.0)):
        rounds = [frames(kinds) for _ in range(ROUNDS + 1)]
        coming, decided = iter(rounds), []

        def ours(coming: Iterator[Sequence[bytes]] = coming, decided: list[int] = decided) -> None:
            for payload in next(coming):
                hear(payload, now())
            decided.append(len(house.intake.take_tape().decisions))

        again = iter(rounds)

        def bare(again: Iterator[Sequence[bytes]] = again) -> None:
            for payload in next(again):
                decode(payload)

        mine, other = timed(ours, bare)
        report("G1", f"{name} frame {what} / decoding", mine / FRAMES * 1e6, other / FRAMES * 1e6, target)
        assert all((count >= FRAMES) is kinds[0] for count in decided), "the frames do not do what they are here for"


def wait(name: str, hear: Hear, frames: Frames) -> None:
    """G14: wall time of each."""
    took = []
    for payload in frames(BY_TURNS):
        began = time.perf_counter()
        hear(payload, now())
        took.append(time.perf_counter() - began)
    cuts = quantiles(took, n=100)
    report("G14", f"{name} frame to the board, p50 / 0.1 ms", cuts[49] * 1e6, 100, 1)
    report("G14", f"{name} frame to the board, p99 / 0.1 ms", cuts[98] * 1e6, 100, 1)
    report("G15", f"price update over {name}, p50 / 0.5 ms", cuts[49] * 1e6, 500, 1)


def wait_for_signals() -> None:
    """G14: from a frame of Kalshi to the signal that it makes."""
    house = a_house()
    hear, _ = kalshi(house, random.Random(2))
    for number in range(MARKETS):  # the rival's token for 44 cents
        house.load(book_id(VenueId("polymarket"), MarketId(f"7{number:02d}")), [(56, 100_000)], [(58, 900)])
    numbers, took, signals = itertools.count(41), [], list[Judged]()
    house.intake.heed(lambda decision: signals.append(decision) if isinstance(decision, Judged) else None)
    for turn in range(GAPS):
        ticker, change = f"KXNBAGAME-26NOV22LALBOS{turn // 2 % MARKETS:02d}-BOS", 500 + turn // 2
        opens = turn % 2 == 0
        told = {
            "market_ticker": ticker,
            "price_dollars": "0.5100",  # of NO: YES is sold for 49 cents
            "delta_fp": f"{change if opens else -change}.00",
            "side": "no",
            "ts_ms": now() // 1_000_000 - AGO_MS,
        }
        payload = _json({"type": "orderbook_delta", "sid": 2, "seq": next(numbers), "msg": told})
        began = time.perf_counter()
        hear(payload, now())
        if opens:
            took.append(time.perf_counter() - began)
        house.intake.take_tape()
    sent = sum(judged.stage == "sent" for judged in signals)
    assert sent >= GAPS // 2, f"{sent} signals of {GAPS // 2}: {house.intake.pipeline.funnel().stops}"
    cuts = quantiles(took, n=100)
    report("G14", "Kalshi frame to the signal, p50 / 0.1 ms", cuts[49] * 1e6, 100, 1)
    report("G14", "Kalshi frame to the signal, p99 / 1 ms", cuts[98] * 1e6, 1_000, 1)
    report("G15", "signal, p50 / 0.5 ms", cuts[49] * 1e6, 500, 1)


def wait_for_scores() -> None:
    """G15: from a new score to the game's combinations, all of them made anew."""
    house, took = a_house(), list[float]()
    kalshi(house, random.Random(3))
    taken = list(house.intake.pipeline.taken.values())
    for turn in range(400):
        told = taken[turn % len(taken)]
        game = msgspec.structs.replace(told.game, home_score=turn, away_score=0, period=1)
        began = time.perf_counter()
        house.put(GameTaken(game, told.links, now()))
        took.append(time.perf_counter() - began)
    report("G15", "game update, p50 / 5 ms", quantiles(took, n=100)[49] * 1e6, 5_000, 1)


if __name__ == "__main__":
    for name, opened, decoding in (
        ("Kalshi", kalshi, kalshi_wire.FRAME.decode),
        ("Polymarket", polymarket, polymarket_wire.UPDATE.decode),
    ):
        house = a_house()
        told, made = opened(house, random.Random(1))
        compare(name, house, told, made, decoding)
        wait(name, told, made)
    wait_for_signals()
    wait_for_scores()
