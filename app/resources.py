"""Opens what the house needs from outside once, in order, and closes it in reverse."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import httpx
import msgspec

from app.attributions import Attributions
from app.clock import Clock, nanos_clock, shifted_clock, wall_clock
from app.discovery.activity import Pacing
from app.discovery.alarms import Alarms
from app.discovery.findings import Believed, Place
from app.domain.inputs import Began
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import ContractId, VenueId
from app.domain.operations import Round
from app.domain.orders import AccountId
from app.domain.overrides import Override
from app.domain.prices import SECOND
from app.domain.teams import Team
from app.errors import BadInput, FeedUnavailable, HistoryUnavailable, StartRefused
from app.fetching import Fetcher
from app.followings import Followings
from app.history.aliases import list_aliases
from app.history.database import Database
from app.history.overrides import list_overrides
from app.history.recorder import Recorder
from app.hot.state import HotState, open_hot_state
from app.intake import Intake
from app.matching.linking import Linked, link_event
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.matching.unified import TeamMatcher, league_code
from app.pipeline import Pipeline
from app.ports import Resolver, ScoreSource, TeamMatching, VenueCatalogue
from app.positions.marks import Mark
from app.replay.rejudging import Rejudging
from app.settings import Settings
from app.sources.espn.client import Espn
from app.team_matching import InProcessTeamMatching, TeamMatchingClient
from app.venues.descriptions import Description, event_described
from app.venues.roster import venues_of

log = logging.getLogger(__name__)

_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32)


class Resources:
    """Everything a worker or router may use. One per process."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        hot: HotState,
        history: Database,
        source: ScoreSource,
        venues: Sequence[VenueCatalogue],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.hot = hot
        self.history = history
        self.recorder = Recorder(history)
        self.source = source
        self.venues = tuple(venues)
        self.matching = TeamMatcher(Registry.load())
        self.team_matching: TeamMatching = InProcessTeamMatching(self.matching)
        patience = round(settings.prices.silence * SECOND)
        self.intake = Intake(Pipeline(patience), nanos_clock(clock), keeps_tape=settings.tape.is_on)
        self.followings = Followings(self.intake.pipeline.taken, self.intake.now)
        self.mirrored: set[VenueId] = set()  # venues whose sockets this process holds: it tells all others of them
        pace = settings.discovery
        self.polling = Pacing[LeagueCode](pace.poll_every, pace.poll_every_live)
        self.searching = Pacing[Place](pace.search_every, pace.search_every)
        self.believed = Believed()
        self.alarms = Alarms()
        self.attributions = Attributions()
        self.marks: Mapping[tuple[AccountId, ContractId], Mark] = {}  # of what is held, while somebody here watches it
        self.resolvers: Sequence[Resolver] = ()  # who says how markets have ended
        self.overrides: Mapping[ContractId, Override] = {}  # replaced as a whole when anything is said or taken back
        self.rejudging = Rejudging(settings.data_dir / "tape")
        self.slate = settings.simulation.clock_url or "live"
        self.refreshed = asyncio.Event()  # set, and another put in its place, when a refresh is asked for
        wanted = {league_code(name) for name in pace.leagues} or set(LEAGUES)
        self.leagues_polled = tuple(code for code in source.leagues if code in wanted)
        self.places_searched: Sequence[Place] = tuple(
            (venue.venue, code) for code in LEAGUES if code in wanted for venue in self.venues if code in venue.leagues
        )
        self._teams_version = 0  # of the learned teams that this process has taken in

    async def keep(self, writing: Awaitable[object], done: Round) -> None:
        """Write history; when Postgres is away this is noted, and what is true now goes on being served."""
        try:
            await writing
        except HistoryUnavailable as error:
            done.note("history_unavailable", str(error))

    async def learn_aliases(self) -> None:
        """Take in the names that people have taught and forget those they took back, here or in another process.
        Raises HistoryUnavailable."""
        await self.matching.know_names([(alias.team_id, alias.name) for alias in await list_aliases(self.history)])

    async def learn_overrides(self) -> None:
        """Take in what people say of contracts, here or in another process. Raises HistoryUnavailable."""
        said = {each.contract_id: each for each in await list_overrides(self.history)}
        if said != self.overrides:
            self.overrides = said

    async def learn_teams(self, teams: Sequence[Team]) -> int:
        """Take in teams that the score source names, and tell the other processes of those that are new or renamed;
        how many. Raises HotStoreUnavailable."""
        learned = await self.matching.learn_teams(teams)
        await self.hot.save_teams(learned)
        return len(learned)

    async def catch_up(self) -> None:
        """Take in the teams, names and overrides that other processes have learned. Raises HotStoreUnavailable and
        HistoryUnavailable."""
        version = await self.hot.teams_version()
        if version != self._teams_version:
            await self.matching.learn_teams(await self.hot.learned_teams())
            self._teams_version = version
        await self.learn_aliases()
        await self.learn_overrides()

    async def link_listing(
        self,
        title: str | None = None,
        question: str | None = None,
        ticker: str | None = None,
        slug: str | None = None,
        outcome: str | None = None,
        sport: str | None = None,
        start: datetime | None = None,
    ) -> Linked:
        """The game and propositions a described listing speaks about; the asked outcome's link first."""
        league = league_code(sport) if sport else None
        said = Description(title or "", question or "", ticker or "", slug or "", outcome or "", league, start)
        games = GameIndex(await self.hot.active_games())
        linked = link_event(event_described(said), games, self.matching.registry, self.clock())
        return self._asked_first(linked, said.outcome) if said.outcome and linked.game else linked

    def _asked_first(self, linked: Linked, outcome: str) -> Linked:
        assert linked.game is not None  # the caller has looked
        league = linked.game.league
        meant = self.matching.resolve(outcome, league).team

        def is_another(link: Link) -> bool:
            team = self.matching.resolve(link.outcome, league).team
            return link.outcome.casefold() != outcome.casefold() and (
                meant is None or team is None or team.id != meant.id
            )

        return msgspec.structs.replace(linked, links=tuple(sorted(linked.links, key=is_another)))

    def source_counts(self) -> dict[str, int]:
        """What was asked of the score source and what went wrong there, since the start."""
        return _prefixed(self.source.name, self.source.counts)

    def venue_counts(self) -> dict[str, int]:
        """The same of every venue."""
        return {name: n for venue in self.venues for name, n in _prefixed(venue.venue, venue.counts).items()}

    def refresh(self) -> None:
        """Make every league due and wake the workers that wait."""
        self.polling.ask_all_again()
        self.searching.ask_all_again()
        self.refreshed.set()
        self.refreshed = asyncio.Event()


@asynccontextmanager
async def open_resources(settings: Settings, *, asks_names: bool = True) -> AsyncIterator[Resources]:
    """Open Redis, Postgres (migrated), the score source and the venues. Raises what says why one cannot be had.
    `asks_names`: the matcher is asked here, and is ready for it; where it is not, its indexes are nowhere in memory."""
    async with AsyncExitStack() as stack:
        hot = await stack.enter_async_context(open_hot_state(_url(settings, "redis")))
        await _claim_world(settings, hot)
        history = Database(_url(settings, "database"), settings.database.pool_size)
        stack.push_async_callback(history.close)
        await history.migrate()
        client = await stack.enter_async_context(httpx.AsyncClient(limits=_LIMITS))
        clock = await _open_clock(settings, client)
        source = Espn(Fetcher(client, settings.espn.base_url, settings.espn))
        venues = venues_of(settings)
        catalogues = [venue.open_catalogue(settings, client) for venue in venues]
        resources = Resources(settings, clock, hot, history, source, catalogues)
        now = nanos_clock(wall_clock)
        resources.resolvers = [venue.open_resolver(settings, client, now) for venue in venues]
        resources.intake.put(Began(secrets.token_hex(5), resources.intake.now()))
        if asks_names:
            await asyncio.to_thread(resources.matching.warm)
        await resources.catch_up()
        if settings.matching.by == "rpc":
            resources.team_matching = await stack.enter_async_context(_team_matching_client(settings))
        else:
            version = resources.matching.registry.version
            log.info("Connected to unified team matching service", extra={"over": "process", "registry": version})
        yield resources


def _team_matching_client(settings: Settings) -> TeamMatchingClient:
    given = settings.matching
    key = None if given.api_key is None else given.api_key.get_secret_value()
    return TeamMatchingClient(_url(settings, "redis"), given.http_url, key, given.timeout)


async def _claim_world(settings: Settings, hot: HotState) -> None:
    """Simulated games never mix with real ones: not in Redis, not in Postgres, not in a report."""
    world, other = ("simulated", "real") if settings.simulation.is_on else ("real", "simulated")
    if not await hot.claim_world(world):
        raise StartRefused(
            f"this data directory (or Redis) holds {other} games, and these would be {world} ones",
            remedy=f"Give {world} games a place of their own: --data-dir .crosscourt-{world}",
        )


def _url(settings: Settings, group: str) -> str:
    url = settings.redis.url if group == "redis" else settings.database.url
    if url is None:
        raise BadInput(
            f"{group.upper()}__URL is not set and no embedded server was started", remedy="Use `crosscourt up`."
        )
    return url.get_secret_value()


def _prefixed(host: str, counts: Mapping[str, int]) -> dict[str, int]:
    return {f"{host}_{kind}": n for kind, n in counts.items()}


class _Now(msgspec.Struct):
    now: datetime


async def _open_clock(settings: Settings, client: httpx.AsyncClient) -> Clock:
    """The slate's own time when one is being played, else the wall clock."""
    url = settings.simulation.clock_url
    if url is None:
        return wall_clock
    try:
        asked_at = wall_clock()
        answer = await client.get(url)
        heard_at = wall_clock()
        answer.raise_for_status()
        return shifted_clock(msgspec.json.decode(answer.content, type=_Now).now, asked_at, heard_at)
    except (httpx.HTTPError, msgspec.MsgspecError) as error:
        raise FeedUnavailable(f"the slate's clock at {url} does not answer: {error}") from error
