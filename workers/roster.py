"""Every worker, in the order of the pipeline, and the process it runs in by default."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from typing import Literal

import msgspec

from app.domain.operations import Round
from app.errors import BadInput
from app.resources import Resources
from app.settings import Settings
from app.venues.entries import Venue
from app.venues.roster import venues_of
from workers.analytics import EVERY as MEASURED_EVERY
from workers.analytics import analytics
from workers.archiver import archiver
from workers.execution import EVERY as EXECUTED_EVERY
from workers.execution import execution
from workers.game_follower import EVERY as FOLLOWED_EVERY
from workers.game_follower import game_follower
from workers.game_poller import game_poller
from workers.game_shard import game_shard
from workers.history_pruner import history_pruner
from workers.market_searcher import market_searcher
from workers.monitors import ROUND, monitor
from workers.notifier import EVERY as NOTIFIED_EVERY
from workers.notifier import notifier
from workers.orchestrator import EVERY as ORCHESTRATED_EVERY
from workers.orchestrator import orchestrator
from workers.position_tracker import EVERY as TRACKED_EVERY
from workers.position_tracker import position_tracker
from workers.publisher import publisher
from workers.risk_watcher import LOOK_EVERY, risk_watcher
from workers.settler import EVERY as SETTLED_EVERY
from workers.settler import settler
from workers.signal_processor import EVERY as PROCESSED_EVERY
from workers.signal_processor import signal_processor
from workers.signal_recorder import EVERY as RECORDED_EVERY
from workers.signal_recorder import signal_recorder
from workers.team_matching import TURN, team_matching
from workers.team_refresher import team_refresher
from workers.tracer import EVERY as TRACED_EVERY
from workers.tracer import tracer
from workers.win_probability_poller import EVERY as PAGES_EVERY
from workers.win_probability_poller import win_probability_poller

DAY = 86_400  # seconds
TOLD = ("archiver",)  # whatever a core is told is taped
TRADES = ("risk_watcher", "game_follower", "signal_recorder", "position_tracker", *TOLD)  # a core judges by these


class Worker(msgspec.Struct, frozen=True):
    """An async function of Resources that does one round and says what it did, by name; or one that holds on to
    something (a subscription, a socket) and yields a Round each time that so much is done."""

    run: Callable[[Resources], Awaitable[Round] | AsyncGenerator[Round]]
    every: float  # seconds between rounds; of one that yields them, how long one takes
    process: Literal["discovery", "trading"]
    feeds: Callable[[Resources], dict[str, int]] = lambda _: {}  # counts of the hosts it asks
    longest_wait: float = 60.0  # seconds, after falling again and again
    heeds_refresh: bool = False  # runs at once when somebody asks for a refresh
    runs_in_each: bool = False  # in every process that has it; else in one of them, which holds its lock
    joins_first_round: bool = False  # begins when the one before it in the pipeline has left something to find
    named: str = ""  # of one of several that are run by the same function; else it is named after that
    brings: tuple[str, ...] = ()  # workers without which it does nothing in its process, or the wrong thing
    held_as: str = ""  # those with one lock are always in the same process
    asks_names: bool = False  # of the matcher

    @property
    def lock_name(self) -> str:
        return self.held_as or self.name

    @property
    def name(self) -> str:
        return self.named or self.run.__name__


def roster(settings: Settings) -> tuple[Worker, ...]:
    """The workers with the rhythm that the settings give them."""
    pace = settings.discovery
    in_order = partial(Worker, process="discovery", heeds_refresh=True, joins_first_round=True)
    in_each = partial(Worker, process="trading", longest_wait=2.0, runs_in_each=True)
    trader = partial(Worker, process="trading", longest_wait=2.0, held_as="trader")
    tape = settings.tape
    return (
        in_order(game_poller, every=pace.poll_every_live, feeds=Resources.source_counts),
        in_order(market_searcher, every=pace.search_every / 4, feeds=Resources.venue_counts, asks_names=True),
        in_order(publisher, every=pace.publish_every),
        Worker(win_probability_poller, every=PAGES_EVERY, process="discovery", feeds=Resources.source_counts),
        Worker(team_matching, every=TURN, process="trading", longest_wait=2.0, asks_names=True),
        Worker(team_refresher, every=DAY, process="discovery"),
        Worker(history_pruner, every=DAY, process="discovery"),
        *([Worker(analytics, every=MEASURED_EVERY, process="discovery")] if settings.reports.is_on else ()),
        Worker(orchestrator, every=ORCHESTRATED_EVERY, process="trading", longest_wait=10.0),
        *map(_monitor_of, venues_of(settings)),
        in_each(risk_watcher, every=LOOK_EVERY, longest_wait=1.0),
        in_each(game_follower, every=FOLLOWED_EVERY),
        in_each(game_shard, every=settings.shards.keep_every, brings=TRADES),
        in_each(signal_recorder, every=RECORDED_EVERY),
        trader(signal_processor, every=PROCESSED_EVERY, brings=(*TRADES, "execution"), asks_names=True),
        trader(execution, every=EXECUTED_EVERY, brings=(*TRADES, "signal_processor")),
        in_each(position_tracker, every=TRACKED_EVERY, brings=("game_follower", *TOLD)),
        Worker(settler, every=SETTLED_EVERY, process="trading", longest_wait=10.0),
        *([Worker(notifier, every=NOTIFIED_EVERY, process="trading")] if settings.notifications.rules else ()),
        *([Worker(tracer, every=TRACED_EVERY, process="trading")] if settings.tracing.otlp_endpoint else ()),
        *([Worker(archiver, every=tape.write_every, process="trading", runs_in_each=True)] if tape.is_on else ()),
    )


def _monitor_of(venue: Venue) -> Worker:
    """The only worker that holds the venue's sockets."""
    run = partial(monitor, venue=venue)
    return Worker(run, every=ROUND, process="trading", longest_wait=10.0, brings=TOLD, named=f"{venue.name}_monitor")


def pick(workers: Sequence[Worker], names: Sequence[str]) -> tuple[Worker, ...]:
    """The named ones and those that they bring, in the order of the pipeline. Raises BadInput naming those that
    exist."""
    by_name = {worker.name: worker for worker in workers}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise BadInput(
            f"there is no worker '{unknown[0]}'", remedy=f"Use some of: {', '.join(by_name)}; or `none`, or `all`."
        )
    brought = {name for chosen in names for name in by_name[chosen].brings}
    return tuple(worker for worker in workers if worker.name in {*names, *brought})
