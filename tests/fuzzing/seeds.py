"""Small examples of what hosts answer, from which other payloads are made. Each holds what all readers of its host look
for, so that no reader turns it down at once."""

import msgspec

from app.archive.manifests import File, Part, Span, Step
from app.archive.tapes import Header, Piece
from app.domain.inputs import Added, Cut, Doubted, Followed, Heard, Named, Replaced, Shown, Snapshot, Tick, Traded
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, LaneId, Nanos
from tests.fuzzing.cores import BEGAN
from tests.fuzzing.feeds import FIRST, MARKET, SECOND, A, kalshi_listed
from tests.fuzzing.orders import REF
from tests.fuzzing.payloads import lines_of, written

_LIVE = {"name": "STATUS_IN_PROGRESS", "state": "in", "completed": False, "shortDetail": "Top 6th"}
_TEAMS = (
    {
        "id": "13",
        "location": "Los Angeles",
        "name": "Lakers",
        "abbreviation": "LAL",
        "displayName": "Los Angeles Lakers",
    },
    {"id": "2", "location": "Boston", "name": "Celtics", "abbreviation": "BOS", "displayName": "Boston Celtics"},
)
_COMPETITION = {
    "id": "401",
    "date": "2026-11-23T00:30Z",
    "timeValid": True,
    "venue": {"id": "1824"},
    "competitors": [
        {"id": team["id"], "homeAway": side, "score": score, "team": team}
        for team, side, score in zip(_TEAMS, ("away", "home"), ("84", {"value": 88.0}), strict=True)
    ],
    "status": {"period": 4, "displayClock": "8:32", "type": _LIVE},
    "situation": {"lastPlay": {"probability": {"homeWinPercentage": 0.664}}, "outs": 2},
}
_GAME = {"id": "401", "competitions": [_COMPETITION]}
_FIGHT = {
    "id": "402",
    "date": "2026-11-22T20:00Z",
    "groupings": [
        {
            "competitions": [
                {
                    "id": "403",
                    "competitors": [
                        {"id": "7", "athlete": {"displayName": "Ana Lima"}},
                        {"id": "8", "roster": {"displayName": "B. Roy / C. Sato", "shortName": "Roy"}},
                    ],
                    "status": {"type": {"state": "post", "completed": True}},
                }
            ]
        }
    ],
}
ESPN = written(
    {
        "events": [_GAME, _FIGHT],
        "header": _GAME,
        "winprobability": [{"homeWinPercentage": 0.6, "playId": "1"}],
        "plays": [
            {
                "id": "1",
                "homeScore": 88,
                "awayScore": 84,
                "period": {"number": 4},
                "clock": {"displayValue": "8:32"},
                "wallclock": "2026-11-23T02:30:00Z",
            }
        ],
        "sports": [{"leagues": [{"teams": [{"team": team} for team in _TEAMS]}]}],
    }
)

_SLUG = "nba-lal-bos-2026-11-22"
_MARKET = {
    "id": "1",
    "conditionId": MARKET,
    "slug": _SLUG,
    "question": "Lakers vs. Celtics",
    "description": "If the Lakers win ...",
    "outcomes": '["Lakers","Celtics"]',
    "outcomePrices": '["0.395","0.605"]',
    "bestBid": 0.39,
    "bestAsk": "0.40",
    "clobTokenIds": f'["{FIRST}","{SECOND}"]',
    "sportsMarketType": "moneyline",
    "gameStartTime": "2026-11-23 00:30:00+00",
    "active": True,
    "closed": False,
    "acceptingOrders": True,
    "enableOrderBook": True,
    "liquidityNum": 250.5,
    "feesEnabled": True,
    "feeType": "sports_fees_v3",
    "feeSchedule": {"exponent": 1, "rate": 0.05, "takerOnly": True},
    "orderMinSize": 5,
    "secondsDelay": 3,
}
_SPREAD = {
    **_MARKET,
    "id": "2",
    "conditionId": "0xa2",
    "slug": f"{_SLUG}-spread-home-3pt5",
    "sportsMarketType": "spreads",
    "line": -3.5,
    "closed": True,
    "closedTime": "2026-11-23 04:00:00+00",
    "umaResolutionStatus": "resolved",
    "outcomePrices": '["1","0"]',
}
GAMMA_EVENT = {
    "id": "9001",
    "slug": _SLUG,
    "title": "Lakers vs. Celtics",
    "startTime": "2026-11-23T00:30:00Z",
    "eventDate": "2026-11-22",
    "gameId": 20026123,
    "seriesSlug": "nba-2027",
    "series": [{"id": "1", "slug": "nba-2027"}],
    "tags": [{"id": "100639", "slug": "games"}, {"id": "1", "slug": "nba"}],
    "teams": [{"name": "Lakers", "abbreviation": "lal", "ordering": "away"}, {"name": "Celtics", "ordering": "home"}],
    "markets": [_MARKET, _SPREAD],
}
GAMMA = (
    written({"events": [GAMMA_EVENT], "markets": [_MARKET, _SPREAD], "next_cursor": ""}),
    written([GAMMA_EVENT]),
    written([{"sport": "nba", "series": "10345,10346"}, {"sport": "epl", "series": 7}]),
    written({**_MARKET, "events": [GAMMA_EVENT]}),
)
_BOOK = {
    "market": MARKET,
    "asset_id": FIRST,
    "timestamp": "1795305600100",
    "bids": [{"price": "0.38", "size": "900"}],
    "asks": [{"price": "0.45", "size": "300.25"}],
    "tick_size": "0.01",
    "hash": "ab",
}
CLOB = (written([_BOOK]), written({"blocked": False, "country": "DE", "region": "BE"}))

_LISTED = {
    "ticker": A,
    "event_ticker": A.rpartition("-")[0],
    "title": "Los Angeles L at Boston Winner?",
    "yes_sub_title": "Boston",
    "status": "active",
    "strike_type": "structured",
    "custom_strike": {"basketball_team": "id-bos"},
    "expected_expiration_time": "2026-11-23T03:30:00Z",
    "rules_primary": "If Boston wins ...",
    "volume_fp": "52000.50",
    "yes_bid_dollars": "0.3900",
    "yes_ask_dollars": "0.4100",
    "fee_waiver_expiration_time": "2026-11-23T00:00:00Z",
    "price_level_structure": "linear_cent",
    "price_ranges": [{"start": "0", "end": "1", "step": "0.01"}],
    "result": "scalar",
    "settlement_value_dollars": "0.5000",
    "settlement_ts": "2026-11-23T04:00:00Z",
}
KALSHI = written(
    {
        "events": [
            {
                "event_ticker": A.rpartition("-")[0],
                "series_ticker": "KXNBAGAME",
                "title": "Los Angeles L at Boston",
                "sub_title": "LAL at BOS (Nov 22)",
                "product_metadata": {"competition": "Pro Basketball (M)", "competition_scope": "Game"},
                "markets": [_LISTED, {**_LISTED, "ticker": A[:-3] + "LAL", "status": "finalized"}],
                "fee_multiplier_override": 1.0,
            }
        ],
        "milestones": [
            {
                "id": "m1",
                "type": "basketball_game",
                "start_date": "2026-11-23T00:30:00Z",
                "related_event_tickers": [A.rpartition("-")[0]],
                "details": {"home_team_id": "id-bos", "away_team_id": "id-lal"},
            }
        ],
        "markets": [_LISTED, {**_LISTED, "status": "finalized"}],
        "series": {"ticker": "KXNBAGAME", "fee_type": "quadratic", "fee_multiplier": 1.0},
        "series_fee_change_arr": [
            {"series_ticker": "KXNBAGAME", "fee_type": "quadratic", "fee_multiplier": "0.5", "scheduled_ts": 1795300000}
        ],
        "event_fee_changes": [
            {"event_ticker": A.rpartition("-")[0], "fee_type_override": "flat", "scheduled_ts": "2026-11-22T00:00:00Z"}
        ],
        "orderbooks": [
            {"ticker": A, "orderbook_fp": {"yes_dollars": [["0.38", "12"]], "no_dollars": [["0.58", "9.5"]]}}
        ],
        "cursor": "",
    }
)

_PLACED = {
    "order_id": REF,
    "client_order_id": "ours",
    "ticker": A,
    "status": "resting",
    "initial_count_fp": "10.00",
    "fill_count_fp": "4.00",
    "remaining_count_fp": "6.00",
}
_FILL = {
    "order_id": REF,
    "client_order_id": "ours",
    "fill_id": "f1",
    "yes_price_dollars": "0.39",
    "count_fp": "4.00",
    "fee_cost": "0.01",
    "is_taker": True,
    "created_time": "2026-11-22T23:00:00Z",
}
KALSHI_ACCOUNT = written(
    {
        "order": _PLACED,
        "orders": [_PLACED],
        "fills": [_FILL],
        "market_positions": [{"ticker": A, "position_fp": "-3.00"}],
        "balance": 12345,
        "exchange_active": True,
        "trading_active": True,
        "order_id": REF,
        "fill_count": "4.00",
        "remaining_count": "6.00",
        "reduced_by": "6.00",
        "error": {"code": "order_already_exists", "message": "no"},
    }
)
KALSHI_PRIVATE = lines_of(
    {"type": "subscribed", "id": 1, "msg": {"channel": "fill", "sid": 1}},
    {"type": "fill", "sid": 1, "msg": {**_FILL, "ts_ms": 1795305600100}},
    {"type": "user_order", "sid": 2, "msg": _PLACED},
    {"type": "error", "id": 1, "msg": {"code": 9, "msg": "no"}},
)

_MADE = {"order_id": REF, "matched_amount": "4", "price": "0.4", "asset_id": FIRST, "maker_address": "", "owner": "k"}
_TRADE = {
    "id": "t1",
    "taker_order_id": REF,
    "market": MARKET,
    "asset_id": FIRST,
    "size": "4",
    "price": "0.4",
    "status": "MATCHED",
    "trader_side": "TAKER",
    "match_time": "1795305600",
    "maker_orders": [_MADE],
}
_SHOWN = {"id": REF, "status": "LIVE", "size_matched": "4", "original_size": "10"}
_LET_IN = {"apiKey": "k", "secret": "cw==", "passphrase": "p", "closed_only": False, "blocked": False}
POLYMARKET_ACCOUNT = (
    written(
        {
            **(_SHOWN | _LET_IN),
            "balance": "1000000",
            "allowances": {"0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e": "1000000"},
            "data": [{**_SHOWN, **_TRADE}],
            "next_cursor": "LTE=",
            "success": True,
            "orderID": REF,
            "errorMsg": "",
            "takingAmount": "4",
            "makingAmount": "1.6",
            "canceled": [REF],
            "not_canceled": {},
        }
    ),
    written([{"asset": FIRST, "size": "4.5"}]),
)
POLYMARKET_PRIVATE = lines_of(
    {"event_type": "trade", "type": "TRADE", **_TRADE},
    [{"event_type": "order", "type": "UPDATE", **_SHOWN}],
    {"event_type": "trade", "type": "TRADE", **_TRADE, "trader_side": "MAKER", "status": "FAILED"},
)

VISIT = lines_of(
    {"op": "auth", "key": "cc_1", "id": 1},
    {"op": "subscribe", "channels": ["prices:401", "games", "slate", "orders", "positions"], "since": 12, "epoch": 7},
    {"op": "snapshot", "id": "a"},
    {"op": "unsubscribe", "channels": ["games", "orders"]},
    {"op": "ping", "id": 3},
)
_QUESTION = {
    "target": "Celtics",
    "candidate": "Boston Celtics",
    "sport": "nba",
    "context": {"opponent": "Lakers", "start": "2026-11-23T00:30:00Z", "league": "nba", "venue_id": "1"},
}
CALLS = (
    written({"request_id": "7", **_QUESTION}),
    written({"request_id": 8, "pairs": [_QUESTION, {"target": "a"}]}),
    written({"is_match": True, "confidence": 0.9, "method": "exact", "reasons": []}),
    written({"error": {"type": "urn:crosscourt:validation", "title": "t", "detail": "d", "remedy": "r", "errors": []}}),
)
QUESTIONS = (
    written(_QUESTION),
    written({"name": "Celtics", "sport": "nba", "context": {"opponent": "Lakers"}}),
    written({"pairs": [_QUESTION]}),
)
CURSORS = (b'["004","nba"]', b'["12"]', b"WyIxMiJd")

_BOOK_ID, _LANE = kalshi_listed(A).book_id, LaneId("kalshi:1:0")
_LEVELS = ((Price(3_800), Size(12_000_000)),), ((Price(4_200), Size(9_000_000)),)
INPUTS = (
    Followed(kalshi_listed(A), CENT_GRID, BEGAN),
    Snapshot(_BOOK_ID, _LANE, *_LEVELS, Nanos(0), BEGAN, 1, "1"),
    Added(_BOOK_ID, True, Price(3_900), 5_000_000, BEGAN, BEGAN, 2, "1"),
    Replaced(_BOOK_ID, False, Price(4_100), Size(5_000_000), BEGAN, BEGAN),
    Named(_BOOK_ID, Price(3_900), Price(4_100), BEGAN, BEGAN),
    Shown(_BOOK_ID, *_LEVELS, BEGAN, BEGAN),
    Traded(_BOOK_ID, Price(4_100), Size(1_000_000), True, BEGAN, BEGAN),
    Heard(_LANE, BEGAN),
    Doubted(_BOOK_ID, "garbage", BEGAN),
    Tick(BEGAN),
    Cut(_LANE, "gap", BEGAN),
)
TAPES = (
    msgspec.msgpack.encode(Header(2, "simulated", "run", 0, 1_000_000_000)),
    msgspec.msgpack.encode(Piece(0, INPUTS, "ab" * 16)),
)
_SPAN = Span("run", 0, 9, 10)
_FILE = File(
    name="a.parquet", dataset="inputs", date="2026-11-22", league="nba", spans=(_SPAN,), rows=10, began=1, ended=2,
    since=3, bytes=4, hash="ab",
)  # fmt: skip
_PART = Part(run="run", part=0, tape_format=2, world="real", patience=1, pieces=1, inputs=10, first=0, last=9)
MANIFEST = b"".join(
    msgspec.json.encode(step) + b"\n"
    for step in (
        Step(number=0, why="archived", at="2026-11-22T23:00:00Z", files=(_FILE,), parts=(_PART,)),
        Step(number=1, why="carried", at="2026-11-22T23:00:00Z", carried=("a.parquet",), target="t"),
        Step(number=2, why="merged", at="2026-11-22T23:00:00Z", gone=("a.parquet",)),
    )
)

SANDBOX_PLAN = written(
    [
        {"at": 5, "for_seconds": 60, "venue": "kalshi", "game": "nba:LAC@LAL", "market": "GAME-LAL",
         "ladder": {"bids": [["0.40", "100"]], "asks": [["0.45", "50"]]}},
        {"at": 0, "game": "nba:LAC@LAL", "price": "0.62"},
        {"at": 0, "game": "nba:LAC@LAL", "venue": "kalshi", "market": "GAME-LAL", "rules": "If ..."},
        {"at": 1, "game": "nba:LAC@LAL", "venue": "kalshi", "market": "GAME-LAL", "fees": {"multiplier": 0.5}},
        {"at": 9, "after": "game", "game": "nba:LAC@LAL", "score": {"home": 2, "away": 0}},
        {"at": 9, "after": "game", "game": "nba:LAC@LAL", "final": {"home": 2, "away": 1}},
        {"at": 9, "game": "nba:LAC@LAL", "status": "postponed"},
        {"at": 3, "fault": {"match": "kalshi", "kind": "429", "count": 2}},
    ]
)  # fmt: skip
BACKTEST_PLAN = written(
    {
        "tapes": ["00000.tape"],
        "sweep": {"risk.kelly": ["0.05", 0.1], "paper.kalshi_ms": [40, 200]},
        "settings": [{"prices.fresh": 3}],
        "tried_before": 2,
    }
)
