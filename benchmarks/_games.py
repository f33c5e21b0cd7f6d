"""Games with the links of both venues, so that a price is held against what the other venue asks for the opposite."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.fees import FeeSchedule
from app.domain.games import Game, GameId
from app.domain.inputs import Followed, GameTaken, Halted, Limited, Snapshot
from app.domain.leagues import LeagueCode, Pool
from app.domain.links import Link
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.prices import CENT_GRID, BookId, LaneId, Level, Listed, book_id
from app.domain.propositions import Proposition
from app.domain.risks import RiskLimits
from app.domain.settlements import FOREVER, Terms
from app.domain.teams import Team, TeamId
from app.intake import Intake

FEES = {
    "kalshi": FeeSchedule(taker=70_000, maker=17_500, step=10_000, source="series"),
    "polymarket": FeeSchedule(taker=50_000, step=10, least=10, source="feeSchedule"),
}
TERMS = Terms(True, "result", FOREVER, "result", "half", ("result", "half"))
MUCH = Money(1 << 60)
BOUNDLESS = RiskLimits(  # so that nothing but the books decides
    again_after_ms=0,
    max_skew_ms=600_000,
    max_age_ms=600_000,
    max_stake=MUCH,
    max_tail_loss=MUCH,
    max_per_market=MUCH,
    max_per_game=MUCH,
    max_per_league=MUCH,
    max_per_venue=MUCH,
    max_open=MUCH,
    max_per_day=MUCH,
    bankroll=MUCH,
    max_orders_per_minute=1 << 40,
    kelly_fraction=1.0,
)

Contracts = tuple[str, str]


class House:
    """A core that is not halted, and what it was told to follow."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.now = intake.now
        self.put(Halted((), self.now()))
        self.put(Limited(BOUNDLESS, self.now()))

    def put(self, told: object) -> None:
        self.intake.put(told)  # type: ignore[arg-type]

    def follow(self, game_id: str, venue: str, market: str, contracts: Contracts) -> Listed:
        book, names = book_id(VenueId(venue), MarketId(market)), (ContractId(contracts[0]), ContractId(contracts[1]))
        listed = Listed(book, VenueId(venue), MarketId(market), GameId(game_id), *names)
        self.put(Followed(listed, CENT_GRID, self.now()))
        return listed

    def load(self, book: BookId, bids: Sequence[tuple[int, int]], asks: Sequence[tuple[int, int]]) -> None:
        """Cents and contracts."""
        lane, at = LaneId(f"{book.partition(':')[0]}:0"), self.now()
        self.put(Snapshot(book, lane, _levels(bids), _levels(asks), at, at))

    def take(self, game_id: str, kalshi: tuple[str, str], token: str, second: str) -> None:
        """A game between two teams: Kalshi's two markets, Polymarket's one."""
        home, away = (_team(f"{game_id}{side}") for side in ("H", "A"))
        start = datetime.fromtimestamp(self.now() / 1e9, UTC)
        code = LeagueCode("nba")
        game = Game(id=GameId(game_id), league=code, home=home, away=away, start=start, status="live")
        wins = [Proposition(game.id, "moneyline", "game", None, team.id) for team in (home, away)]
        links = [
            *(link for said, ticker in zip(wins, kalshi, strict=True) for link in _kalshi(ticker, said)),
            _link("polymarket", token, f"polymarket:{token}", wins[0]),
            _link("polymarket", token, f"polymarket:{second}", wins[1]),
        ]
        self.put(GameTaken(game, tuple(links), self.now()))


def _kalshi(ticker: str, said: Proposition) -> tuple[Link, Link]:
    yes = _link("kalshi", ticker, f"kalshi:{ticker}:yes", said)
    return yes, _link("kalshi", ticker, f"kalshi:{ticker}:no", said, is_yes=False)


def _link(venue: str, market: str, contract: str, said: Proposition, *, is_yes: bool = True) -> Link:
    return Link(
        venue=VenueId(venue),
        event_id=EventId(market),
        market_id=MarketId(market),
        contract_id=ContractId(contract),
        outcome="Yes" if is_yes else "No",
        proposition=said,
        polarity="yes" if is_yes else "no",
        verdict="tradable",
        confidence=0.99,
        reasons=(),
        fees=FEES[venue],
        terms=TERMS,
    )


def _team(name: str) -> Team:
    return Team(TeamId(f"nba:{name}"), Pool("nba"), name)


def _levels(told: Sequence[tuple[int, int]]) -> tuple[Level, ...]:
    return tuple((Price(100 * cents), Size(lies * 1_000_000)) for cents, lies in told)
