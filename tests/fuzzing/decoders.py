"""Every decoder of what strangers send, one line each."""

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from tests.fuzzing import catalogues, doors, feeds, files, orders, seeds
from tests.fuzzing.mutations import Change, change_json, change_packed


class Decoder(NamedTuple):
    """`take` lets nothing out but what is a bug. `change`: makes another payload out of one. `recordings`: which of
    those beside the checkout to begin with besides, where there are any."""

    name: str
    take: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    change: Change = change_json
    recordings: str = ""


_ALL = (
    Decoder("espn", catalogues.read_espn, (seeds.ESPN,), recordings="espn/**/*.json"),
    Decoder("gamma", catalogues.read_gamma, seeds.GAMMA, recordings="polymarket/**/rs_gamma*.json"),
    Decoder("clob", catalogues.read_clob, seeds.CLOB, recordings="polymarket/**/*book*.json"),
    Decoder("kalshi", catalogues.read_kalshi, (seeds.KALSHI,), recordings="kalshi/**/*.json"),
    Decoder("kalshi_feed", feeds.hear_kalshi, (feeds.KALSHI_FRAMES,)),
    Decoder("polymarket_feed", feeds.hear_polymarket, (feeds.POLYMARKET_FRAMES,), recordings="polymarket/**/*ws*.json"),
    Decoder("kalshi_account", orders.answer_kalshi, orders.answers(seeds.KALSHI_ACCOUNT)),
    Decoder("polymarket_account", orders.answer_polymarket, orders.answers(*seeds.POLYMARKET_ACCOUNT)),
    Decoder("kalshi_private", orders.hear_kalshi, (seeds.KALSHI_PRIVATE,)),
    Decoder("polymarket_private", orders.hear_polymarket, (seeds.POLYMARKET_PRIVATE,)),
    Decoder("visits", doors.hear_visitor, (seeds.VISIT,)),
    Decoder("calls", doors.answer_call, seeds.CALLS),
    Decoder("questions", doors.read_questions, seeds.QUESTIONS),
    Decoder("cursors", doors.read_cursors, seeds.CURSORS),
    Decoder("tapes", files.read_tape, seeds.TAPES, change_packed),
    Decoder("torn_tapes", files.read_torn_tape, tuple(map(files.framed, seeds.TAPES))),
    Decoder("manifests", files.read_archive, (seeds.MANIFEST,)),
    Decoder("sandbox_plans", files.read_sandbox_plan, (seeds.SANDBOX_PLAN,)),
    Decoder("backtest_plans", files.read_backtest_plan, (seeds.BACKTEST_PLAN,)),
)
DECODERS: Mapping[str, Decoder] = {each.name: each for each in _ALL}


def _take_by_turn(data: bytes) -> None:
    """The first byte says whose turn it is."""
    if data:
        _ALL[data[0] % len(_ALL)].take(data[1:])


def _change_by_turn(data: bytes, chance: Random) -> bytes:
    return data[:1] + _ALL[data[0] % len(_ALL)].change(data[1:], chance) if data else data


EVERYONE = Decoder(
    "all",
    _take_by_turn,
    tuple(bytes([number]) + seed for number, each in enumerate(_ALL) for seed in each.seeds),
    _change_by_turn,
)
