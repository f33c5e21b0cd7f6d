"""What the house needs from outside, as Protocols. Rooms take these; `resources` fills them once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from app.domain.games import Game, WinProbability
from app.domain.inputs import Input
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Event, MarketId, VenueId
from app.domain.orders import AccountId, AccountKind, AtVenue, Order, Prepared, Report, Standing
from app.domain.positions import Resolution
from app.domain.prices import BookId, Doubt, Ladder, LaneId, Listed, Nanos
from app.domain.questions import MatchRequest
from app.domain.teams import MatchContext, Team, TeamMatch
from app.errors import BadInput, FeedError


class GamesIncomplete(FeedError):
    """Some days were told and others were not: keep the games that are here, and ask again soon."""

    def __init__(self, message: str, games: Sequence[Game]) -> None:
        super().__init__(message)
        self.games = games


class ScoreSource(Protocol):
    """Says which games exist."""

    @property
    def name(self) -> str: ...

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """The leagues it has scoreboards of."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests, and what went wrong, by kind, since the start."""
        ...

    async def games(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Game]:
        """Every game of these Eastern calendar days. Raises FeedUnavailable or PayloadRefused when none was told, and
        GamesIncomplete, with the games, when some were."""
        ...

    async def teams(self, league: LeagueCode) -> Sequence[Team]:
        """The league's team list."""
        ...

    @property
    def leagues_with_pages(self) -> Collection[LeagueCode]:
        """Those of whose games a page of their own may tell a win probability that their scoreboard does not."""
        ...

    async def win_probability(self, game: Game) -> WinProbability | None:
        """What the game's page says now; None when it says nothing. Raises FeedUnavailable or PayloadRefused."""
        ...


class VenueCatalogue(Protocol):
    """Says what a venue lists."""

    @property
    def venue(self) -> VenueId: ...

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """The leagues it lists games of."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests, and what went wrong, by kind, since the start."""
        ...

    async def events(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Event]:
        """Everything open about games of these Eastern calendar days, read to the last page, with the props that come
        along with them. Complete, or it raises FeedUnavailable or PayloadRefused."""
        ...


class TeamMatching(Protocol):
    """Says whether two names are one team; in this process or in another."""

    async def match(self, target: str, candidate: str, sport: str, context: MatchContext | None = None) -> TeamMatch:
        """Raises BadInput for what cannot be asked, and MatchingUnavailable."""
        ...

    async def match_many(self, asked: Sequence[MatchRequest]) -> Sequence[TeamMatch | BadInput]:
        """An answer for each, in their order, or what is wrong with it. Raises MatchingUnavailable."""
        ...


Put = Callable[[Input], object]  # tells the trading core; returns at once


class PriceFeed(Protocol):
    """Tells the trading core what a venue says of its order books. It keeps no book itself."""

    @property
    def venue(self) -> VenueId: ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Frames, connections, and what went wrong, by kind, since the start."""
        ...

    @property
    def trouble(self) -> str:
        """What stands in the way now, for people; empty when nothing does."""
        ...

    async def follow(self, listed: Sequence[Listed], live: frozenset[BookId]) -> None:
        """These books and no others from now on; `live` are of games that are being played, and are proved first.
        Does not wait for the venue."""
        ...

    def resync(self, book_id: BookId, doubt: Doubt) -> None:
        """The core doubts this book: ask the venue for a snapshot."""
        ...

    def reopen(self, lane: LaneId) -> None:
        """The core hears nothing from this lane: open another."""
        ...

    async def run(self) -> None:
        """Hold the connections until cancelled; goes on by itself over every failure of the venue."""
        ...


class Books(Protocol):
    """The books that this process keeps, as they are now."""

    def ladder(self, contract_id: ContractId) -> Ladder | None:
        """Both sides of one contract's book, its own terms; None when nobody keeps it here."""
        ...


class Gateway(Protocol):
    """One way to trade at one venue: with real money, or on paper. Every method may be cancelled at any await."""

    @property
    def venue(self) -> VenueId: ...

    @property
    def kind(self) -> AccountKind: ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests, and what went wrong, by kind, since the start."""
        ...

    @property
    def trouble(self) -> str:
        """Why nothing can be traded now, for people; empty when it can."""
        ...

    async def be_tried(self, within: float) -> None:
        """Wait for the first word of the venue on whether it can be traded with, at most so many seconds. What it was,
        `prepare` and `submit` say."""
        ...

    def prepare(self, order: Order) -> Prepared:
        """Ready to be sent, and named where the venue has a name for it beforehand. Asks nobody. Raises OrderRejected
        for what the venue would surely refuse: off the grid, too small."""
        ...

    async def submit(self, prepared: Prepared) -> Report:
        """Send it, once. Raises OrderRejected when it was surely not taken, OutcomeUnknown when it may have been."""
        ...

    async def cancel(self, standing: Standing) -> Report:
        """Take back what is not filled; how it stands then. Raises OrderRejected when the venue refuses (look the order
        up then), OutcomeUnknown, FeedUnavailable."""
        ...

    async def cancel_all(self, account: AccountId) -> None:
        """Take back everything that rests. Raises FeedUnavailable."""
        ...

    async def look_up(self, standing: Standing) -> Report | None:
        """How it stands, with its fills; None: the venue never had it. Raises FeedUnavailable."""
        ...

    async def at_venue(self, account: AccountId, since: Nanos) -> AtVenue:
        """Everything that the venue has of the account; fills since then. Raises FeedUnavailable."""
        ...

    async def hear(self, told: Callable[[Report], object]) -> None:
        """Tell what becomes of orders as the venue says it, until cancelled; goes on by itself over every failure."""
        ...


class Resolver(Protocol):
    """Says how a venue's markets have ended."""

    @property
    def venue(self) -> VenueId: ...

    async def resolutions(self, market_ids: Sequence[MarketId]) -> Sequence[Resolution]:
        """Those of them that the venue knows, open ones too. Raises FeedUnavailable or PayloadRefused."""
        ...
