"""Gamma's and the CLOB's answers as they are written. Unknown keys are skipped, known ones may all be absent."""

import msgspec

from app.domain.parsing import Milliseconds

Id = str | int
Number = float | str  # Gamma writes some numbers in quotes
StringList = str | list[str | int] | None  # mostly a string that holds a JSON array


class Gamma(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """A JSON object of Gamma."""


class Market(Gamma):
    id: Id | None = None
    condition_id: str | None = None
    slug: str | None = None
    question: str | None = None
    group_item_title: str | None = None
    description: str | None = None  # the settlement rules
    outcomes: StringList = None
    clob_token_ids: StringList = None
    position_ids: StringList = None
    version: str | None = None  # v2 alone trades by position ids; v1 markets may carry them too, without a book
    sports_market_type: str | None = None
    line: float | None = None
    game_start_time: str | None = None  # "2026-11-23 00:30:00+00"
    event_start_time: str | None = None
    active: bool | None = None
    closed: bool | None = None
    archived: bool | None = None
    accepting_orders: bool | None = None
    enable_order_book: bool | None = None
    uma_resolution_status: str | None = None
    outcome_prices: object = None  # as strings in a string, in the order of the outcomes
    best_bid: object = None  # of the first outcome, as is best_ask
    best_ask: object = None
    liquidity_num: float | None = None
    liquidity: float | None = None
    closed_time: str | None = None  # "2026-04-05 19:37:33+00"
    events: list[msgspec.Raw] | None = None  # in a market's own answer
    fees_enabled: bool | None = None
    fee_type: str | None = None
    fee_schedule: object = None  # a FeeSchedule; one that is none must not cost the market
    order_min_size: object = None  # shares
    seconds_delay: object = None  # before a marketable order is matched
    clear_book_on_start: object = None
    neg_risk: object = None


class FeeSchedule(Gamma):
    """Rate and exponent of the fee, and whether makers pay none."""

    rate: object = None
    exponent: object = None
    taker_only: bool = False


class Team(Gamma):
    id: Id | None = None
    name: str | None = None
    abbreviation: str | None = None
    ordering: str | None = None  # home, away


class Labelled(Gamma):
    """A series or a tag."""

    id: Id | None = None
    slug: str | None = None


class Event(Gamma):
    id: Id | None = None
    slug: str | None = None
    title: str | None = None
    start_time: str | None = None  # the game; startDate is the listing
    event_date: str | None = None
    game_id: Id | None = None
    rescheduled_from_game_id: Id | None = None  # makes up for another game, whose day the slug may keep
    series_slug: str | None = None
    series: list[Labelled] | None = None
    tags: list[Labelled] | None = None
    home_team_name: str | None = None
    away_team_name: str | None = None
    teams: list[Team] | None = None
    ended: bool | None = None
    closed: bool | None = None
    markets: list[msgspec.Raw] | None = None
    condition_id: str | None = None  # only a market has one
    question: str | None = None  # only a market has one


class Envelope(msgspec.Struct, gc=False):
    """A page of the keyset endpoints. Of a single event or market, only these few keys are looked at."""

    events: list[msgspec.Raw] | None = None
    next_cursor: str | None = None
    slug: str | None = None
    id: Id | None = None
    question: str | None = None
    condition_id: str | None = msgspec.field(name="conditionId", default=None)


class Markets(msgspec.Struct, gc=False):
    """A page of `/markets/keyset`."""

    markets: list[msgspec.Raw]
    next_cursor: str | None = None


class Sport(Gamma):
    """One league of /sports; `series` holds ids with commas between."""

    sport: str | None = None
    series: Id | None = None


PAGE = msgspec.json.Decoder(list[msgspec.Raw] | Envelope)
EVENT = msgspec.json.Decoder(Event, strict=False)
MARKET = msgspec.json.Decoder(Market, strict=False)
MARKETS = msgspec.json.Decoder(Markets)
SPORTS = msgspec.json.Decoder(list[msgspec.Raw])
SPORT = msgspec.json.Decoder(Sport)
STRINGS = msgspec.json.Decoder(list[str | int])


class Level(msgspec.Struct, gc=False):
    """Price in dollars and size in shares, both decimal strings."""

    price: str
    size: str


class Book(msgspec.Struct, tag_field="event_type", tag="book", kw_only=True, gc=False):
    """An order book, of REST and of the market channel alike. Replaces what was known."""

    market: str  # condition id
    asset_id: str  # token
    timestamp: Milliseconds
    bids: list[Level]
    asks: list[Level]
    hash: str | None = None
    min_order_size: Number | None = None
    tick_size: Number | None = None
    neg_risk: bool | None = None
    last_trade_price: Number | None = None


class LevelChange(msgspec.Struct, kw_only=True, gc=False):
    """The new size of one level; "0" removes it."""

    asset_id: str
    price: str
    size: str
    side: str
    hash: str | None = None
    best_bid: str | None = None
    best_ask: str | None = None


class PriceChange(msgspec.Struct, tag_field="event_type", tag="price_change", kw_only=True, gc=False):
    """Level changes of one market; the form before 2025 holds one change in its own fields."""

    market: str
    timestamp: Milliseconds
    price_changes: list[LevelChange] | None = None
    asset_id: str | None = None
    price: str | None = None
    size: str | None = None
    side: str | None = None
    hash: str | None = None


class LastTradePrice(msgspec.Struct, tag_field="event_type", tag="last_trade_price", kw_only=True, gc=False):
    market: str
    asset_id: str
    price: str
    size: str
    side: str
    timestamp: Milliseconds
    fee_rate_bps: str | None = None


class TickSizeChange(msgspec.Struct, tag_field="event_type", tag="tick_size_change", kw_only=True):
    market: str
    asset_id: str
    old_tick_size: str
    new_tick_size: str
    timestamp: Milliseconds


class BestBidAsk(msgspec.Struct, tag_field="event_type", tag="best_bid_ask", kw_only=True, gc=False):
    market: str
    asset_id: str
    best_bid: str
    best_ask: str
    timestamp: Milliseconds
    spread: str | None = None


class NewMarket(msgspec.Struct, tag_field="event_type", tag="new_market", kw_only=True):
    market: str
    slug: str
    question: str
    assets_ids: list[str]
    outcomes: list[str]
    timestamp: Milliseconds
    sports_market_type: str | None = None
    line: Number | None = None
    game_start_time: str | None = None


class MarketResolved(msgspec.Struct, tag_field="event_type", tag="market_resolved", kw_only=True):
    market: str
    assets_ids: list[str]
    winning_asset_id: str
    winning_outcome: str
    timestamp: Milliseconds


Update = Book | PriceChange | LastTradePrice | TickSizeChange | BestBidAsk | NewMarket | MarketResolved


class About(msgspec.Struct):
    """What an update that cannot be read is about, as far as that much can be read."""

    event_type: object = None
    market: object = None
    asset_id: object = None
    price_changes: object = None


class Subscription(msgspec.Struct):
    """What is asked for when a connection opens."""

    assets_ids: list[str]
    type: str = "market"
    custom_feature_enabled: bool = True  # best_bid_ask, new_market and market_resolved too
    initial_dump: bool = True


class Operation(msgspec.Struct, omit_defaults=True):
    """What is asked for later: `subscribe` or `unsubscribe`."""

    operation: str
    assets_ids: list[str]
    custom_feature_enabled: bool | None = None


class BookAsked(msgspec.Struct):
    """One element of a request to /books."""

    token_id: str


class Location(msgspec.Struct):
    """What the venue says of the place that asks."""

    blocked: bool
    country: str = ""
    region: str = ""


UPDATE = msgspec.json.Decoder(Update | list[Update], strict=False)  # a frame holds one object or an array
ONE_UPDATE = msgspec.json.Decoder(Update, strict=False)
BOOK_TYPES = ("book", "price_change", "last_trade_price", "tick_size_change", "best_bid_ask")  # what speaks of books
OTHER_TYPES = ("new_market", "market_resolved")
ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
ABOUT = msgspec.json.Decoder(About)
LOCATION = msgspec.json.Decoder(Location)
BOOK = msgspec.json.Decoder(Book, strict=False)
