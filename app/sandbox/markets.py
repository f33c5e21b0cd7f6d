"""Markets as their makers see them, whichever venue lists them."""

from typing import Literal

import msgspec

from app.sandbox.claims import Claim
from app.sandbox.games import Contest
from app.sandbox.gamma_ids import hash_of, tokens_of
from app.sandbox.gamma_offers import Offer, offers_on
from app.sandbox.gamma_titles import event_slug
from app.sandbox.grids import CENTS, TAPERED, Grid
from app.sandbox.kalshi_asks import Ask, boards_on
from app.sandbox.kalshi_titles import event_suffix
from app.sandbox.leagues import made_id

Venue = Literal["kalshi", "polymarket"]


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One market with one book, told in terms of its YES or of its first outcome."""

    venue: Venue
    id: str  # ticker, or condition id
    key: str  # ticker or slug: what its makers draw from
    label: str  # which one it is of its game's: "GAME-BOS", "moneyline", "spread-home-4pt5"
    claim: Claim
    contest: Contest | None = None  # none: about no single game
    grid: Grid = CENTS
    tokens: tuple[str, ...] = ()  # of Polymarket's two outcomes
    outcomes: tuple[str, ...] = ()
    is_neg_risk: bool = False
    is_settled: bool = False

    @property
    def is_main(self) -> bool:
        """Who wins: what most people trade."""
        return self.label == "moneyline" or self.label.startswith("GAME-")

    @property
    def delay(self) -> float:
        """Seconds that Polymarket holds back what would be matched at once."""
        return delay_of(self.contest) if self.contest else 0

    @property
    def uuid(self) -> str:
        """Kalshi's market_id."""
        return made_id(f"market:{self.id}")


def delay_of(contest: Contest) -> int:
    """Seconds: the venue waits in some sports only."""
    return 0 if contest.league.sport == "basketball" else 1


def kalshi_market_of(ask: Ask, event: str, contest: Contest | None = None) -> Market:
    """What Kalshi asks as a market. `event`: its ticker."""
    kind = event.partition("-")[0].removeprefix(contest.league.kalshi) if contest else ""
    is_tapered = contest is not None and contest.league.is_soccer and kind == "GAME"
    return Market(
        venue="kalshi",
        id=f"{event}-{ask.suffix}",
        key=f"{event}-{ask.suffix}",
        label=f"{kind}-{ask.suffix}",
        claim=ask.claim,
        contest=contest,
        grid=TAPERED if is_tapered else CENTS,
    )


def polymarket_market_of(offer: Offer, contest: Contest | None = None) -> Market:
    """What Polymarket offers as a market."""
    tail = offer.slug.removeprefix(event_slug(contest)).strip("-") if contest else offer.slug
    return Market(
        venue="polymarket",
        id=hash_of("condition", offer.slug),
        key=offer.slug,
        label=tail or "moneyline",
        claim=offer.claim,
        contest=contest,
        tokens=tokens_of(offer.slug),
        outcomes=offer.outcomes,
        is_neg_risk=contest is not None and contest.league.is_soccer,
        is_settled=offer.is_settled,
    )


def kalshi_markets_on(contest: Contest) -> list[Market]:
    """Every Kalshi market about a game."""
    suffix = event_suffix(contest)
    return [
        kalshi_market_of(ask, f"{contest.league.kalshi}{board.kind}-{suffix}", contest)
        for board in boards_on(contest)
        for ask in board.asks
    ]


def polymarket_markets_on(contest: Contest) -> list[Market]:
    """Every Polymarket market about a game."""
    return [polymarket_market_of(offer, contest) for offer in offers_on(contest)]
