"""The toy venue's messages as they are written."""

import msgspec


class Market(msgspec.Struct):
    """`asks`: winner or total; `subject`: the side that YES is about."""

    id: str
    asks: str
    rules: str = ""
    subject: str = ""
    points: float | None = None


class Event(msgspec.Struct):
    id: str
    league: str
    home: str
    away: str
    starts: str
    markets: list[Market] = []


class Listing(msgspec.Struct):
    events: list[msgspec.Raw]


class Book(msgspec.Struct, tag="book"):
    """Prices in dollars, sizes in contracts, the best first; of YES."""

    market: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]
    at: int  # milliseconds since 1970


class Alive(msgspec.Struct, tag="alive"):
    """Nothing has changed."""


class Ends(msgspec.Struct):
    """What YES has paid, in dollars, of the markets that are over."""

    paid: dict[str, str]


LISTING = msgspec.json.Decoder(Listing)
EVENT = msgspec.json.Decoder(Event)
UPDATE = msgspec.json.Decoder(Book | Alive)
ENDS = msgspec.json.Decoder(Ends)
