"""What was found by fuzzing: a small payload for each, which its decoder must stand from then on."""

from collections.abc import Sequence

import msgspec

from app.archive.tapes import Piece
from app.domain.inputs import Followed
from app.domain.prices import Grid, even_grid
from tests.fuzzing.feeds import KALSHI_FRAMES, POLYMARKET_FRAMES, A
from tests.fuzzing.files import framed
from tests.fuzzing.orders import answers
from tests.fuzzing.payloads import lines_of
from tests.fuzzing.seeds import (
    BACKTEST_PLAN,
    ESPN,
    GAMMA,
    INPUTS,
    KALSHI,
    KALSHI_ACCOUNT,
    KALSHI_PRIVATE,
    MANIFEST,
    POLYMARKET_PRIVATE,
)

_DEEP = b"[" * 2_000 + b"]" * 2_000
_SNAPSHOT = {"type": "orderbook_snapshot", "sid": 1, "seq": 1, "msg": {"market_ticker": A}}


def _delta(seq: int, **changes: object) -> dict[str, object]:
    told = {"market_ticker": A, "price_dollars": "0.4", "delta_fp": "1.00", "side": "yes"}
    return {"type": "orderbook_delta", "sid": 1, "seq": seq, "msg": told | changes}


def _on_grid(grid: Grid) -> bytes:
    followed = next(each for each in INPUTS if isinstance(each, Followed))
    return msgspec.msgpack.encode(Piece(0, (msgspec.structs.replace(followed, grid=grid),), "ab" * 16))


FINDS: Sequence[tuple[str, str, bytes]] = (  # what it was, which decoder it met, with what
    ("a million digits out of eight", "kalshi_account", KALSHI_ACCOUNT.replace(b'"4.00"', b'"1e900000"')),
    ("an exponent beyond every number", "kalshi_private", KALSHI_PRIVATE.replace(b'"4.00"', b'"1e9999999"')),
    ("a size that no column holds", "kalshi_feed", lines_of(_SNAPSHOT, _delta(2, delta_fp="9" * 20 + ".00"))),
    (
        "sizes that together no column holds",
        "kalshi_feed",
        lines_of(_SNAPSHOT, *(_delta(seq, delta_fp="999999999999.00") for seq in range(2, 14))),
    ),
    ("a moment in the year 300,000", "kalshi_feed", lines_of(_SNAPSHOT, _delta(2, ts_ms=10**16))),
    ("the same of the other venue", "polymarket_feed", POLYMARKET_FRAMES.replace(b"1795305600100", b"17953056001000")),
    ("a number that is no number of a frame", "kalshi_feed", KALSHI_FRAMES.replace(b'"seq":3', b'"seq":%d' % 2**70)),
    ("a score of 300 digits", "espn", ESPN.replace(b'"84"', b"1e300")),
    ("a score below nothing", "espn", ESPN.replace(b'"84"', b"-84")),
    ("a period of 300 digits", "espn", ESPN.replace(b'"period":4', b'"period":1e300')),
    ("a chance of a play above one", "espn", ESPN.replace(b'"homeWinPercentage":0.6,', b'"homeWinPercentage":6,')),
    ("a page in depth that is nested deeply", "espn", ESPN.replace(b'"plays":[', b'"plays":[%b,' % _DEEP)),
    ("less than no liquidity", "gamma", GAMMA[0].replace(b"250.5", b"-250.5")),
    ("less than no volume", "kalshi", KALSHI.replace(b'"52000.50"', b"-1")),
    ("a trade for two dollars", "polymarket_private", POLYMARKET_PRIVATE.replace(b'"0.4"', b'"2"')),
    ("a trade in the year 300,000", "polymarket_private", POLYMARKET_PRIVATE.replace(b"1795305600", b"9" * 30)),
    ("a fill in the year 300,000", "kalshi_private", KALSHI_PRIVATE.replace(b"1795305600100", b"9" * 30)),
    ("a refusal that is nested deeply", "kalshi_account", b'{"error":%b}   ' % _DEEP),
    ("a question that is nested deeply", "calls", b'{"request_id":"1","target":%b}' % _DEEP),
    ("a frame that swells", "torn_tapes", framed(b"\0" * 10_000_000)),
    ("a frame of tape that is nested deeply", "tapes", b"\x91" * 5_000 + b"\x90"),
    ("a tape with too long a name", "backtest_plans", BACKTEST_PLAN.replace(b"00000.tape", b"a" * 300)),
    ("a sweep over no value", "backtest_plans", b'{"sweep":{"risk.kelly":[]}}'),
    ("a market that has paid no number", "kalshi", KALSHI.replace(b'"0.5000"', b'"NaN"')),
    ("a fill before 1970", "kalshi_account", answers(KALSHI_ACCOUNT.replace(b"2026-11-22T23", b"1969-11-22T23"))[1]),
    (
        "the same over its socket",
        "kalshi_private",
        KALSHI_PRIVATE.replace(b"2026-11-22T23", b"1969-11-22T23").replace(b',"ts_ms":1795305600100', b""),
    ),
    ("a grid without a step", "tapes", _on_grid(Grid(()))),
    ("a grid with a step of nothing", "tapes", _on_grid(even_grid(0))),
    ("two lines in one", "manifests", MANIFEST.replace(b"\n", b"\r", 1)),
)
