"""Opens what the house needs from outside once, in order, and closes it in reverse."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import httpx
import msgspec

from app.clock import Clock, shifted_clock, wall_clock
from app.discovery.activity import Pacing
from app.domain.leagues import LEAGUES, LeagueCode
from app.errors import BadInput, FeedUnavailable, HistoryUnavailable
from app.fetching import Fetcher
from app.history.aliases import list_aliases
from app.history.database import Database
from app.history.recorder import Recorder
from app.hot.state import HotState, open_hot_state
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher, league_code
from app.ports import ScoreSource, VenueCatalogue
from app.settings import Settings
from app.sources.espn.client import Espn
from app.venues.roster import VENUES

log = logging.getLogger(__name__)


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
        fetchers: dict[str, Fetcher],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.hot = hot
        self.history = history
        self.recorder = Recorder(history)
        self.source = source
        self.venues = tuple(venues)
        self.fetchers = fetchers
        self.matching = TeamMatcher(Registry.load())
        pace = settings.discovery
        self.polling = Pacing(pace.poll_every, pace.poll_every_live)
        self.searching = Pacing(pace.search_every, pace.search_every)
        self._refresh = asyncio.Event()
        self._trouble = ""
        wanted = {league_code(name) for name in pace.leagues} or set(LEAGUES)
        self.leagues_polled = tuple(code for code in source.leagues if code in wanted)
        self.leagues_searched = tuple(
            code for code in LEAGUES if code in wanted and any(code in venue.leagues for venue in self.venues)
        )

    async def keep(self, writing: Awaitable[object], counts: Counter[str]) -> None:
        """Write history; when Postgres is away this is counted, and what is true now goes on being served."""
        try:
            await writing
        except HistoryUnavailable as error:
            counts["history_unavailable"] += 1
            self.note_trouble(str(error))

    def note_trouble(self, trouble: str) -> None:
        """Remember the last thing that went wrong without stopping a round."""
        log.warning("trouble", extra={"trouble": trouble})
        self._trouble = trouble

    def take_trouble(self) -> str:
        """What `note_trouble` remembers, once."""
        trouble, self._trouble = self._trouble, ""
        return trouble

    def feed_counts(self) -> dict[str, int]:
        """What was asked of every host and what went wrong there, since the start."""
        return {f"{name}_{kind}": n for name, fetcher in self.fetchers.items() for kind, n in fetcher.counts.items()}

    async def pause(self, seconds: float) -> None:
        """Wait, unless a refresh is asked for meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._refresh.wait()
        except TimeoutError:
            return

    async def refresh(self) -> None:
        """Make every league due and wake the workers that wait."""
        self.polling.ask_all_again()
        self.searching.ask_all_again()
        self._refresh.set()
        await asyncio.sleep(0)
        self._refresh.clear()


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Open Redis, Postgres (migrated), the score source and the venues. Raises what says why one cannot be had."""
    async with AsyncExitStack() as stack:
        hot = await stack.enter_async_context(open_hot_state(_url(settings, "redis")))
        await hot.ping()
        history = Database(_url(settings, "database"), settings.database.pool_size)
        stack.push_async_callback(history.close)
        await history.migrate()
        client = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=False))
        clock = await _open_clock(settings, client)
        pace = settings.discovery.concurrency
        fetchers = {"espn": Fetcher(client, settings.espn.base_url, settings.espn, concurrency=pace, clock=clock)}
        fetchers |= {name: venue.fetcher(client, settings, pace, clock) for name, venue in VENUES.items()}
        venues = [venue.open(fetchers[name]) for name, venue in VENUES.items()]
        resources = Resources(settings, clock, hot, history, Espn(fetchers["espn"]), venues, fetchers)
        resources.matching.learn_names([(alias.team_id, alias.name) for alias in await list_aliases(history)])
        log.info("Connected to unified team matching service", extra={"registry": resources.matching.registry.version})
        yield resources


def _url(settings: Settings, group: str) -> str:
    url = settings.redis.url if group == "redis" else settings.database.url
    if url is None:
        raise BadInput(f"{group.upper()}__URL is not set and no embedded server was started", remedy="Use `crosscourt up`.")
    return url.get_secret_value()


class _Now(msgspec.Struct):
    now: datetime


async def _open_clock(settings: Settings, client: httpx.AsyncClient) -> Clock:
    """The slate's own time when one is being played, else the wall clock."""
    url = settings.simulation.clock_url
    if url is None:
        return wall_clock
    try:
        answer = await client.get(url)
        answer.raise_for_status()
        return shifted_clock(msgspec.json.decode(answer.content, type=_Now).now)
    except (httpx.HTTPError, msgspec.MsgspecError) as error:
        raise FeedUnavailable(f"the slate's clock at {url} does not answer: {error}") from error
