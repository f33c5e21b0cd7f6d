"""What followers are told of orders, fills and positions."""

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, money, size
from app.domain.orders import AccountId, Fill, FillId, Order, OrderChange, OrderId, Standing, TradeId
from app.domain.positions import Position
from app.domain.prices import Nanos
from app.hot.trading_shown import fill_shown, order_shown, position_shown

AT = Nanos(1_768_095_000_123_456_789)
AT_TEXT = "2026-01-11T01:30:00.123456Z"

ORDER = Order(
    id=OrderId("o-1"),
    account=AccountId("manual"),
    kind="paper",
    venue=VenueId("kalshi"),
    market_id=MarketId("KX-BOS"),
    contract_id=ContractId("kalshi:KX-BOS:yes"),
    game_id=GameId("401810001"),
    league=LeagueCode("nba"),
    side="buy",
    limit=Price(4_600),
    size=size("12.5"),
    time_in_force="gtc",
    purpose="manual",
    trade_id=TradeId("t-1"),
    quoted=Price(4_500),
    fees=FeeSchedule(taker=70_000, step=10_000),
    wanted_at=AT,
    send_before=AT,
)
FILL = Fill(
    id=FillId("kalshi:f1"), order_id=ORDER.id, price=Price(4_550), size=size(4), fee=Money(70_000),
    venue_time=AT, received_at=AT,
)  # fmt: skip
POSITION = Position(
    account=ORDER.account, contract_id=ORDER.contract_id, venue=ORDER.venue, market_id=ORDER.market_id,
    game_id=ORDER.game_id, league=ORDER.league, size=size(4), cost=money("1.82"), fees=money("0.07"),
    trade_id=ORDER.trade_id, opened_at=AT, changed_at=AT, version=1,
)  # fmt: skip


def told(shown: msgspec.Struct) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(msgspec.json.encode(shown))
    return found


def test_an_order_is_told_as_it_stands() -> None:
    last = OrderChange(order_id=ORDER.id, number=3, state="partly_filled", at=AT, ref="abc", filled=size(4))
    said = told(order_shown(Standing(ORDER, last), is_simulated=True))
    assert (said["limit"], said["size"], said["filled"], said["left"]) == ("0.4600", "12.5", "4", "8.5")
    assert (said["state"], said["number"], said["ref"], said["simulated"]) == ("partly_filled", 3, "abc", True)
    assert said["wanted_at"] == said["changed_at"] == AT_TEXT


def test_a_fill_is_told_with_its_order() -> None:
    said = told(fill_shown(ORDER, FILL, is_simulated=False))
    assert (said["id"], said["order_id"], said["side"], said["purpose"]) == ("kalshi:f1", "o-1", "buy", "manual")
    assert (said["price"], said["size"], said["fee"]) == ("0.4550", "4", "0.07")
    assert (said["venue_time"], said["simulated"]) == (AT_TEXT, False)


def test_a_position_is_told_with_what_it_has_cost() -> None:
    said = told(position_shown(POSITION, is_simulated=True))
    assert said["id"] == "manual:kalshi:KX-BOS:yes"
    assert (said["size"], said["cost"], said["average"], said["fees"]) == ("4", "1.82", "0.4550", "0.07")
    assert said["closed_at"] is None
    closed = msgspec.structs.replace(POSITION, size=size(0), cost=Money(0), closed_at=AT)
    assert told(position_shown(closed, is_simulated=True))["closed_at"] == AT_TEXT
