"""Kalshi's answers and frames as they are written. Unknown keys are skipped; in the catalogue all may be absent."""

from typing import Literal

import msgspec

from app.domain.parsing import Counted, Milliseconds

Number = str | float  # decimal strings, on the WebSocket now and then numbers
Levels = list[tuple[Number, Number]]  # price in dollars, contracts; bids only, the best last


class Kalshi(msgspec.Struct, kw_only=True, gc=False):
    """A JSON object of Kalshi."""


class ProductMetadata(Kalshi):
    competition: str | None = None
    competition_scope: str | None = None  # "Game", "Spread", "Point Total", "Future", "Awards", "Strikeouts"


class Market(Kalshi):
    ticker: str | None = None
    event_ticker: str | None = None
    title: str | None = None
    yes_sub_title: str | None = None
    expected_expiration_time: str | None = None
    occurrence_datetime: str | None = None
    status: str | None = None
    strike_type: str | None = None
    floor_strike: float | None = None
    cap_strike: float | None = None
    custom_strike: dict[str, object] | None = None
    rules_primary: str | None = None
    rules_secondary: str | None = None
    volume_fp: float | None = None
    yes_bid_dollars: object = None
    yes_ask_dollars: object = None
    fee_waiver_expiration_time: str | None = None
    fractional_trading_enabled: object = None  # False: whole contracts only


class Event(Kalshi):
    event_ticker: str | None = None
    series_ticker: str | None = None
    title: str | None = None
    sub_title: str | None = None
    product_metadata: ProductMetadata | None = None
    markets: list[msgspec.Raw] | None = None
    ticker: str | None = None  # only a market has one
    fee_type_override: str | None = None
    fee_multiplier_override: object = None


class MilestoneDetails(Kalshi):
    home_team_id: str | None = None
    away_team_id: str | None = None


class Milestone(Kalshi):
    """A game. Its team ids are those of the markets' custom strikes."""

    id: str | None = None
    type: str | None = None  # "football_game", "tennis_tournament_singles": a match of one, too
    start_date: str | None = None
    related_event_tickers: list[str] | None = None
    primary_event_tickers: list[str] | None = None
    details: MilestoneDetails | None = None


_ABSENT = msgspec.Raw()


class Envelope(Kalshi):
    """A page of events, of milestones or of markets, or the answer about a single one."""

    events: list[msgspec.Raw] | None = None
    event: msgspec.Raw = _ABSENT
    markets: list[msgspec.Raw] | None = None
    market: msgspec.Raw = _ABSENT
    milestones: list[msgspec.Raw] | None = None
    cursor: str | None = None
    ticker: str | None = None
    event_ticker: str | None = None


class Series(Kalshi):
    ticker: str | None = None
    fee_type: str | None = None  # "quadratic", "quadratic_with_maker_fees", "flat", …
    fee_multiplier: object = None


class SeriesAnswer(Kalshi):
    """The answer of `/series/{ticker}`."""

    series: Series


class FeeChange(Kalshi):
    """A series, or an event over its series, charges otherwise from a moment on; an override of null is taken back."""

    series_ticker: str | None = None
    fee_type: str | None = None
    fee_multiplier: object = None
    event_ticker: str | None = None
    fee_type_override: str | None = None
    fee_multiplier_override: object = None
    scheduled_ts: Number | None = None


class FeeChanges(Kalshi):
    """The answer of `/series/fee_changes`, or a page of `/events/fee_changes`."""

    series_fee_change_arr: list[msgspec.Raw] | None = None
    event_fee_changes: list[msgspec.Raw] | None = None
    cursor: str | None = None


class OrderBookLevels(Kalshi):
    yes_dollars: Levels | None = None
    no_dollars: Levels | None = None


class NamedOrderBook(Kalshi):
    ticker: str
    orderbook_fp: OrderBookLevels


class OrderBooks(Kalshi):
    """The answer of `/markets/orderbooks`."""

    orderbooks: list[NamedOrderBook]


class PriceRange(Kalshi):
    start: Number
    end: Number
    step: Number


class MarketTerms(Kalshi):
    """What of a market decides how its book is read."""

    ticker: str
    status: str | None = None
    price_level_structure: str | None = None  # a label; the ranges say what it means
    price_ranges: list[PriceRange] | None = None


class MarketsOfTerms(Kalshi):
    """The answer of `/markets`."""

    markets: list[MarketTerms]


class MarketEnd(Kalshi):
    """What of a market says how it ended."""

    ticker: str
    status: str | None = None
    result: str | None = None  # "yes", "no", "scalar", or nothing yet
    settlement_value_dollars: Number | None = None  # of YES
    settlement_ts: str | None = None


class MarketEnds(Kalshi):
    """The answer of `/markets`."""

    markets: list[msgspec.Raw]


class Snapshot(Kalshi):
    market_ticker: str
    yes_dollars_fp: Levels | None = None
    no_dollars_fp: Levels | None = None


class Delta(Kalshi):
    """A signed change of one level."""

    market_ticker: str
    price_dollars: Number
    delta_fp: Number
    side: Literal["yes", "no"]
    ts_ms: Milliseconds = 0


class Ticker(Kalshi):
    market_ticker: str
    yes_bid_dollars: Number | None = None
    yes_ask_dollars: Number | None = None
    yes_bid_size_fp: Number | None = None
    yes_ask_size_fp: Number | None = None
    ts_ms: Milliseconds | None = None


class Trade(Kalshi):
    market_ticker: str
    yes_price_dollars: Number
    count_fp: Number
    taker_outcome_side: Literal["yes", "no"] | None = None
    taker_side: Literal["yes", "no"] | None = None  # its older name
    ts_ms: Milliseconds | None = None


class Lifecycle(Kalshi):
    market_ticker: str
    event_type: str


class Subscription(Kalshi):
    channel: str | None = None
    sid: int | None = None
    market_tickers: list[str] | None = None


class FrameError(Kalshi):
    code: int | None = None
    msg: str | None = None


class SnapshotFrame(Kalshi, tag_field="type", tag="orderbook_snapshot"):
    sid: int
    seq: Counted  # counts per sid, over all its markets
    msg: Snapshot


class DeltaFrame(Kalshi, tag_field="type", tag="orderbook_delta"):
    sid: int
    seq: Counted
    msg: Delta


class TickerFrame(Kalshi, tag_field="type", tag="ticker"):
    msg: Ticker


class TradeFrame(Kalshi, tag_field="type", tag="trade"):
    msg: Trade


class LifecycleFrame(Kalshi, tag_field="type", tag="market_lifecycle_v2"):
    msg: Lifecycle


class SubscribedFrame(Kalshi, tag_field="type", tag="subscribed"):
    msg: Subscription
    id: int | None = None


class UnsubscribedFrame(Kalshi, tag_field="type", tag="unsubscribed"):
    id: int | None = None
    sid: int | None = None
    seq: Counted | None = None


class OkFrame(Kalshi, tag_field="type", tag="ok"):
    """The answer to a command; it has a place in its subscription's sequence."""

    msg: Subscription | list[Subscription] | None = None
    id: int | None = None
    sid: int | None = None
    seq: Counted | None = None


class ErrorFrame(Kalshi, tag_field="type", tag="error"):
    msg: FrameError
    id: int | None = None
    sid: int | None = None


Frame = (
    DeltaFrame
    | SnapshotFrame
    | TickerFrame
    | TradeFrame
    | LifecycleFrame
    | SubscribedFrame
    | UnsubscribedFrame
    | OkFrame
    | ErrorFrame
)


class AnyFrame(Kalshi):
    """What can be read of a frame that is none of these."""

    type: str
    sid: int | None = None
    seq: Counted | None = None


class CommandParams(msgspec.Struct, kw_only=True, omit_defaults=True):
    channels: tuple[str, ...] = ()
    sids: tuple[int, ...] = ()
    action: str = ""
    market_tickers: tuple[str, ...] = ()
    use_yes_price: bool | None = None


class Command(msgspec.Struct, kw_only=True):
    """What we say over the socket."""

    id: int
    cmd: str
    params: CommandParams


PAGE = msgspec.json.Decoder(list[msgspec.Raw] | Envelope)
EVENT = msgspec.json.Decoder(Event, strict=False)
MARKET = msgspec.json.Decoder(Market, strict=False)
MILESTONE = msgspec.json.Decoder(Milestone, strict=False)
SERIES = msgspec.json.Decoder(SeriesAnswer)
FEE_CHANGES = msgspec.json.Decoder(FeeChanges)
FEE_CHANGE = msgspec.json.Decoder(FeeChange)
ORDER_BOOKS = msgspec.json.Decoder(OrderBooks)
MARKET_TERMS = msgspec.json.Decoder(MarketsOfTerms)
MARKET_ENDS = msgspec.json.Decoder(MarketEnds)
MARKET_END = msgspec.json.Decoder(MarketEnd)
FRAME = msgspec.json.Decoder(Frame)
ANY_FRAME = msgspec.json.Decoder(AnyFrame)
