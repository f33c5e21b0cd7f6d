"""A trading core with games, links and books that a test writes down in a line each."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.decisions import Decision
from app.domain.fees import FeeSchedule
from app.domain.games import Game, GameId
from app.domain.inputs import Followed, GameTaken, Halted, Heard, Limited, Snapshot, Tick
from app.domain.leagues import LeagueCode, Pool
from app.domain.links import Link
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.money import price, size
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, LaneId, Level, Listed, Nanos, book_id
from app.domain.propositions import HalfPoints, Polarity, Proposition
from app.domain.risks import RiskLimits
from app.domain.settlements import Terms
from app.domain.signals import Judged
from app.domain.teams import Team, TeamId
from app.pipeline import Pipeline

KALSHI_FEES = FeeSchedule(taker=70_000, maker=17_500, step=10_000, source="series")
POLYMARKET_FEES = FeeSchedule(taker=50_000, step=10, least=10, source="feeSchedule")
# what both pay whatever happens, so that nothing but the prices decides
SAME = Terms(overtime=True, tie="result", window=48, late="half", cancelled="half", abandoned=("result", "half"))
START = Nanos(1_764_000_000 * SECOND)
FAR = "0.30x500", "0.70x500"  # bids and asks that make no edge with anything


def team(name: str) -> Team:
    """Of no registry."""
    return Team(TeamId(f"nba:{name}"), Pool("nba"), name, name, name, name)


def a_game(game_id: str = "401", league: str = "nba", **more: object) -> Game:
    """LAL at BOS, being played."""
    start = datetime.fromtimestamp(START / SECOND, UTC)
    given = {"status": "live", "period": 1, "clock": "10:00", "home_score": 2, "away_score": 0} | more
    home, away = team("BOS"), team("LAL")
    return Game(id=GameId(game_id), league=LeagueCode(league), home=home, away=away, start=start, **given)  # type: ignore[arg-type]


def winner(game: Game, side: str) -> Proposition:
    """One side wins; `draw`: nobody does."""
    has_draw = game.league in ("epl", "mls")
    scope = "regulation" if has_draw else "game"
    if side == "draw":
        return Proposition(game.id, "draw", scope)
    return Proposition(game.id, "moneyline", scope, None, TeamId(f"nba:{side}"))


def total(game: Game, points: float) -> Proposition:
    return Proposition(game.id, "total", "game", HalfPoints(round(points * 2)))


def links_of(
    venue: str, market: str, said: Proposition, second: Proposition | None = None, **more: object
) -> tuple[Link, Link]:
    """Both contracts of a market: yes and no of one statement, or a token for each of two."""
    market_id = MarketId(market)
    given = {
        "fees": KALSHI_FEES if venue == "kalshi" else POLYMARKET_FEES,
        "terms": SAME,
        "verdict": "tradable",
        "confidence": 0.99,
        "reasons": (),
        "rules_hash": f"hash of {market}",
        "event_id": EventId(market),
    } | more
    no: Polarity = "no" if second is None else "yes"
    told: Sequence[tuple[str, Proposition, Polarity]] = (("yes", said, "yes"), ("no", second or said, no))
    return tuple(
        Link(
            venue=VenueId(venue),
            market_id=market_id,
            contract_id=ContractId(f"{venue}:{market}:{name}"),
            outcome=name.title(),
            proposition=proposition,
            polarity=polarity,
            **given,
        )
        for name, proposition, polarity in told
    )  # type: ignore[return-value, arg-type]


def both_winners(game: Game, **more: object) -> tuple[Link, ...]:
    """Kalshi's two markets and Polymarket's one."""
    home, away = winner(game, "BOS"), winner(game, "LAL")
    prefix = "" if game.id == "401" else f"{game.id}-"
    return (
        *links_of("kalshi", f"{prefix}BOS", home, **more),
        *links_of("kalshi", f"{prefix}LAL", away, **more),
        *links_of("polymarket", f"{prefix}0x1", home, away, **more),
    )


def levels(text: str) -> tuple[Level, ...]:
    """`0.53x120 0.52x3`"""
    pairs = (pair.split("x") for pair in text.split())
    return tuple((price(at), size(lies)) for at, lies in pairs)


class Core:
    """A pipeline at a moment that the test moves. Books are named by venue and market."""

    def __init__(self, limits: RiskLimits | None = None) -> None:
        self.now = Nanos(START + 600 * SECOND)
        self.pipeline = Pipeline(patience=3_600 * SECOND)
        self.said: list[Decision] = []
        self.put(Halted((), self.now))
        self.put(Limited(limits or RiskLimits(), self.now))

    def put(self, told: object) -> list[Judged]:
        """Tell it; what it has judged."""
        said = self.pipeline.apply(told)  # type: ignore[arg-type]
        self.said += said
        return [each for each in said if isinstance(each, Judged)]

    def take(self, game: Game, links: Iterable[Link], pregame: float | None = None) -> list[Judged]:
        return self.put(GameTaken(game, tuple(links), self.now, pregame))

    def follow(self, links: Iterable[Link]) -> None:
        markets: dict[MarketId, list[Link]] = {}
        for link in links:
            assert link.market_id is not None
            markets.setdefault(link.market_id, []).append(link)
        for market_id, both in markets.items():
            contracts = [link.contract_id for link in both]
            assert contracts[0] is not None
            venue = both[0].venue
            listed = Listed(book_id(venue, market_id), venue, market_id, both[0].game_id, *contracts)  # type: ignore[arg-type]
            self.put(Followed(listed, CENT_GRID, self.now))

    def show(self, venue: str, market: str, bids: str, asks: str) -> list[Judged]:
        """The whole book."""
        told = Snapshot(
            book_id(VenueId(venue), MarketId(market)), self.lane(venue), levels(bids), levels(asks), self.now, self.now
        )
        return self.put(told)

    def lane(self, venue: str) -> LaneId:
        return LaneId(f"{venue}:1")

    def hear(self, venue: str) -> None:
        """The venue's lane carries something."""
        self.put(Heard(self.lane(venue), self.now))

    def pass_time(self, milliseconds: float) -> list[Judged]:
        self.now = Nanos(self.now + round(milliseconds * MILLISECOND))
        return self.put(Tick(self.now))

    def stops(self) -> dict[str, int]:
        """`stage reason` → how often something was let go there."""
        return {f"{stop.stage} {stop.reason}": stop.count for stop in self.pipeline.funnel().stops}


def a_core(game: Game | None = None, links: Sequence[Link] | None = None, limits: RiskLimits | None = None) -> Core:
    """With one game whose books stand far from any edge."""
    core, game = Core(limits), game or a_game()
    links = both_winners(game) if links is None else links
    core.follow(links)
    core.take(game, links)
    return core


def quiet(core: Core) -> Core:
    """Every book far from an edge, and fresh."""
    for market in ("BOS", "LAL"):
        core.show("kalshi", market, *FAR)
    core.show("polymarket", "0x1", *FAR)
    return core


def gap(core: Core, cents: int = 4, lies: str = "300") -> list[Judged]:
    """BOS for 46 cents on Kalshi, LAL for 50 on Polymarket, or so."""
    core.show("polymarket", "0x1", f"0.50x{lies}", "0.56x300")  # LAL at 0.50
    return core.show("kalshi", "BOS", "0.40x300", f"{(50 - cents) / 100:.2f}x{lies}")


def with_terms(links: Iterable[Link], **terms: object) -> tuple[Link, ...]:
    """The same links with other rules."""
    return tuple(
        msgspec.structs.replace(link, terms=msgspec.structs.replace(link.terms or SAME, **terms)) for link in links
    )
