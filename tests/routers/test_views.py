"""A view that has waited shows how old its quotes are by now."""

import msgspec

from app.domain.markets import ContractId, MarketId
from app.domain.prices import SECOND, LaneId, Nanos
from app.hot.schemas import Statement
from app.hot.shown import QuoteShown, moment
from app.hot.view_shown import ContractShown, GameViewShown, PropositionShown, SideShown
from routers.views import read_view, view_seen
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW

PROVED_AT = Nanos(1_800_000_000 * SECOND)
LANE = LaneId("kalshi:1")
MARKET = MarketId("KX-BOS")
YES = ContractId("kalshi:KX-BOS:yes")


def view() -> GameViewShown:
    quote = QuoteShown(
        contract_id=YES,
        venue=KALSHI,
        market_id=MARKET,
        game_id=CELTICS_GAME.id,
        proved_at=moment(PROVED_AT),
        age_ms=0,
        state="fresh",
        lane=LANE,
    )
    contracts = [
        ContractShown(YES, KALSHI, MARKET, "yes", "tradable", 0.5, quote),
        ContractShown(YES, KALSHI, MARKET, "yes", "tradable", None, None),
    ]
    side = SideShown(CELTICS_GAME.home.id, "Boston Celtics", None)
    return GameViewShown(
        game_id=CELTICS_GAME.id,
        shard="here:1",
        fence=1,
        at=NOW,
        league=CELTICS_GAME.league,
        start=NOW,
        status="live",
        period=1,
        clock="",
        home=side,
        away=side,
        home_win_probability=None,
        propositions=[PropositionShown(Statement("moneyline", "game", None, None), None, contracts)],
    )


def quotes(of: GameViewShown) -> list[tuple[str, int | None] | None]:
    contracts = of.propositions[0].contracts
    return [None if each.quote is None else (each.quote.state, each.quote.age_ms) for each in contracts]


def test_every_quote_is_aged_by_the_newest_proof_of_its_lane() -> None:
    later = Nanos(PROVED_AT + 5 * SECOND)
    assert quotes(view_seen(view(), {}, later, 2 * SECOND)) == [("stale", 5_000), None]
    proofs = {LANE: Nanos(later - SECOND)}
    assert quotes(view_seen(view(), proofs, later, 2 * SECOND)) == [("fresh", 1_000), None]


def test_a_view_is_read_as_it_was_written_and_what_is_none_is_none() -> None:
    assert read_view(msgspec.json.encode(view())) == view()
    assert read_view(b'{"type":"view"}') is None
    assert read_view("nothing") is None
