"""Every recorded message of the market channel and of the CLOB is applied, and then the book is the plain one; or it is
refused by name."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import httpx
import msgspec
import pytest
import respx

from app.domain.inputs import Followed, Input, Named, Regridded, Shown, Snapshot, Traded
from app.domain.prices import FINEST_GRID, SECOND, LaneId
from app.fetching import Fetcher
from app.pipeline import Pipeline
from app.settings import PolymarketSettings
from app.venues.polymarket import wire
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.books import ShownBooks
from app.venues.polymarket.hashes import has_its_hash
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader
from tests.app.venues.polymarket.frames import NOW, PlainBook, book, frame, pair_of

UPDATES = {  # file → the type that it says, or that it had before somebody took it away
    "py_ws_messages_book": "book",
    "py_ws_messages_last_trade_price": "last_trade_price",
    "py_ws_messages_price_change": "price_change",
    "py_ws_messages_price_change_v2": "price_change",
    "py_ws_messages_tick_size_change": "tick_size_change",
    "rs_ws_book_snapshot": "book",
    "rs_ws_last_trade": "last_trade_price",
    "rs_ws_market_best_bid_ask_msg": "best_bid_ask",
    "rs_ws_market_book_msg": "book",
    "rs_ws_market_last_trade_msg": "last_trade_price",
    "rs_ws_market_new_market_msg": "new_market",
    "rs_ws_market_price_change_msg": "price_change",
    "rs_ws_market_resolved_msg": "market_resolved",
    "rs_ws_market_tick_size_msg": "tick_size_change",
    "rs_ws_quotes": "price_change",
    "rs_ws_tick_size_change": "tick_size_change",
}
SHOWN = ("py_http_responses_book", "rs_clob_book_response")  # of /book, and so an element of /books
OF_OTHERS = (  # neither the market channel's nor about a book
    *("py_http_responses_event", "py_http_responses_events_list", "py_http_responses_market"),
    *("py_http_responses_market_slug", "py_http_responses_markets", "py_http_responses_markets_list"),
    *("py_http_responses_trades", "rs_http_trades_page", "rs_data_api_trades_response", "py_ws_messages_trades"),
    *("rs_clob_fee_rate_response_nonzero", "rs_clob_fee_rate_response_zero", "rs_search_response", "rs_gamma_tags"),
    *("rs_clob_market_closed_binary_accepting_false", "rs_clob_market_closed_binary_accepting_true"),
    *("rs_gamma_event", "rs_gamma_market", "rs_gamma_market_closed_binary_accepting_false"),
    *("rs_gamma_market_closed_binary_accepting_true", "rs_gamma_market_closed_nonbinary_legacy"),
    *("rs_gamma_market_closed_zero_zero_legacy", "rs_gamma_market_sports_market_map_handicap"),
    *("rs_gamma_market_sports_market_money_line", "rs_rtds_crypto_prices_subscribe", "rs_rtds_crypto_prices_update"),
    *("rs_rtds_equity_prices_subscribe", "rs_rtds_equity_prices_update"),
)
LANE = LaneId("polymarket:1")

Json = Mapping[str, object]


def messages(shared: Path) -> Path:
    return shared / "data/polymarket/messages"


def update_in(shared: Path, name: str) -> dict[str, object]:
    said = json.loads((messages(shared) / f"{name}.json").read_bytes())
    return {"event_type": UPDATES[name], **said}


def tokens_of(update: Json) -> Sequence[str]:
    """The first token that is named is the market's first; a second one is its complement."""
    changes = update.get("price_changes")
    if isinstance(changes, list):
        return list(dict.fromkeys(str(change["asset_id"]) for change in changes))
    told = update.get("assets_ids")
    return [str(each) for each in told] if isinstance(told, list) else [str(update["asset_id"])]


class House:
    """One followed market: what was told of it, and the core that heard it."""

    def __init__(self, tokens: Sequence[str], market: str) -> None:
        self.pair = pair_of(*tokens, market=market)
        self.pipeline = Pipeline(5 * SECOND)
        self.told: list[Input] = []
        pairs = dict.fromkeys(tokens, self.pair)
        self.reader = Reader(LANE, pairs, self.put, Amounts(), Counter())
        self.put(Followed(self.pair.listed, FINEST_GRID, NOW))
        self.reader.read(frame(book({}, {}, tokens[0], market)), NOW)
        self.told.clear()

    def put(self, told: Input) -> None:
        self.told.append(told)
        self.pipeline.apply(told)

    @property
    def levels(self) -> tuple[dict[int, int], dict[int, int]]:
        ladder = self.pipeline.ladder(self.pair.book_id)
        assert ladder is not None
        return dict(ladder.bids), dict(ladder.asks)


def plain_book_of(update: Json, token: str) -> PlainBook:
    """What the message says of a book that was empty before, read the plain way."""
    plain = PlainBook()
    if update["event_type"] == "book":
        plain.load(update["bids"], update["asks"])  # type: ignore[arg-type]
    elif update["event_type"] == "price_change":
        for change in update.get("price_changes", [update]):  # type: ignore[attr-defined]
            if change["asset_id"] == token:
                plain.change(change["side"], change["price"], change["size"])
    return plain


def test_no_message_is_forgotten(shared: Path) -> None:
    assert {file.stem for file in messages(shared).glob("*.json")} == {*UPDATES, *SHOWN, *OF_OTHERS}


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_applied_and_the_book_is_the_plain_one(shared: Path, name: str) -> None:
    update = update_in(shared, name)
    token, *_ = tokens = tokens_of(update)
    house = House(tokens, str(update["market"]))
    house.reader.read(json.dumps(update).encode(), NOW)
    plain = plain_book_of(update, token)
    assert house.levels == plain.levels
    assert not house.reader.refusals
    quote = house.pipeline.quote(house.pair.listed.first)
    assert quote is not None
    assert (quote.bid, quote.ask) == plain.best
    assert quote.doubt is None


@pytest.mark.parametrize("name", [name for name, kind in UPDATES.items() if kind == "price_change"])
def test_and_of_the_second_token_only_what_it_names_is_compared(shared: Path, name: str) -> None:
    update = update_in(shared, name)
    token = tokens_of(update)[-1]
    house = House(["first", token], str(update["market"]))
    house.reader.read(json.dumps(update).encode(), NOW)
    assert house.levels == ({}, {})
    assert all(isinstance(told, Named) and told.is_mirrored for told in house.told if type(told) is Named)


def test_what_is_no_book_tells_what_it_says(shared: Path) -> None:
    def told_by(name: str) -> list[Input]:
        update = update_in(shared, name)
        house = House(tokens_of(update), str(update["market"]))
        house.reader.read(json.dumps(update).encode(), NOW)
        return house.told

    trades = [told_by(name)[0] for name, kind in UPDATES.items() if kind == "last_trade_price"]
    assert [(each.price, each.size, each.is_buy) for each in trades if isinstance(each, Traded)] == [
        (4_910, 85_360_000, False),
        (5_100, 25_000_000, True),
        (5_100, 25_000_000, True),
    ]
    grids = [told_by(name)[0] for name, kind in UPDATES.items() if kind == "tick_size_change"]
    assert [each.grid.unit for each in grids if isinstance(each, Regridded)] == [10, 100, 100]
    best = told_by("rs_ws_market_best_bid_ask_msg")[0]
    assert isinstance(best, Named)
    assert (best.bid, best.ask, best.is_exact) == (7_300, 7_700, False)
    assert told_by("rs_ws_market_new_market_msg") == told_by("rs_ws_market_resolved_msg") == []


@pytest.mark.parametrize("name", OF_OTHERS)
def test_a_message_of_others_is_refused_by_name(shared: Path, name: str) -> None:
    house = House(["1"], "0xa1")
    house.reader.read((messages(shared) / f"{name}.json").read_bytes(), NOW)
    assert house.reader.refusals
    assert sum(n for kind, n in house.reader.counts.items() if kind.startswith("refused_")) > 0
    assert not any(isinstance(told, Snapshot) for told in house.told)


@pytest.mark.parametrize("name", SHOWN)
async def test_a_book_of_rest_is_shown_as_it_is(shared: Path, name: str, compare: "Compare") -> None:
    said = json.loads((messages(shared) / f"{name}.json").read_bytes())
    plain = PlainBook()
    plain.load(said["bids"], said["asks"])
    (shown,) = await compare([pair_of(said["asset_id"], market=said["market"])], [said])
    assert isinstance(shown, Shown)
    assert (dict(shown.bids), dict(shown.asks)) == plain.levels


async def test_books_of_rest_come_in_any_order_and_some_not_at_all(compare: "Compare") -> None:
    pairs = [pair_of(token, market=f"0x{token}") for token in ("1", "2", "3")]
    two, one = ({**book({"0.4": "1"}, {}, token, f"0x{token}"), "tick_size": "0.01"} for token in ("2", "1"))
    told = await compare(pairs, [two, {"asset_id": "1"}, book({"two": "1"}, {}, "3"), one])
    assert [type(each) for each in told] == [Regridded, Shown, Regridded, Shown]
    assert [each.book_id for each in told if isinstance(each, Shown)] == ["polymarket:0x2", "polymarket:0x1"]
    assert [pair.is_shown for pair in pairs] == [True, True, False]


@pytest.mark.parametrize("name", ["py_http_responses_book", "py_ws_messages_book"])
def test_the_hash_of_a_recorded_book_is_its_own(shared: Path, name: str) -> None:
    said = json.loads((messages(shared) / f"{name}.json").read_bytes())
    decoder = msgspec.json.Decoder(wire.Book, strict=False)
    assert has_its_hash(decoder.decode(json.dumps(said)))
    said["bids"][0]["size"] += "1"
    assert not has_its_hash(decoder.decode(json.dumps(said)))


Compare = Callable[[Sequence[Pair], Sequence[Json]], Awaitable[list[Input]]]


@pytest.fixture
def compare() -> Compare:
    async def told(pairs: Sequence[Pair], answer: Sequence[Json]) -> list[Input]:
        heard: list[Input] = []
        async with httpx.AsyncClient() as client:
            with respx.mock() as router:
                route = router.post("https://clob.example/books").respond(json=answer)
                fetcher = Fetcher(client, "https://clob.example", PolymarketSettings())
                await ShownBooks(fetcher, heard.append, lambda: NOW, Amounts(), Counter()).compare(pairs)
        assert json.loads(route.calls[0].request.content) == [{"token_id": pair.first} for pair in pairs]
        return heard

    return told
